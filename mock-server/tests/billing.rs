//! Plans, limits, payments and the walk back to free (contract §5).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use common::{ADA, APP, Laid as _, OWNER, as_owner, call, owned, owner_sees, post_form, visit};
use secureflows_mock::{
    ApplicationSpec, DeadlineKind, Payment, Plan, Role, UserSpec, WorkspaceSpec, World,
};
use serde_json::{Value, json};

const BILLING: &str = "/workspaces/billing";

fn world() -> World {
    owned().payment(Payment::on()).laid()
}

async fn billing(world: &World) -> Value {
    owner_sees(world, BILLING).await
}

/// Buys a plan at the fake provider's page.
async fn buy(world: &World, plan: &str) {
    let body = json!({
        "planName": plan, "successUrl": "http://127.0.0.1:3999/paid?x=1", "cancelUrl": "http://127.0.0.1:3999/",
    });
    let begun = as_owner(world, "POST", &format!("{BILLING}/checkout"), &body).await.json();
    assert_eq!(begun["provider"], "paddle");
    let page = begun["checkoutUrl"].as_str().unwrap().strip_prefix("http://127.0.0.1").unwrap();
    assert!(visit(world, page, "").await.body.contains(plan));
    let paid = post_form(world, page, "", "action=pay").await;
    assert_eq!(
        (paid.status.as_u16(), paid.header("location")),
        (303, "http://127.0.0.1:3999/paid?x=1")
    );
    assert_eq!(post_form(world, page, "", "action=pay").await.status, 404, "paid once");
}

async fn events(world: &World, kind: &str) -> usize {
    let page = owner_sees(world, "/audit/events?pageSize=200").await;
    page["items"].as_array().unwrap().iter().filter(|event| event["eventType"] == kind).count()
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3_600)
}

#[tokio::test]
async fn a_new_workspace_is_free_and_has_nothing_to_pay() {
    let world = owned().laid();
    assert_eq!(
        billing(&world).await,
        json!({
            "planName": "free", "effectiveMaxConcurrentSessions": 20, "effectiveMaxPayloadBytes": 2048,
            "overrideMaxConcurrentSessions": null, "overrideMaxPayloadBytes": null, "billingStatus": "beta",
            "usage": {"activeSessionCount": 0, "largestActivePayloadBytes": null},
            "checkoutAvailable": false, "paymentProvider": null, "paddleClientToken": null,
            "paddleEnvironment": null, "cancelAvailable": false, "paidPeriodEndsAt": null,
            "cancelRequestedAt": null, "overFreeTierLimits": false, "resumeAvailable": false,
            "graceEndsAt": null,
        })
    );
    let checkout =
        json!({"planName": "base", "successUrl": "https://a/", "cancelUrl": "https://a/"});
    for (path, body) in
        [("/checkout", checkout), ("/cancel", Value::Null), ("/resume", Value::Null)]
    {
        assert_eq!(
            as_owner(&world, "POST", &format!("{BILLING}{path}"), &body).await.error().0,
            501,
            "{path}"
        );
    }
    for path in ["/test/enter-grace-lock", "/test/complete-grace-wipe"] {
        assert_eq!(
            as_owner(&world, "POST", &format!("{BILLING}{path}"), &Value::Null).await.error().0,
            404
        );
    }
}

#[tokio::test]
async fn sessions_are_limited_and_ended_ones_make_room() {
    let world = world();
    let identity = world.identity_token(ADA).unwrap();
    let create = r#"{"workspaceName":"acme","app_id":"acme-web"}"#;
    let mut tokens = Vec::new();
    for _ in 0..20 {
        let made = call(&world, "POST", "/sessions", &identity, create).await.json();
        tokens.push(made["sessionToken"].as_str().unwrap().to_owned());
    }
    let over = call(&world, "POST", "/sessions", &identity, create).await;
    let text = "workspace concurrent session limit reached (max 20)".to_owned();
    assert_eq!(over.error(), (429, text));
    assert_eq!(over.json()["code"], "BILLING_SESSION_LIMIT");
    assert_eq!(over.header("retry-after"), "", "a quota is not waited for");
    let reused = call(&world, "POST", "/sessions/get-or-create", &identity, create).await;
    assert_eq!(reused.status, 200, "reuse opens nothing");
    assert_eq!(billing(&world).await["usage"]["activeSessionCount"], 20);
    call(&world, "POST", "/sessions/revoke", &tokens[0], "").await;
    assert_eq!(call(&world, "POST", "/sessions", &identity, create).await.status, 200);
    // At most one event an hour, however often the limit is met.
    for _ in 0..3 {
        call(&world, "POST", "/sessions", &identity, create).await;
    }
    assert_eq!(events(&world, "BILLING_SESSION_LIMIT_EXCEEDED").await, 1);
    world.clock().advance(hours(1));
    let identity = world.identity_token(ADA).unwrap();
    call(&world, "POST", "/sessions", &identity, create).await;
    assert_eq!(events(&world, "BILLING_SESSION_LIMIT_EXCEEDED").await, 2);
}

#[tokio::test]
async fn payloads_are_limited_in_utf8_bytes_of_their_json() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let set = async |value: &str| {
        let body = json!({"value": value}).to_string();
        call(&world, "POST", "/sessions/set/k", &token, &body).await
    };
    // {"k":"…"} is 8 bytes and the value; é is two bytes.
    let fits = "é".repeat(1_020);
    assert_eq!(set(&fits).await.status, 200);
    assert_eq!(billing(&world).await["usage"]["largestActivePayloadBytes"], 2048);
    let over = set(&format!("{fits}x")).await;
    let text = "session payload exceeds plan limit (max 2048 bytes)".to_owned();
    assert_eq!(
        (over.error(), &over.json()["code"]),
        ((429, text), &json!("BILLING_PAYLOAD_LIMIT"))
    );
    let kept = call(&world, "GET", "/sessions/get/k", &token, "").await.json();
    assert_eq!(kept["value"], fits, "what was there stays");
    let identity = world.identity_token(ADA).unwrap();
    let open = json!({"workspaceName": "acme", "payload": {"k": "x".repeat(3_000)}}).to_string();
    assert_eq!(call(&world, "POST", "/sessions", &identity, &open).await.error().0, 429);
    assert_eq!(events(&world, "BILLING_PAYLOAD_LIMIT_EXCEEDED").await, 1, "one an hour");
    assert_eq!(call(&world, "DELETE", "/sessions/delete/k", &token, "").await.body, "true");
}

#[tokio::test]
async fn the_whole_walk_from_paid_to_free() {
    let world = world();
    assert_eq!(
        as_owner(&world, "POST", &format!("{BILLING}/cancel"), &Value::Null).await.error().0,
        400
    );
    buy(&world, "base").await;
    let token = world.sign_in(ADA, APP).await.unwrap();
    call(&world, "POST", "/sessions/set/k", &token, r#"{"value":1}"#).await;
    let active = billing(&world).await;
    assert_eq!((&active["planName"], &active["billingStatus"]), (&json!("base"), &json!("active")));
    assert_eq!(
        (&active["cancelAvailable"], &active["paymentProvider"]),
        (&json!(true), &json!("paddle"))
    );
    assert_eq!(
        (&active["paidPeriodEndsAt"], &active["effectiveMaxPayloadBytes"]),
        (&Value::Null, &json!(4096))
    );

    let cancel =
        async || as_owner(&world, "POST", &format!("{BILLING}/cancel"), &Value::Null).await;
    let resume =
        async || as_owner(&world, "POST", &format!("{BILLING}/resume"), &Value::Null).await;
    assert_eq!(resume().await.error().0, 400);
    let canceling = cancel().await.json();
    assert_eq!(canceling["billingStatus"], "canceling");
    assert_eq!(
        (&canceling["cancelAvailable"], &canceling["resumeAvailable"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(canceling["cancelRequestedAt"], "2026-01-01T00:00:00Z");
    assert_eq!(canceling["paidPeriodEndsAt"], "2026-01-31T00:00:00Z");
    assert_eq!(canceling["checkoutAvailable"], false);
    assert_eq!(cancel().await.json(), canceling, "idempotent");
    assert_eq!(resume().await.json(), active);
    assert_eq!(
        (
            events(&world, "BILLING_CANCEL_REQUESTED").await,
            events(&world, "BILLING_RESUME_REQUESTED").await
        ),
        (1, 1)
    );

    cancel().await;
    let ended = world.advance(hours(30 * 24)).await;
    assert!(ended.iter().any(|deadline| deadline.kind == DeadlineKind::PaidPeriod), "{ended:?}");
    let locked = billing(&world).await;
    assert_eq!(
        (&locked["billingStatus"], &locked["planName"]),
        (&json!("grace_lock"), &json!("base"))
    );
    assert_eq!(
        (&locked["cancelAvailable"], &locked["resumeAvailable"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(locked["paidPeriodEndsAt"], "2026-01-31T00:00:00Z");
    assert_eq!(locked["graceEndsAt"], "2026-02-14T00:00:00Z");
    // The token has expired by now; signing in again is what the lock forbids.
    let refused = world.sign_in(ADA, APP).await.unwrap_err().to_string();
    assert!(refused.contains("Workspace is locked"), "{refused}");
    let identity = world.identity_token(ADA).unwrap();
    let renew = call(&world, "POST", &format!("/sessions/renew/{token}"), &identity, "").await;
    assert_eq!((renew.error().0, &renew.json()["code"]), (403, &json!("BILLING_GRACE_LOCK")));
    assert_eq!(events(&world, "BILLING_GRACE_LOCK_ENTERED").await, 1);

    // Nobody has to move the world along: whoever meets it next finds it as it is by then.
    world.clock().advance(hours(14 * 24));
    let wiped = billing(&world).await;
    assert_eq!((&wiped["planName"], &wiped["billingStatus"]), (&json!("free"), &json!("beta")));
    assert_eq!(
        (&wiped["paidPeriodEndsAt"], &wiped["graceEndsAt"], &wiped["cancelRequestedAt"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(wiped["usage"], json!({"activeSessionCount": 0, "largestActivePayloadBytes": null}));
    assert_eq!(events(&world, "BILLING_GRACE_WIPE").await, 1);
    assert!(world.at_rest().is_empty(), "the data is destroyed");
    let renew = call(
        &world,
        "POST",
        &format!("/sessions/renew/{token}"),
        &world.identity_token(ADA).unwrap(),
        "",
    )
    .await;
    assert_eq!(renew.error(), (410, "Session revoked".to_owned()));
    assert!(world.sign_in(ADA, APP).await.is_ok(), "and life goes on");
}

#[tokio::test]
async fn the_test_switches_take_the_same_steps_at_once() {
    let world = world();
    let lock = async || {
        as_owner(&world, "POST", &format!("{BILLING}/test/enter-grace-lock"), &Value::Null).await
    };
    let wipe = async || {
        as_owner(&world, "POST", &format!("{BILLING}/test/complete-grace-wipe"), &Value::Null).await
    };
    assert_eq!((lock().await.error().0, wipe().await.error().0), (400, 400));
    buy(&world, "pro").await;
    assert_eq!(lock().await.error().0, 400, "it must be canceling");
    as_owner(&world, "POST", &format!("{BILLING}/cancel"), &Value::Null).await;
    let locked = lock().await.json();
    assert_eq!(locked["billingStatus"], "grace_lock");
    assert_eq!(lock().await.json(), locked);
    let wiped = wipe().await.json();
    assert_eq!((&wiped["planName"], &wiped["billingStatus"]), (&json!("free"), &json!("beta")));
    assert_eq!(wipe().await.json(), wiped);
    assert_eq!(events(&world, "BILLING_GRACE_LOCK_ENTERED").await, 1);
    assert_eq!(events(&world, "BILLING_GRACE_WIPE").await, 1);
}

#[tokio::test]
async fn a_locked_workspace_is_freed_by_going_down_to_free() {
    let world = world();
    buy(&world, "base").await;
    let token = world.sign_in(ADA, APP).await.unwrap();
    let value = json!({"value": "x".repeat(3_000)}).to_string();
    assert_eq!(call(&world, "POST", "/sessions/set/k", &token, &value).await.status, 200);
    as_owner(&world, "POST", &format!("{BILLING}/cancel"), &Value::Null).await;
    as_owner(&world, "POST", &format!("{BILLING}/test/enter-grace-lock"), &Value::Null).await;
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.error().0, 403);
    let down = json!({"planName": "free"});
    let blocked = as_owner(&world, "PATCH", BILLING, &down).await;
    let text = "Cannot downgrade plan; revoke sessions or shrink payloads and retry.".to_owned();
    assert_eq!(blocked.error(), (409, text));
    assert_eq!(
        blocked.json(),
        json!({
            "status": 409, "error": blocked.json()["error"], "code": "BILLING_DOWNGRADE_BLOCKED",
            "details": {
                "targetPlan": "free", "activeSessionCount": 1, "maxConcurrentSessionsAllowed": 20,
                "sessionsOverLimit": false, "largestActivePayloadBytes": 3008,
                "maxPayloadBytesAllowed": 2048, "payloadOverLimit": true,
            },
        })
    );
    assert_eq!(billing(&world).await["overFreeTierLimits"], true);
    assert_eq!(
        as_owner(&world, "PATCH", BILLING, &json!({"planName": "pro"})).await.error().0,
        402
    );
    call(&world, "POST", "/sessions/revoke", &token, "").await;
    let free = as_owner(&world, "PATCH", BILLING, &down).await.json();
    assert_eq!(
        (&free["planName"], &free["billingStatus"], &free["paidPeriodEndsAt"]),
        (&json!("free"), &json!("beta"), &Value::Null)
    );
    assert_eq!(events(&world, "BILLING_PLAN_CHANGED").await, 1);
    assert!(world.sign_in(ADA, APP).await.is_ok());
}

#[tokio::test]
async fn plans_change_freely_in_beta_and_limits_are_supports_to_set() {
    let world = world();
    assert_eq!(
        as_owner(&world, "PATCH", BILLING, &json!({"planName": "pro"})).await.json()["effectiveMaxConcurrentSessions"],
        1000
    );
    assert_eq!(
        as_owner(&world, "PATCH", BILLING, &json!({"planName": "gold"})).await.error().0,
        400
    );
    let limits = json!({"overrideMaxConcurrentSessions": 1, "overrideMaxPayloadBytes": 10});
    assert_eq!(as_owner(&world, "PATCH", BILLING, &limits).await.error().0, 403);
    let support = world.support_token("acme").unwrap();
    let patch =
        async |body: &Value| call(&world, "PATCH", BILLING, &support, &body.to_string()).await;
    let set = patch(&limits).await.json();
    assert_eq!(
        (&set["effectiveMaxConcurrentSessions"], &set["effectiveMaxPayloadBytes"]),
        (&json!(1), &json!(10))
    );
    assert!(world.sign_in(ADA, APP).await.is_ok());
    assert!(world.sign_in(OWNER, APP).await.is_err(), "one session is the limit");
    let cleared = patch(&json!({"overrideMaxConcurrentSessions": null})).await.json();
    assert_eq!(
        (&cleared["overrideMaxConcurrentSessions"], &cleared["overrideMaxPayloadBytes"]),
        (&Value::Null, &json!(10))
    );
    assert_eq!(patch(&json!({"overrideMaxPayloadBytes": -1})).await.error().0, 400);
    let home = world.support_token("__support__").unwrap();
    assert_eq!(call(&world, "GET", BILLING, &home, "").await.error().0, 404);
    assert_eq!(events(&world, "BILLING_OVERRIDE_UPDATED").await, 2);
}

#[tokio::test]
async fn a_payment_can_be_called_off_and_needs_a_plan_and_addresses() {
    let world = world();
    let checkout = async |plan: &str, url: &str| {
        let body =
            json!({"planName": plan, "successUrl": url, "cancelUrl": "https://shop.example/back"});
        as_owner(&world, "POST", &format!("{BILLING}/checkout"), &body).await
    };
    assert_eq!(checkout("free", "https://shop.example/ok").await.error().0, 400);
    for bad in ["", "javascript:alert(1)", "/ok", "https://", "https://a b/"] {
        assert_eq!(checkout("base", bad).await.error().0, 400, "{bad}");
    }
    let begun = checkout("base", "https://shop.example/ok").await.json();
    let page = begun["checkoutUrl"].as_str().unwrap().strip_prefix("http://127.0.0.1").unwrap();
    let left = post_form(&world, page, "", "action=cancel").await;
    assert_eq!(left.header("location"), "https://shop.example/back");
    assert_eq!(visit(&world, page, "").await.status, 404);
    assert_eq!(billing(&world).await["billingStatus"], "beta");
}

#[tokio::test]
async fn a_world_can_begin_with_a_plan_and_limits_of_its_own() {
    let world = World::builder()
        .workspace(WorkspaceSpec::new("acme").plan(Plan::Base).max_sessions(3))
        .user("acme", UserSpec::new(OWNER).role(Role::Owner))
        .laid();
    let billing = billing(&world).await;
    assert_eq!(
        (&billing["planName"], &billing["effectiveMaxConcurrentSessions"]),
        (&json!("base"), &json!(3))
    );
    assert_eq!(billing["effectiveMaxPayloadBytes"], 4096);
}

/// A call on the owner's plan that is taken.
async fn step(world: &World, what: &str) -> Value {
    let answer = as_owner(world, "POST", &format!("{BILLING}/{what}"), &Value::Null).await;
    assert_eq!(answer.status, 200, "{what}: {}", answer.body);
    answer.json()
}

#[tokio::test]
async fn two_walks_at_one_moment_both_leave_their_events() {
    let world = world();
    for walks in 1..=2 {
        buy(&world, "base").await;
        for what in ["cancel", "test/enter-grace-lock", "test/complete-grace-wipe"] {
            step(&world, what).await;
        }
        assert_eq!(events(&world, "BILLING_GRACE_LOCK_ENTERED").await, walks);
        assert_eq!(events(&world, "BILLING_GRACE_WIPE").await, walks);
    }
}

#[tokio::test]
async fn a_payment_that_was_begun_does_not_outlive_its_plan() {
    let world = world();
    let body = json!({"planName": "pro", "successUrl": "https://a/", "cancelUrl": "https://a/"});
    let begin = async || {
        let begun = as_owner(&world, "POST", &format!("{BILLING}/checkout"), &body).await.json();
        let page = begun["checkoutUrl"].as_str().unwrap();
        page.strip_prefix("http://127.0.0.1").unwrap().to_owned()
    };
    buy(&world, "base").await;
    let page = begin().await;
    let canceling = step(&world, "cancel").await;
    assert_eq!(visit(&world, &page, "").await.status, 404);
    assert_eq!(post_form(&world, &page, "", "action=pay").await.status, 404);
    assert_eq!(billing(&world).await, canceling);
    step(&world, "resume").await;
    let page = begin().await;
    world.lock_workspace("acme").await;
    assert_eq!(post_form(&world, &page, "", "action=pay").await.status, 404);
    assert_eq!(billing(&world).await["billingStatus"], "grace_lock");
}

#[tokio::test]
async fn a_wipe_ends_sessions_when_it_is_due_and_before_what_is_due_later() {
    let later = ApplicationSpec::new("later").payload_ttl(hours(50 * 24));
    let sooner = ApplicationSpec::new("sooner").payload_ttl(hours(10 * 24));
    let world = owned().payment(Payment::on()).application("acme", later);
    let world = world.application("acme", sooner).laid();
    buy(&world, "base").await;
    for app in [APP, "later", "sooner"] {
        world.sign_in(ADA, app).await.unwrap();
    }
    step(&world, "cancel").await;
    let ended = world.advance(hours(60 * 24)).await;
    let kinds = ended.iter().map(|deadline| deadline.kind);
    let kinds: Vec<_> = kinds.filter(|kind| *kind != DeadlineKind::SessionToken).collect();
    assert_eq!(kinds, [DeadlineKind::Payload, DeadlineKind::PaidPeriod, DeadlineKind::Grace]);
    let ada = world.user_token(ADA, "acme").unwrap();
    let own = call(&world, "GET", "/sessions/my?sort=app&dir=desc", &ada, "").await.json();
    let ends = |row: &Value| json!([row["appId"], row["status"], row["endedAt"]]);
    let ends: Vec<Value> = own["items"].as_array().unwrap().iter().map(ends).collect();
    assert_eq!(
        ends,
        [
            json!(["sooner", "expired", "2026-01-11T00:00:00Z"]),
            json!(["later", "revoked", "2026-02-14T00:00:00Z"]),
            json!([APP, "revoked", "2026-02-14T00:00:00Z"]),
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_who_meets_a_due_step_is_refused_for_it() {
    let world = world();
    for _ in 0..20 {
        buy(&world, "base").await;
        step(&world, "cancel").await;
        world.clock().advance(hours(60 * 24));
        let calls = (0..8).map(|_| {
            let world = world.clone();
            tokio::spawn(async move { as_owner(&world, "GET", BILLING, &Value::Null).await.status })
        });
        for status in calls.collect::<Vec<_>>() {
            assert_eq!(status.await.unwrap(), 200);
        }
    }
    assert_eq!(events(&world, "BILLING_GRACE_WIPE").await, 20);
}

#[tokio::test]
async fn a_lock_without_a_walk_is_lifted_to_what_was_before() {
    let world = world();
    buy(&world, "base").await;
    let canceling = step(&world, "cancel").await;
    world.unlock_workspace("acme").await;
    assert_eq!(billing(&world).await, canceling, "there was no lock");
    for _ in 0..2 {
        world.lock_workspace("acme").await;
    }
    assert_eq!(billing(&world).await["billingStatus"], "grace_lock");
    assert_eq!(events(&world, "BILLING_GRACE_LOCK_ENTERED").await, 1);
    world.unlock_workspace("acme").await;
    assert_eq!(billing(&world).await, canceling);
}
