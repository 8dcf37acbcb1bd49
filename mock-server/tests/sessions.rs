//! The session API as a client meets it (contract §3), and the dialects of its refusals (§4, ruling 2).
#![allow(clippy::unwrap_used, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use common::{ADA, APP, BOB, Laid as _, builder, call, world, world_of};
use secureflows_mock::{ApplicationSpec, Profile, World};
use serde_json::json;

async fn token(world: &World) -> String {
    world.sign_in(ADA, APP).await.unwrap()
}

#[tokio::test]
async fn what_is_written_is_read_back_as_written() {
    let world = world();
    let token = token(&world).await;
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.body, "{}");
    assert_eq!(call(&world, "GET", "/sessions/get/k", &token, "").await.error().0, 404);
    for (body, stored) in [
        (r#"{"value": "é \ud83d\ude00"}"#, r#""é \ud83d\ude00""#),
        (r#"{"value":null}"#, "null"),
        (r#"{"value":[1, 2.50, 1e400, 9007199254740993]}"#, "[1,2.50,1e400,9007199254740993]"),
        (r#"{"workspaceName":"w","app_id":"a","value":false}"#, "false"),
        (r#"{"value":1,"more":2}"#, r#"{"value":1,"more":2}"#),
        ("[]", "[]"),
    ] {
        let set = call(&world, "POST", "/sessions/set/k", &token, body).await;
        assert_eq!((set.status.as_u16(), set.body), (200, format!(r#"{{"k":{stored}}}"#)));
        let got = call(&world, "GET", "/sessions/get/k", &token, "").await;
        assert_eq!(got.body, format!(r#"{{"key":"k","value":{stored}}}"#));
    }
    assert_eq!(call(&world, "DELETE", "/sessions/delete/k", &token, "").await.body, "true");
    assert_eq!(call(&world, "DELETE", "/sessions/delete/k", &token, "").await.body, "false");
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.body, "{}");
}

#[tokio::test]
async fn any_text_is_a_key() {
    let world = world();
    let token = token(&world).await;
    for (encoded, key) in [
        ("a%2Fb", "a/b"),
        ("%252F", "%2F"),
        ("%C3%A9%20%F0%9F%98%80", "é 😀"),
        ("value", "value"),
        ("..%2F..", "../.."),
        ("%22%27%3B--", "\"';--"),
        ("a+b", "a+b"),
        ("%00", "\0"),
        ("__proto__", "__proto__"),
    ] {
        call(&world, "POST", &format!("/sessions/set/{encoded}"), &token, r#"{"value":1}"#).await;
        let got = call(&world, "GET", &format!("/sessions/get/{encoded}"), &token, "").await;
        assert_eq!(got.json(), json!({"key": key, "value": 1}));
    }
    let bad = call(&world, "GET", "/sessions/get/%ff", &token, "").await;
    assert_eq!(bad.error().0, 400);
}

#[tokio::test]
async fn identity_is_stable_across_sessions() {
    let world = world();
    let first = token(&world).await;
    let identity = call(&world, "GET", "/sessions/identity", &first, "").await.json();
    assert_eq!(identity["email"], ADA);
    assert!(identity["userId"].is_i64());
    call(&world, "POST", "/sessions/revoke", &first, "").await;
    let second = token(&world).await;
    assert_eq!(call(&world, "GET", "/sessions/identity", &second, "").await.json(), identity);
    let bob = world.sign_in(BOB, APP).await.unwrap();
    assert_ne!(call(&world, "GET", "/sessions/identity", &bob, "").await.json(), identity);
}

#[tokio::test]
async fn create_always_makes_a_session_and_get_or_create_continues_the_newest() {
    let world = world();
    let identity = world.identity_token(ADA).unwrap();
    let create = r#"{"workspaceName":"acme","app_id":"acme-web","payload":{"n":1}}"#;
    let again = r#"{"workspaceName":"acme","app_id":"acme-web","payload":{"n":2}}"#;
    let post = async |path, body| {
        let answer = call(&world, "POST", path, &identity, body).await;
        answer.json()["sessionToken"].as_str().unwrap().to_owned()
    };
    let one = post("/sessions", create).await;
    let two = post("/sessions/get-or-create", again).await;
    let three = post("/sessions", again).await;
    let four = post("/sessions/get-or-create", create).await;
    let elsewhere = post("/sessions/get-or-create", r#"{"workspaceName":"acme"}"#).await;
    assert_ne!(one, two, "each call brings a token of its own");
    let mut read = Vec::new();
    for token in [one, two, three, four, elsewhere] {
        read.push(call(&world, "GET", "/sessions", &token, "").await.body);
    }
    // Reuse supersedes nothing: the first token still reads.
    assert_eq!(read, [r#"{"n":1}"#, r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":2}"#, "{}"]);
}

#[tokio::test]
async fn opening_a_session_refuses_what_it_cannot_place() {
    let world = world();
    let identity = world.identity_token(ADA).unwrap();
    let open = async |token: &str, body: &str| {
        call(&world, "POST", "/sessions", token, body).await.error()
    };
    assert_eq!(open(&identity, r#"{"workspaceName":"none"}"#).await.0, 404);
    assert_eq!(open(&identity, r#"{"workspaceName":"acme","app_id":"none"}"#).await.0, 404);
    let foreign = r#"{"workspaceName":"acme","app_id":"other-web"}"#;
    let unknown = r#"{"workspaceName":"acme","app_id":"nothing-web"}"#;
    assert_eq!(open(&identity, foreign).await, open(&identity, unknown).await);
    for body in [r#"{"workspaceName":"acme","payload":[]}"#, "{}", "[", r#"{"workspaceName":1}"#] {
        assert_eq!(open(&identity, body).await.0, 400, "{body}");
    }
    let good = r#"{"workspaceName":"acme"}"#;
    let refused = (401, "Invalid Firebase token".to_owned());
    assert_eq!(open("garbage", good).await, refused);
    assert_eq!(open(&token(&world).await, good).await, refused);
    assert_eq!(open("", good).await, (401, "Missing Authorization header".to_owned()));
    world.clock().advance(Duration::from_secs(3_600));
    assert_eq!(open(&identity, good).await, refused);
}

#[tokio::test]
async fn renewal_brings_a_dead_token_back_to_its_data() {
    let world = world();
    let old = token(&world).await;
    call(&world, "POST", "/sessions/set/k", &old, r#"{"value":1}"#).await;
    world.clock().advance(Duration::from_secs(604_800));
    let identity = world.identity_token(ADA).unwrap();
    let renew = async |token: &str, identity: &str| {
        call(&world, "POST", &format!("/sessions/renew/{token}"), identity, "").await
    };
    let renewed = renew(&old, &identity).await.json();
    assert_eq!(renewed["payload"], json!({"k": 1}));
    let new = renewed["sessionToken"].as_str().unwrap().to_owned();
    assert_eq!(call(&world, "GET", "/sessions", &new, "").await.json(), json!({"k": 1}));
    call(&world, "POST", "/auth/logout", &new, "").await;
    assert_eq!(renew(&new, &identity).await.status, 200, "a logged-out token renews");

    let bob = world.identity_token(BOB).unwrap();
    let refused = renew(&old, &bob).await.error();
    assert_eq!(refused, (403, "Firebase user does not own this session".to_owned()));
    assert_eq!(renew("garbage", &identity).await.error().0, 401);
    assert_eq!(renew("", &identity).await.error().0, 400);
    assert_eq!(renew("%20", &identity).await.error().0, 400);
    assert_eq!(world.revoke_sessions(ADA).await, 1);
    assert_eq!(renew(&old, &identity).await.error(), (410, "Session revoked".to_owned()));
}

#[tokio::test]
async fn dead_tokens_in_the_default_profile() {
    let world = world();
    let read = async |token: &str| call(&world, "GET", "/sessions", token, "").await.error();
    let expired = (410, "Session token expired".to_owned());
    assert_eq!(read("").await, (401, "Missing Authorization header".to_owned()));
    assert_eq!(read("garbage").await, (410, "Invalid token".to_owned()));
    let user_token = world.user_token(ADA, "acme").unwrap();
    assert_eq!(read(&user_token).await, (410, "Invalid token".to_owned()));

    let logged_out = token(&world).await;
    let answer = call(&world, "POST", "/auth/logout", &logged_out, "").await;
    assert_eq!(answer.json(), json!({"loggedOut": true}));
    assert_eq!(answer.header("clear-site-data"), "\"cookies\"");
    assert_eq!(read(&logged_out).await, expired);

    let old = token(&world).await;
    world.clock().advance(Duration::from_secs(604_799));
    assert_eq!(call(&world, "GET", "/sessions", &old, "").await.status, 200);
    world.clock().advance(Duration::from_secs(1));
    assert_eq!(read(&old).await, expired);

    let new = token(&world).await;
    let revoked = call(&world, "POST", "/sessions/revoke", &new, "").await.json();
    assert_eq!(revoked["revoked"], true);
    assert!(revoked["sessionId"].is_i64());
    assert_eq!(read(&new).await, (410, "Session revoked".to_owned()));
    assert!(world.at_rest().is_empty(), "revoking destroys the data");
}

#[tokio::test]
async fn the_payload_ttl_runs_from_creation() {
    let app = ApplicationSpec::new("brief").payload_ttl(Duration::from_secs(100));
    let world = builder().application("acme", app).laid();
    let token = world.sign_in(ADA, "brief").await.unwrap();
    world.clock().advance(Duration::from_secs(99));
    assert_eq!(world.sign_in(ADA, "brief").await.map(|_| ()), Ok(()));
    let set = call(&world, "POST", "/sessions/set/k", &token, r#"{"value":1}"#).await;
    assert_eq!(set.status, 200);
    world.clock().advance(Duration::from_secs(1));
    let read = call(&world, "GET", "/sessions", &token, "").await;
    assert_eq!(read.error(), (410, "Session expired".to_owned()));
    let fresh = world.sign_in(ADA, "brief").await.unwrap();
    assert_eq!(call(&world, "GET", "/sessions", &fresh, "").await.body, "{}");
}

#[tokio::test]
async fn the_published_dialect() {
    let world = world_of(Profile::Published);
    let token = token(&world).await;
    let path_status = async |method, path, token: &str, body| {
        call(&world, method, path, token, body).await.error().0
    };
    assert_eq!(path_status("GET", "/sessions", "garbage", "").await, 401);
    assert_eq!(path_status("GET", "/sessions", "", "").await, 401);
    call(&world, "POST", "/auth/logout", &token, "").await;
    assert_eq!(path_status("GET", "/sessions", &token, "").await, 410);
    assert_eq!(path_status("POST", "/sessions/set/k", &token, "1").await, 401);
    assert_eq!(path_status("POST", "/auth/logout", &token, "").await, 401);
    world.revoke_sessions(ADA).await;
    assert_eq!(path_status("GET", "/sessions", &token, "").await, 410);
    assert_eq!(path_status("POST", "/sessions/set/k", &token, "1").await, 401);
    assert_eq!(path_status("POST", "/auth/logout", &token, "").await, 404);
}

#[tokio::test]
async fn the_legacy_dialect() {
    let world = world_of(Profile::Legacy);
    let token = token(&world).await;
    let missing = call(&world, "GET", "/sessions", "", "").await;
    assert_eq!((missing.status.as_u16(), missing.body.as_str()), (403, ""));
    assert!(!missing.headers.contains_key("content-type"));
    // Identity tokens are answered alike in every dialect.
    let unnamed = call(&world, "POST", "/sessions", "", "{}").await.error();
    assert_eq!(unnamed, (401, "Missing Authorization header".to_owned()));
    let denied = (403, "Access denied".to_owned());
    assert_eq!(call(&world, "GET", "/sessions", "garbage", "").await.error(), denied);
    world.clock().advance(Duration::from_secs(604_800));
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.error(), denied);
    world.revoke_sessions(ADA).await;
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.error().0, 410);
}

#[tokio::test]
async fn the_grace_lock_closes_payloads_only() {
    let world = world();
    let token = token(&world).await;
    let identity = world.identity_token(ADA).unwrap();
    assert!(world.lock_workspace("acme").await);
    let open = r#"{"workspaceName":"acme","app_id":"acme-web"}"#;
    let renew = format!("/sessions/renew/{token}");
    for (method, path, token, body) in [
        ("GET", "/sessions", &token, ""),
        ("GET", "/sessions/get/k", &token, ""),
        ("POST", "/sessions/set/k", &token, "1"),
        ("DELETE", "/sessions/delete/k", &token, ""),
        ("POST", "/sessions", &identity, open),
        ("POST", "/sessions/get-or-create", &identity, open),
        ("POST", renew.as_str(), &identity, ""),
    ] {
        let answer = call(&world, method, path, token, body).await;
        assert_eq!(answer.status, 403, "{method} {path}");
        assert_eq!(answer.json()["code"], "BILLING_GRACE_LOCK");
    }
    assert_eq!(call(&world, "GET", "/sessions/identity", &token, "").await.status, 200);
    assert!(world.unlock_workspace("acme").await);
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.status, 200);
    world.lock_workspace("acme").await;
    assert_eq!(call(&world, "POST", "/auth/logout", &token, "").await.status, 200);
    world.unlock_workspace("acme").await;
    let token = world.sign_in(ADA, APP).await.unwrap();
    world.lock_workspace("acme").await;
    assert_eq!(call(&world, "POST", "/sessions/revoke", &token, "").await.status, 200);
}

#[tokio::test]
async fn concurrent_writes_lose_nothing() {
    let world = world();
    let token = token(&world).await;
    let writes = (0..50).map(|n| {
        let (world, token) = (world.clone(), token.clone());
        tokio::spawn(async move {
            call(&world, "POST", &format!("/sessions/set/k{n}"), &token, "1").await
        })
    });
    for write in writes.collect::<Vec<_>>() {
        assert_eq!(write.await.unwrap().status, 200);
    }
    let payload = world.payload(ADA, APP).await.unwrap();
    assert_eq!(payload.as_object().unwrap().len(), 50);
}
