//! The audit trail, the access log, and what operators see of sessions (contract §5, ruling 10).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use common::{ADA, APP, BOB, Laid as _, OWNER, as_owner, call, owned, owner_sees};
use secureflows_mock::{Fault, Payment, Role, UserSpec, World};
use serde_json::{Value, json};

fn world() -> World {
    owned().payment(Payment::on()).laid()
}

async fn kinds(world: &World) -> Vec<String> {
    let page = owner_sees(world, "/audit/events?pageSize=200").await;
    let items = page["items"].as_array().unwrap();
    items.iter().map(|event| event["eventType"].as_str().unwrap().to_owned()).collect()
}

/// A session of Ada's with something in it: its token, its number.
async fn session(world: &World) -> (String, i64) {
    let token = world.sign_in(ADA, APP).await.unwrap();
    call(world, "POST", "/sessions/set/diary", &token, r#"{"value":"canary-4711"}"#).await;
    let rows = owner_sees(world, "/sessions/admin?q=ada").await;
    (token, rows["items"][0]["id"].as_i64().unwrap())
}

#[tokio::test]
async fn what_changes_nothing_leaves_no_event() {
    let world = world();
    let application = owner_sees(&world, &format!("/applications/{APP}")).await;
    let workspace = owner_sees(&world, "/workspaces").await;
    let [name, uris] = [&application["displayName"], &application["redirectUris"]];
    for (path, same) in [
        ("/workspaces", workspace),
        ("/workspaces", json!({})),
        (&*format!("/applications/{APP}"), json!({ "displayName": name, "redirectUris": uris })),
        ("/workspaces/billing", json!({ "planName": "free" })),
    ] {
        let answer = as_owner(&world, "PATCH", path, &same).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    let support = world.support_token("acme").unwrap();
    let none = r#"{"overrideMaxPayloadBytes":null}"#;
    assert_eq!(call(&world, "PATCH", "/workspaces/billing", &support, none).await.status, 200);
    assert_eq!(kinds(&world).await, [""; 0]);
}

#[tokio::test]
async fn what_is_done_is_told_with_who_and_never_with_what_is_stored() {
    let world = world();
    let (token, id) = session(&world).await;
    call(&world, "DELETE", "/sessions/delete/diary", &token, "").await;
    call(&world, "DELETE", "/sessions/delete/nothing", &token, "").await;
    call(&world, "POST", "/auth/logout", &token, "").await;
    let identity = world.identity_token(ADA).unwrap();
    let renewed =
        call(&world, "POST", &format!("/sessions/renew/{token}"), &identity, "").await.json();
    let token = renewed["sessionToken"].as_str().unwrap().to_owned();
    as_owner(&world, "POST", &format!("/sessions/admin/{id}/ttl"), &json!({"ttlSeconds": 3600}))
        .await;
    call(&world, "POST", "/sessions/revoke", &token, "").await;
    let expected = [
        "SESSION_REVOKED",
        "SESSION_TTL_UPDATED",
        "SESSION_RENEWED",
        "SESSION_LOGGED_OUT",
        "SESSION_KEY_DELETED",
        "SESSION_KEY_WRITTEN",
        "SESSION_CREATED",
    ];
    assert_eq!(kinds(&world).await, expected, "newest first; deleting nothing is no event");
    let page = owner_sees(&world, "/audit/events?pageSize=200").await;
    let written = &page["items"][5];
    assert_eq!(
        *written,
        json!({
            "id": written["id"], "eventType": "SESSION_KEY_WRITTEN", "occurredAt": "2026-01-01T00:00:00Z",
            "sessionRowId": id, "sessionUserIdentifier": written["actorProviderUid"],
            "sessionUserEmail": ADA, "sessionAppId": APP, "sessionStatus": "active",
            "actorProviderUid": written["actorProviderUid"], "actorDisplayName": null, "actorEmail": ADA,
            "metadataJson": "{\"payloadBytes\":23}",
        })
    );
    assert_eq!(page["items"][1]["actorEmail"], OWNER);
    for secret in ["canary", "diary", token.as_str(), identity.as_str()] {
        assert!(!page.to_string().contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn reading_somebodys_data_leaves_its_event_or_does_not_happen() {
    let world = world();
    let (_, id) = session(&world).await;
    let detail_path = format!("/sessions/admin/{id}");
    let detail = owner_sees(&world, &detail_path).await;
    assert_eq!(detail["payload"], json!({"diary": "canary-4711"}));
    assert_eq!((&detail["attributeCount"], &detail["status"]), (&json!(1), &json!("active")));
    let export = owner_sees(&world, "/sessions/export").await;
    assert_eq!(
        export["items"],
        json!([{"appId": APP, "userEmail": ADA, "payload": {"diary": "canary-4711"}}])
    );
    assert_eq!(export["pageSize"], 100);
    assert_eq!(kinds(&world).await[..2], ["SESSIONS_EXPORTED", "SESSION_PAYLOAD_READ"]);
    let list = owner_sees(&world, "/sessions/admin").await;
    assert!(!list.to_string().contains("canary"));
    assert_eq!(list["pageSize"], 10);

    let before = kinds(&world).await;
    for (operation, path) in
        [("sessions.read", detail_path.as_str()), ("sessions.export", "/sessions/export")]
    {
        world.faults().add(Fault::audit_down(operation)).unwrap();
        let answer = as_owner(&world, "GET", path, &Value::Null).await;
        assert_eq!(answer.error(), (503, "Audit trail unavailable".to_owned()));
        assert!(!answer.body.contains("canary"));
    }
    assert_eq!(kinds(&world).await, before);
    assert!(world.faults().unfired().is_empty());
}

#[tokio::test]
async fn what_cannot_be_noted_is_not_done() {
    let new_application =
        json!({"appId": "x", "displayName": "X", "redirectUris": ["x:/cb"]}).to_string();
    for (method, path, bearer, body) in [
        ("POST", "/sessions/set/diary", "session", r#"{"value":2}"#),
        ("DELETE", "/sessions/delete/diary", "session", ""),
        ("POST", "/sessions/revoke", "session", ""),
        ("POST", "/auth/logout", "session", ""),
        ("POST", "/sessions", "identity", r#"{"workspaceName":"acme"}"#),
        ("POST", "/workspaces", "identity", r#"{"name":"new"}"#),
        ("POST", "/sessions/admin/revoke/{session}", "owner", ""),
        ("POST", "/sessions/admin/{session}/ttl", "owner", r#"{"ttlSeconds":60}"#),
        ("PATCH", "/users/{user}", "owner", r#"{"role":"ADMIN"}"#),
        ("DELETE", "/users/{user}", "owner", ""),
        ("PATCH", "/workspaces", "owner", r#"{"name":"renamed"}"#),
        ("PATCH", "/workspaces/billing", "owner", r#"{"planName":"base"}"#),
        ("POST", "/invites", "owner", r#"{"role":"user","ttlSeconds":60}"#),
        ("POST", "/applications", "owner", new_application.as_str()),
        ("PATCH", "/applications/acme-web", "owner", r#"{"displayName":"renamed"}"#),
        ("POST", "/applications/acme-web/redirect-uris", "owner", r#"{"redirectUri":"y:/cb"}"#),
        ("DELETE", "/applications/acme-web", "owner", ""),
    ] {
        let world = world();
        let (session, id) = session(&world).await;
        let user = owner_sees(&world, "/users?q=bob").await["items"][0]["id"].to_string();
        let path = path.replace("{session}", &id.to_string()).replace("{user}", &user);
        let token = match bearer {
            "session" => session,
            "identity" => world.identity_token(BOB).unwrap(),
            _ => world.user_token(OWNER, "acme").unwrap(),
        };
        let state = async |world: &World| {
            let mut state = Vec::new();
            for path in [
                "/sessions/admin",
                "/users",
                "/workspaces",
                "/workspaces/billing",
                "/invites",
                "/applications",
                "/audit/events",
            ] {
                state.push(owner_sees(world, path).await);
            }
            (state, world.payload(ADA, APP).await)
        };
        let before = state(&world).await;
        world.faults().add(Fault::audit_down("*")).unwrap();
        let answer = call(&world, method, &path, &token, body).await;
        assert_eq!(answer.status, 503, "{method} {path}: {}", answer.body);
        assert_eq!(state(&world).await, before, "{method} {path}");
    }
}

#[tokio::test]
async fn the_access_log_tells_who_asked_what_and_no_token() {
    let world = world();
    let (token, id) = session(&world).await;
    call(&world, "GET", "/sessions/get/diary?token=secret", &token, "").await;
    let identity = world.identity_token(ADA).unwrap();
    call(&world, "POST", &format!("/sessions/renew/{token}"), &identity, "").await;
    let logout =
        format!("/auth/logout?session_token={token}&redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2F");
    call(&world, "GET", &logout, "", "").await;
    world.sign_in(BOB, APP).await.unwrap();
    let page = owner_sees(&world, "/audit/api-access?pageSize=200").await;
    let rows = page["items"].as_array().unwrap();
    let told: Vec<(&str, u64)> = rows
        .iter()
        .map(|row| (row["endpoint"].as_str().unwrap(), row["httpStatus"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("/auth/logout", 302),
            ("/sessions/renew/{sessionToken}", 200),
            ("/sessions/get/{key}", 200),
            ("/sessions/admin", 200),
            ("/sessions/set/{key}", 200)
        ],
        "of the workspace only, newest first"
    );
    let set = rows.iter().find(|row| row["endpoint"] == "/sessions/set/{key}").unwrap();
    assert_eq!(
        (&set["sessionId"], &set["userEmail"], &set["tokenRevision"]),
        (&json!(id), &json!(ADA), &json!(1))
    );
    assert_eq!(
        (&set["httpMethod"], &set["clientIp"], &set["httpStatus"]),
        (&json!("POST"), &Value::Null, &json!(200))
    );
    for secret in [token.as_str(), identity.as_str(), "secret", "diary", "canary"] {
        assert!(!page.to_string().contains(secret), "{secret}");
    }
    let other = world.user_token(OWNER, "acme").unwrap();
    assert!(!page.to_string().contains(&other));
}

#[tokio::test]
async fn the_access_log_has_those_too_who_are_refused() {
    let world = world();
    let old = world.sign_in(ADA, APP).await.unwrap();
    let user = world.user_token(BOB, "acme").unwrap();
    let identity = world.identity_token(ADA).unwrap();
    call(&world, "POST", &format!("/sessions/renew/{old}"), &identity, "").await;
    assert_eq!(call(&world, "GET", "/sessions", &old, "").await.status, 410, "superseded");
    assert_eq!(call(&world, "GET", "/users", &user, "").await.status, 403, "no administrator");
    let rows = owner_sees(&world, "/audit/api-access").await["items"].clone();
    let told = |row: &Value| json!([row["endpoint"], row["httpStatus"], row["userEmail"]]);
    assert_eq!(told(&rows[0]), json!(["/users", 403, BOB]));
    assert_eq!(told(&rows[1]), json!(["/sessions", 410, ADA]));
    assert_eq!((&rows[1]["tokenRevision"], &rows[2]["httpStatus"]), (&json!(1), &json!(200)));
}

#[tokio::test]
async fn what_a_test_revokes_leaves_its_event() {
    let world = world();
    let (_, id) = session(&world).await;
    assert_eq!(world.revoke_sessions(ADA).await, 1);
    let events = owner_sees(&world, "/audit/events").await["items"].clone();
    assert_eq!(
        (&events[0]["eventType"], &events[0]["sessionRowId"], &events[0]["actorProviderUid"]),
        (&json!("SESSION_REVOKED"), &json!(id), &Value::Null)
    );
}

#[tokio::test]
async fn one_workspace_never_sees_anothers_trail() {
    let world = owned().user("other", UserSpec::new("oscar@example.com").role(Role::Owner)).laid();
    session(&world).await;
    let other = world.user_token("oscar@example.com", "other").unwrap();
    for path in
        ["/audit/events", "/audit/api-access", "/sessions/admin", "/sessions/export", "/invites"]
    {
        let page = call(&world, "GET", path, &other, "").await.json();
        let own = page["items"].as_array().unwrap();
        let foreign = own.iter().filter(|row| row.to_string().contains(ADA)).count();
        assert_eq!(foreign, 0, "{path}");
    }
}

#[tokio::test]
async fn operators_end_sessions_and_set_how_long_they_live() {
    let world = world();
    let (token, id) = session(&world).await;
    let ttl = async |seconds: i64| {
        as_owner(
            &world,
            "POST",
            &format!("/sessions/admin/{id}/ttl"),
            &json!({"ttlSeconds": seconds}),
        )
        .await
    };
    for bad in [-1, 1, 59, 315_360_001] {
        assert_eq!(ttl(bad).await.error().0, 400, "{bad}");
    }
    assert_eq!(ttl(60).await.json(), json!({"updated": true, "sessionId": id}));
    world.clock().advance(Duration::from_secs(59));
    assert_eq!(ttl(0).await.status, 200);
    world.clock().advance(Duration::from_secs(600));
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.status, 200, "for ever again");
    ttl(60).await;
    world.clock().advance(Duration::from_secs(60));
    assert_eq!(
        call(&world, "GET", "/sessions", &token, "").await.error(),
        (410, "Session expired".to_owned())
    );
    assert_eq!(ttl(60).await.error(), (400, "Session is not active".to_owned()));
    let (token, id) = {
        let token = world.sign_in(BOB, APP).await.unwrap();
        (
            token,
            owner_sees(&world, "/sessions/admin?q=bob").await["items"][0]["id"].as_i64().unwrap(),
        )
    };
    let revoke = async || {
        as_owner(&world, "POST", &format!("/sessions/admin/revoke/{id}"), &Value::Null).await.json()
    };
    assert_eq!(revoke().await, json!({"revoked": true, "sessionId": id}));
    assert_eq!(revoke().await, json!({"revoked": false, "sessionId": id}));
    assert_eq!(
        call(&world, "GET", "/sessions", &token, "").await.error(),
        (410, "Session revoked".to_owned())
    );
    let row = owner_sees(&world, "/sessions/admin?status=revoked").await["items"][0].clone();
    assert_eq!(
        (&row["id"], &row["currentDataSizeBytes"], &row["attributeCount"]),
        (&json!(id), &Value::Null, &json!(0))
    );
    assert!(row["revokedBy"].is_string());
    assert_eq!(owner_sees(&world, "/sessions/admin?status=active").await["items"], json!([]));
}

#[tokio::test]
async fn users_look_after_their_own_sessions() {
    let world = world();
    let (_, id) = session(&world).await;
    let mine = world.user_token(ADA, "acme").unwrap();
    let page = call(&world, "GET", "/sessions/my", &mine, "").await.json();
    let row = &page["items"][0];
    assert_eq!(
        (&page["totalItems"], &row["id"], &row["status"]),
        (&json!(1), &json!(id), &json!("active"))
    );
    assert_eq!(row["payload"], json!({"properties": {"diary": "canary-4711"}}));
    assert_eq!(
        (&row["currentDataSizeBytes"], &row["maxDataSizeBytes"]),
        (&json!(23), &json!(2048))
    );
    let bob = world.user_token(BOB, "acme").unwrap();
    let foreign = call(&world, "POST", &format!("/sessions/revoke/{id}"), &bob, "").await;
    let unknown = call(&world, "POST", "/sessions/revoke/987654321", &bob, "").await;
    assert_eq!((foreign.error().0, &foreign.body), (404, &unknown.body));
    let revoked = call(&world, "POST", &format!("/sessions/revoke/{id}"), &mine, "").await.json();
    assert_eq!(revoked, json!({"revoked": true, "sessionId": id}));
    let row =
        call(&world, "GET", "/sessions/my?status=all", &mine, "").await.json()["items"][0].clone();
    assert_eq!((&row["payload"], &row["status"]), (&json!({}), &json!("revoked")));
    assert_eq!(
        (&row["revokedBy"], &row["revokedByDisplayName"]),
        (&row["providerUid"], &json!(ADA))
    );
    let none = call(&world, "GET", "/sessions/my?app_id=other-web", &mine, "").await.json();
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn concurrent_sessions_are_counted_day_by_day() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    world.clock().advance(Duration::from_secs(86_400));
    world.sign_in(BOB, APP).await.unwrap();
    world.clock().advance(Duration::from_secs(3_600));
    call(&world, "POST", "/sessions/revoke", &token, "").await;
    world.clock().advance(Duration::from_secs(86_400));
    let path = "/sessions/admin/analytics/concurrent-sessions";
    let days = owner_sees(&world, &format!("{path}?start=2025-12-31&end=2026-01-04")).await;
    assert_eq!(
        days,
        json!([
            {"date": "2025-12-31", "count": 0}, {"date": "2026-01-01", "count": 1},
            {"date": "2026-01-02", "count": 2}, {"date": "2026-01-03", "count": 1},
            {"date": "2026-01-04", "count": 0},
        ])
    );
    let month = owner_sees(&world, path).await;
    assert_eq!((month.as_array().unwrap().len(), &month[0]["date"]), (31, &json!("2026-01-01")));
    assert_eq!(
        owner_sees(&world, &format!("{path}?start=2026-01-01&end=2026-03-02"))
            .await
            .as_array()
            .unwrap()
            .len(),
        61
    );
    for bad in [
        "start=2026-01-01&end=2026-03-03",
        "start=2026-01-02&end=2026-01-01",
        "start=yesterday",
        "end=2026-02-30",
    ] {
        assert_eq!(
            as_owner(&world, "GET", &format!("{path}?{bad}"), &Value::Null).await.error().0,
            400,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn payloads_are_purged_when_their_time_comes() {
    let world = world();
    let (_, id) = session(&world).await;
    as_owner(&world, "POST", &format!("/sessions/admin/{id}/ttl"), &json!({"ttlSeconds": 3600}))
        .await;
    assert_eq!(world.at_rest().len(), 1);
    world.advance(Duration::from_secs(3_600)).await;
    assert!(world.at_rest().is_empty());
    let row = owner_sees(&world, "/sessions/admin").await["items"][0].clone();
    assert_eq!((&row["status"], &row["currentDataSizeBytes"]), (&json!("expired"), &Value::Null));
}
