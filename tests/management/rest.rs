//! Billing, audit, documentation; and what stands in a path.

use std::sync::{Arc, Mutex};

use secureflows::{
    Error, Host,
    host::{BoxFuture, Request, Response, SendError},
    management::{
        AuditEventType, BillingPatch, BillingStatus, CheckoutRequest, Management, NewWorkspace,
        Plan, PlanChange, UserToken,
    },
};
use secureflows_mock::{Payment, World};
use secureflows_tests::{WORKSPACE, leaks as noted};
use tower::ServiceExt as _;

use crate::{builder, owner, status, user_token, world};

#[tokio::test]
async fn billing_is_read_and_changed() {
    let world = world();
    let management = owner(&world);
    let billing = management.billing().await.unwrap();
    assert_eq!((&billing.plan_name, &billing.billing_status), (&Plan::Free, &BillingStatus::Beta));
    assert_eq!(billing.effective_max_payload_bytes, 2048);
    let patch = BillingPatch::new().plan(Plan::Base);
    let Ok(PlanChange::Done(changed)) = management.update_billing(&patch).await else { panic!() };
    assert_eq!((changed.plan_name, changed.effective_max_payload_bytes), (Plan::Base, 4096));
    let limits = BillingPatch::new().override_max_payload_bytes(Some(10));
    assert!(matches!(management.update_billing(&limits).await, Err(Error::Forbidden { .. })));
    let unknown = BillingPatch::new().plan(Plan::Other("platinum".into()));
    assert_eq!(status(management.update_billing(&unknown).await), 400);
    let checkout = CheckoutRequest {
        plan_name: Plan::Base,
        success_url: "https://app.example/paid".into(),
        cancel_url: "https://app.example/".into(),
    };
    assert_eq!(status(management.checkout(&checkout).await), 501);
    assert_eq!(status(management.cancel_plan().await), 501);
    assert_eq!(status(management.resume_plan().await), 501);
    assert_eq!(status(management.test_enter_grace_lock().await), 404);
    assert_eq!(status(management.test_complete_grace_wipe().await), 404);
}

#[tokio::test]
async fn what_does_not_fit_a_plan_is_told_in_numbers() {
    let answer = r#"{"status":409,"error":"Cannot downgrade plan; revoke sessions or shrink payloads and retry.","code":"BILLING_DOWNGRADE_BLOCKED","details":{"targetPlan":"free","activeSessionCount":21,"maxConcurrentSessionsAllowed":20,"sessionsOverLimit":1,"maxPayloadBytesAllowed":2048,"payloadOverLimit":false}}"#;
    let (management, _) = scripted(409, answer);
    let patch = BillingPatch::new().plan(Plan::Free);
    let Ok(PlanChange::Blocked(why)) = management.update_billing(&patch).await else { panic!() };
    assert_eq!((why.target_plan, why.sessions_over_limit), (Plan::Free, true));
    assert_eq!(why.largest_active_payload_bytes, None);
}

/// Pays at the provider's page, as a browser does.
async fn pay(world: &World, checkout_url: &str) {
    let request = axum::http::Request::post(checkout_url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from("action=pay"));
    let paid = world.router().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(paid.status(), 303);
}

#[tokio::test]
async fn a_plan_is_paid_for_cancelled_resumed_and_wiped() {
    let world = world();
    world.set_payment(Payment::on());
    let management = owner(&world);
    let request = CheckoutRequest {
        plan_name: Plan::Base,
        success_url: "https://app.example/paid".into(),
        cancel_url: "https://app.example/".into(),
    };
    let checkout = management.checkout(&request).await.unwrap();
    assert_eq!(checkout.provider, "paddle");
    pay(&world, &checkout.checkout_url).await;
    let active = management.billing().await.unwrap();
    assert_eq!((&active.plan_name, &active.billing_status), (&Plan::Base, &BillingStatus::Active));
    let canceling = management.cancel_plan().await.unwrap();
    assert_eq!(canceling.billing_status, BillingStatus::Canceling);
    assert!(canceling.paid_period_ends_at.is_some() && canceling.resume_available);
    assert_eq!(management.resume_plan().await.unwrap(), active);
    assert_eq!(status(management.resume_plan().await), 400);
    management.cancel_plan().await.unwrap();
    management.test_enter_grace_lock().await.unwrap();
    let locked = management.billing().await.unwrap();
    assert!(locked.billing_status == BillingStatus::GraceLock && locked.grace_ends_at.is_some());
    management.test_complete_grace_wipe().await.unwrap();
    let wiped = management.billing().await.unwrap();
    assert_eq!((&wiped.plan_name, &wiped.billing_status), (&Plan::Free, &BillingStatus::Beta));
}

#[tokio::test]
async fn support_sets_limits_and_what_is_over_them_blocks_a_plan() {
    let world = world();
    let token = world.support_token(WORKSPACE).unwrap();
    noted::note(&token);
    let token = UserToken::issued_by(world.origin(), token).unwrap();
    let support = builder(&world).token(token).build().unwrap();
    let limits = BillingPatch::new().override_max_concurrent_sessions(Some(1)).plan(Plan::Pro);
    let Ok(PlanChange::Done(set)) = support.update_billing(&limits).await else { panic!() };
    assert_eq!((set.effective_max_concurrent_sessions, set.plan_name), (1, Plan::Pro));
    world.sign_in(secureflows_tests::ADA, secureflows_tests::APP).await.unwrap();
    let freed = BillingPatch::new().override_max_concurrent_sessions(None);
    assert!(matches!(support.update_billing(&freed).await, Ok(PlanChange::Done(_))));
    world.sign_in(secureflows_tests::BOB, secureflows_tests::APP).await.unwrap();
    let tight = BillingPatch::new().override_max_concurrent_sessions(Some(1)).plan(Plan::Free);
    let Ok(PlanChange::Blocked(why)) = support.update_billing(&tight).await else { panic!() };
    assert!(why.sessions_over_limit && !why.payload_over_limit);
    assert_eq!((why.active_session_count, why.max_concurrent_sessions_allowed), (2, 1));
}

#[tokio::test]
async fn the_audit_trail_tells_what_was_done() {
    let world = world();
    let management = owner(&world);
    let patch = BillingPatch::new().plan(Plan::Base);
    management.update_billing(&patch).await.unwrap();
    let events = management.audit_events(50).all().await.unwrap();
    let changed = events.iter().find(|it| it.event_type == AuditEventType::BillingPlanChanged);
    assert_eq!(changed.unwrap().actor_email.as_deref(), Some(crate::OWNER));
    let asked = management.api_access(200).page(0).await.unwrap().items;
    let row = asked.iter().find(|it| it.endpoint == "/workspaces/billing").unwrap();
    assert_eq!((row.http_method.as_str(), row.http_status), ("PATCH", 200));
}

#[tokio::test]
async fn the_documentation_is_searched() {
    let world = world();
    let ada = builder(&world).token(user_token(&world, secureflows_tests::ADA)).build().unwrap();
    let found = ada.search_docs("renew a session", 3).await.unwrap();
    assert_eq!(found.query, "renew a session");
    assert!(!found.hits.is_empty() && found.hits.len() <= 3);
    assert_eq!(status(ada.search_docs(" ", 3).await), 400);
}

/// A platform that answers everything alike, and remembers what it was asked.
struct Scripted {
    status: u16,
    body: &'static str,
    asked: Mutex<Vec<String>>,
}

impl Host for Scripted {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        let path = request.url().trim_start_matches("https://p.example/api/v1").to_owned();
        self.asked.lock().unwrap().push(format!("{} {path}", request.method()));
        let answer = Response::new(self.status, self.body.as_bytes().to_vec());
        Box::pin(async { Ok(answer) })
    }

    fn sleep(&self, _: std::time::Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn now(&self) -> u64 {
        0
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        bytes.fill(0);
        true
    }

    fn keep(&self, _: &str, _: &str) -> bool {
        true
    }

    fn take(&self, _: &str) -> Option<String> {
        None
    }
}

fn scripted(status: u16, body: &'static str) -> (Management, Arc<Scripted>) {
    let host = Arc::new(Scripted { status, body, asked: Mutex::default() });
    let token = UserToken::issued_by("https://p.example", "some-user-token".into()).unwrap();
    let builder = Management::builder().origin("https://p.example").token(token);
    (builder.host(host.clone()).build().unwrap(), host)
}

#[tokio::test]
async fn names_and_ids_stay_in_their_place() {
    let (management, host) = scripted(200, "{}");
    let _any = management.application("a/b?c#d").await;
    let _any = management.search_docs("a&b=c d", 99).await;
    let _any = management.set_session_ttl(7, secureflows::management::Ttl::Unlimited).await;
    for id in ["", ".", ".."] {
        let Err(Error::Invalid(invalid)) = management.add_redirect_uri(id, "x").await else {
            panic!("{id}")
        };
        assert_eq!(invalid.field(), "app_id");
    }
    assert_eq!(
        *host.asked.lock().unwrap(),
        [
            "GET /applications/a%2Fb%3Fc%23d",
            "GET /docs/search?q=a%26b%3Dc%20d&limit=99",
            "POST /sessions/admin/7/ttl",
        ]
    );
}

#[tokio::test]
async fn another_workspaces_name_is_no_secret_and_a_token_is() {
    let (management, _) = scripted(403, r#"{"status":403,"error":"not for some-user-token"}"#);
    let error = management.workspace().await.unwrap_err();
    assert_eq!(error.to_string(), "the platform does not allow this: not for [redacted]");
    let shown = format!("{management:?} {:?}", NewWorkspace::new(WORKSPACE));
    assert!(shown.contains(WORKSPACE) && !shown.contains("some-user-token"));
}
