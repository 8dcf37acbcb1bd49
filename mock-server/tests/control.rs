//! The control API: who may use it, what it says of itself, what it steers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use axum::{body::Body, http::Request};
use common::{ADA, APP, Answer, Laid as _, builder, call, send, visit};
use secureflows_mock::{ApplicationSpec, World};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

fn steered() -> World {
    builder().control(true).laid()
}

/// The same with snapshots and further worlds.
fn steered_in_memory() -> World {
    builder().control(true).build().unwrap()
}

async fn steer(world: &World, method: &str, path: &str, body: Value) -> Answer {
    let request = Request::builder().method(method).uri(format!("/_mock{path}"));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(world.router(), request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn every_described_path_answers() {
    let world = steered_in_memory();
    let document = steer(&world, "GET", "/openapi.json", Value::Null).await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, operations) in document["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/_mock").unwrap().replace("{world}", "self");
        let path = path.replace("{snapshot}", "s1");
        for method in operations.as_object().unwrap().keys() {
            // Not the document's order: what is deleted has to be there first.
            steer(&world, "POST", "/worlds/self/snapshot", Value::Null).await;
            steer(&world, "POST", "/workspaces", json!({"name": method})).await;
            let path = path.replace("{workspace}", method);
            let answer = steer(&world, &method.to_uppercase(), &path, Value::Null).await;
            assert!(![404, 405].contains(&answer.status.as_u16()), "{method} {path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_world_is_the_platform_only_unless_it_is_said() {
    let world = common::world();
    assert_eq!(world.control_url(), None);
    assert_eq!(steer(&world, "GET", "/clock", Value::Null).await.status, 404);
    let world = steered();
    assert_eq!(world.control_url().as_deref(), Some("http://127.0.0.1/_mock"));
    assert_eq!(steer(&world, "GET", "/clock", Value::Null).await.status, 200);
    assert_eq!(common::visit(&world, "/_mockery", "").await.error().1, "Not found");
}

#[tokio::test]
async fn foreign_pages_are_refused_and_own_ones_may_read() {
    let world = steered();
    let from = |method: &str, name: &str, value: &str| {
        let request = Request::builder().method(method).uri("/_mock/clock").header(name, value);
        send(world.router(), request.body(Body::empty()).unwrap())
    };
    for (name, value) in
        [("host", "evil.example"), ("origin", "https://evil.example"), ("origin", "null")]
    {
        let answer = from("GET", name, value).await;
        assert_eq!(answer.error().0, 403, "{name}: {value}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
        assert_eq!(from("OPTIONS", name, value).await.status, 403);
    }
    let answer = from("GET", "origin", "http://localhost:5173").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "http://localhost:5173");
    let preflight = from("OPTIONS", "origin", "http://localhost:5173").await;
    assert_eq!(preflight.status, 204);
    let document = steer(&world, "GET", "/openapi.json", Value::Null).await.json();
    let allowed = preflight.header("access-control-allow-methods").to_lowercase();
    for operations in document["paths"].as_object().unwrap().values() {
        for method in operations.as_object().unwrap().keys() {
            assert!(allowed.split(", ").any(|one| one == method), "{method}");
        }
    }
}

#[tokio::test]
async fn refusals_name_the_field_and_the_mend() {
    let world = steered_in_memory();
    for (method, path, body, status, text) in [
        ("GET", "/nothing", json!(null), 404, "openapi.json"),
        ("PATCH", "/clock", json!(null), 405, "GET or PUT"),
        ("PUT", "/clock", json!({}), 400, "missing field `now`"),
        ("PUT", "/clock", json!({"now": "noon"}), 400, "`now`: `noon` is not a time"),
        ("PUT", "/clock", json!({"now": "2020-01-01T00:00:00Z"}), 409, "\"back\": true"),
        ("POST", "/clock/advance", json!({"seconds": -1}), 400, "0 or more"),
        ("POST", "/clock/advance", json!({"minutes": 1}), 400, "expected `seconds`"),
        ("POST", "/clock/advance", json!([1, 2]), 400, "Body"),
        ("GET", "/worlds/w9", json!(null), 404, "`w9`"),
        ("DELETE", "/worlds/self", json!(null), 409, "first world"),
        ("POST", "/worlds", json!({"profile": "new"}), 400, "`profile`: unknown variant `new`"),
        (
            "POST",
            "/worlds",
            json!({"workspaces": [{"nam": ""}]}),
            400,
            "`workspaces[0].nam`: unknown field",
        ),
        ("POST", "/worlds", json!({"workspaces": [{"name": ""}]}), 400, "workspace name is empty"),
        ("POST", "/worlds/self/restore", json!({"snapshot": "s9"}), 404, "`s9`"),
        ("POST", "/sign-in", json!({"user": ADA}), 400, "missing field `application`"),
        ("POST", "/sign-in", json!({"user": "x@y", "application": APP}), 404, "add the user"),
        (
            "POST",
            "/sign-in",
            json!({"user": ADA, "application": APP, "redirectUri": "http://e/"}),
            400,
            "register it",
        ),
        ("POST", "/users", json!({"email": "c@example.com"}), 400, "`workspace`"),
        ("POST", "/users", json!({"email": "c", "workspace": "acme"}), 400, "not an e-mail"),
        (
            "POST",
            "/users",
            json!({"email": "c@d", "workspace": "x"}),
            404,
            "POST /_mock/workspaces",
        ),
        ("POST", "/users", json!({"email": ADA, "workspace": "acme"}), 409, ADA),
        ("POST", "/workspaces", json!({"name": "acme"}), 409, "unique"),
        ("POST", "/workspaces/none/lock", json!(null), 404, "`none`"),
        ("POST", "/sessions/revoke", json!({"user": "x@y"}), 404, "`x@y`"),
        (
            "POST",
            "/journal/wait",
            json!({"operation": "session.get"}),
            400,
            "did you mean sessions.get",
        ),
    ] {
        let (got, error) = steer(&world, method, path, body).await.error();
        assert_eq!(got, status, "{path} {error}");
        assert!(error.contains(text), "{path}: {error}");
    }
}

#[tokio::test]
async fn the_clock_is_read_set_and_advanced() {
    let world = steered();
    let read = steer(&world, "GET", "/clock", Value::Null).await;
    assert_eq!(read.json(), json!({"now": "2026-01-01T00:00:00Z", "running": false}));
    let ahead = steer(&world, "POST", "/clock/advance", json!({"seconds": 1.5})).await;
    assert_eq!(ahead.json()["now"], "2026-01-01T00:00:01.5Z");
    let set = json!({"now": "2026-01-02T01:00:00+01:00"});
    assert_eq!(steer(&world, "PUT", "/clock", set).await.json()["now"], "2026-01-02T00:00:00Z");
    let back = json!({"now": "2025-01-01T00:00:00Z", "back": true});
    let back = steer(&world, "PUT", "/clock", back).await;
    assert_eq!(back.json()["now"], "2025-01-01T00:00:00Z");
    assert_eq!(back.header("date"), "Wed, 01 Jan 2025 00:00:00 GMT");
}

#[tokio::test]
async fn deadlines_are_listed_and_fire_in_order() {
    let world = builder()
        .application(
            "acme",
            ApplicationSpec::new("short")
                .session_token_ttl(Duration::from_secs(60))
                .payload_ttl(Duration::from_secs(90)),
        )
        .control(true)
        .laid();
    let token = world.sign_in(ADA, "short").await.unwrap();
    let listed = steer(&world, "GET", "/deadlines", Value::Null).await.json();
    let listed = listed["deadlines"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["kind"], "sessionToken");
    assert_eq!(listed[0]["at"], "2026-01-01T00:01:00Z");
    assert_eq!(listed[1]["kind"], "payload");
    let next = steer(&world, "POST", "/clock/next", Value::Null).await.json();
    assert_eq!(next["now"], "2026-01-01T00:01:00Z");
    assert_eq!(next["fired"], json!([listed[0]]));
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.error().0, 410);
    assert_eq!(world.at_rest().len(), 1, "an expired token leaves the data");
    let moved = steer(&world, "POST", "/clock/advance", json!({"seconds": 3600})).await.json();
    assert_eq!(moved["fired"], json!([listed[1]]));
    assert_eq!(world.at_rest().len(), 0, "a payload's TTL does not");
    let still = steer(&world, "POST", "/clock/next", Value::Null).await.json();
    assert_eq!(still, json!({"now": "2026-01-01T01:01:00Z", "running": false, "fired": []}));
}

#[tokio::test]
async fn one_call_signs_in_with_everything_that_belongs_to_it() {
    let world = steered();
    let body = json!({"user": ADA, "application": APP, "state": "a b", "support": true});
    let signed_in = steer(&world, "POST", "/sign-in", body).await.json();
    let token = signed_in["sessionToken"].as_str().unwrap();
    let callback = format!("{}?sessionToken={token}&state=a%20b", common::CALLBACK);
    assert_eq!(signed_in["callbackUrl"], callback);
    let identity = call(&world, "GET", "/sessions/identity", token, "").await.json();
    assert_eq!(identity["userId"], signed_in["userId"]);
    let proof = signed_in["identityToken"].as_str().unwrap();
    let body = r#"{"workspaceName":"acme","app_id":"acme-web"}"#;
    assert_eq!(call(&world, "POST", "/sessions", proof, body).await.status, 200);
    let cookie = &signed_in["cookies"][0];
    assert_eq!((&cookie["path"], &cookie["httpOnly"]), (&json!("/app"), &json!(true)));
    let cookie =
        format!("{}={}", cookie["name"].as_str().unwrap(), cookie["value"].as_str().unwrap());
    let login = "/app/sessions/login?workspace_name=acme&app_id=acme-web\
        &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback";
    assert!(visit(&world, login, &cookie).await.body.contains("Continue"));
    let support = signed_in["supportToken"].as_str().unwrap();
    let claims = support.split('.').nth(1).unwrap();
    let claims = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["role"], &claims["tokenType"]), (&json!("SUPPORT"), &json!("USER")));
}

#[tokio::test]
async fn people_are_added_locked_out_and_revoked_at_run_time() {
    let world = steered();
    let new = json!({
        "name": "late",
        "applications": [{"appId": "late-web", "redirectUris": ["app.late:/cb"]}],
        "users": [{"email": "eve@example.com", "password": "a password", "role": "ADMIN"}],
    });
    assert_eq!(steer(&world, "POST", "/workspaces", new).await.json()["workspace"], "late");
    let user = json!({"workspace": "late", "email": "fay@example.com"});
    assert_eq!(steer(&world, "POST", "/users", user).await.status, 200);
    let application = json!({"workspace": "late", "appId": "late-app"});
    assert_eq!(steer(&world, "POST", "/applications", application).await.status, 200);
    let token = world.sign_in("fay@example.com", "late-app").await.unwrap();
    let lock = steer(&world, "POST", "/workspaces/late/lock", Value::Null).await;
    assert_eq!(lock.json(), json!({"workspace": "late", "locked": true}));
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.error().0, 403);
    steer(&world, "POST", "/workspaces/late/unlock", Value::Null).await;
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.status, 200);
    let revoke = json!({"user": "fay@example.com"});
    assert_eq!(steer(&world, "POST", "/sessions/revoke", revoke).await.json()["revoked"], 1);
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.error().1, "Session revoked");
}

/// One request over a socket; the answer's body.
async fn over_tcp(origin: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
    let address = origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap();
    (status.parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn worlds_are_made_and_ended_over_http() {
    let first = World::builder().control(true).start().await.unwrap();
    let (status, made) = over_tcp(first.origin(), "POST", "/_mock/worlds", "").await;
    assert_eq!((status, &made["id"]), (200, &json!("w1")));
    assert_eq!(made["workspaces"][0]["users"][0]["email"], ADA);
    let own = json!({"seed": 7, "startsAt": "2030-01-01T00:00:00Z", "workspaces": []}).to_string();
    let (_, other) = over_tcp(first.origin(), "POST", "/_mock/worlds", &own).await;
    assert_eq!(other["clock"], json!({"now": "2030-01-01T00:00:00Z", "running": false}));
    let (one, two) = (made["baseUrl"].as_str().unwrap(), other["baseUrl"].as_str().unwrap());
    let signed_in = json!({"user": ADA, "application": "acme-notes"}).to_string();
    assert_eq!(over_tcp(one, "POST", "/_mock/sign-in", &signed_in).await.0, 200);
    assert_eq!(over_tcp(two, "POST", "/_mock/sign-in", &signed_in).await.0, 404);
    // Any of them knows them all.
    let (_, list) = over_tcp(one, "GET", "/_mock/worlds", "").await;
    assert_eq!(list["worlds"].as_array().unwrap().len(), 2);
    let (_, list) = over_tcp(first.origin(), "GET", "/_mock/worlds", "").await;
    assert_eq!(list["worlds"][0]["id"], "w0");
    assert_eq!(list["worlds"].as_array().unwrap().len(), 3);
    let (_, kept) = over_tcp(two, "POST", "/_mock/worlds/w1/snapshot", "").await;
    over_tcp(one, "POST", "/_mock/clock/advance", r#"{"seconds": 5}"#).await;
    let (_, restored) = over_tcp(two, "POST", "/_mock/worlds/w1/restore", &kept.to_string()).await;
    assert_eq!(restored["clock"]["now"], "2026-01-01T00:00:00Z");
    // By another, and by itself.
    let deleted = json!({"deleted": true});
    assert_eq!(over_tcp(two, "DELETE", "/_mock/worlds/w1", "").await.1, deleted);
    assert!(TcpStream::connect(one.strip_prefix("http://").unwrap()).await.is_err());
    assert_eq!(over_tcp(two, "DELETE", "/_mock/worlds/self", "").await.1, deleted);
    assert_eq!(over_tcp(first.origin(), "GET", "/_mock/worlds/w2", "").await.0, 404);
}

#[tokio::test]
async fn worlds_go_with_the_first_one() {
    let first = World::builder().control(true).start().await.unwrap();
    let (_, made) = over_tcp(first.origin(), "POST", "/_mock/worlds", "").await;
    drop(first);
    let address = made["baseUrl"].as_str().unwrap().strip_prefix("http://").unwrap();
    for _ in 0..100 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("still open");
}

#[tokio::test]
async fn faults_are_laid_struck_and_taken_up_over_http() {
    let world = steered();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let busy = json!({"operation": "sessions.payload", "effect": {"kind": "status", "status": 429, "retryAfter": 3}});
    let unfired =
        json!({"operation": "sessions.set", "times": 2, "effect": {"kind": "cutAfterCommit"}});
    let first = steer(&world, "POST", "/faults", busy).await.json()["id"].clone();
    let second = steer(&world, "POST", "/faults", unfired).await.json()["id"].clone();
    let struck = call(&world, "GET", "/sessions", &token, "").await;
    assert_eq!(
        (struck.status.as_u16(), struck.headers["retry-after"].to_str().unwrap()),
        (429, "3")
    );
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.status, 200);
    let laid = steer(&world, "GET", "/faults", Value::Null).await.json();
    assert_eq!((&laid["faults"][0]["fired"], &laid["faults"][0]["id"]), (&json!(1), &first));
    assert_eq!(laid["unfired"], json!([second]));
    let removed = steer(&world, "DELETE", &format!("/faults/{second}"), Value::Null).await.json();
    assert_eq!(removed, json!({"removed": 1}));
    assert_eq!(steer(&world, "DELETE", "/faults", Value::Null).await.json(), json!({"removed": 1}));
    for (bad, text) in [
        (json!({"operation": "session.get", "effect": {"kind": "cut"}}), "sessions.get"),
        (json!({"operation": "sessions.get", "effect": {"kind": "cut"}, "chance": 0.5}), "chance"),
        (
            json!({"operation": "sessions.get", "user": "nobody@example.com", "effect": {"kind": "cut"}}),
            "nobody@example.com",
        ),
    ] {
        let (status, error) = steer(&world, "POST", "/faults", bad).await.error();
        assert!(status == 400 && error.contains(text), "{status} {error}");
    }
}

#[tokio::test]
async fn the_journal_is_read_and_waited_for_over_http() {
    let world = steered();
    let token = world.sign_in(ADA, APP).await.unwrap();
    call(&world, "POST", "/sessions/set/note", &token, r#"{"value":"canary"}"#).await;
    let pages = steer(&world, "GET", "/journal", Value::Null).await;
    assert!(!pages.body.contains(&token) && !pages.body.contains("canary"), "{}", pages.body);
    assert_eq!(pages.json()["entries"][0]["operation"], "sessions.set");
    let wanted = json!({"operation": "sessions.set", "status": 200, "user": ADA});
    let found = steer(&world, "POST", "/journal/wait", wanted).await.json();
    assert_eq!(found["entry"]["email"], ADA);
    let waiting = json!({"operation": "sessions.identity", "waitMs": 5000});
    let (found, _) = tokio::join!(
        steer(&world, "POST", "/journal/wait", waiting),
        call(&world, "GET", "/sessions/identity", &token, "")
    );
    assert_eq!(found.json()["entry"]["status"], 200);
    let never = steer(&world, "POST", "/journal/wait", json!({"status": 418, "waitMs": 1})).await;
    assert_eq!(never.json(), json!({"entry": null}));
    let (status, error) =
        steer(&world, "POST", "/journal/wait", json!({"waitMs": 30_001})).await.error();
    assert!(status == 400 && error.contains("waitMs"), "{error}");
}

#[tokio::test]
async fn the_edge_is_turned_over_http() {
    let world = steered();
    let edge = steer(&world, "GET", "/edge", Value::Null).await.json();
    assert_eq!((&edge["cors"], &edge["framingHeaders"]), (&json!(true), &json!(false)));
    let limit = json!({"framingHeaders": true, "rateLimit": {"requests": 1, "perSeconds": 60}});
    let turned = steer(&world, "PATCH", "/edge", limit).await.json();
    assert_eq!((&turned["cors"], &turned["framingHeaders"]), (&json!(true), &json!(true)));
    call(&world, "GET", "/sessions", "", "").await;
    assert_eq!(call(&world, "GET", "/sessions", "", "").await.status, 429);
    let (status, error) = steer(&world, "PATCH", "/edge", json!({"corse": true})).await.error();
    assert!(status == 400 && error.contains("corse"), "{error}");
}

#[tokio::test]
async fn the_identity_provider_is_steered() {
    let world = steered();
    let eve = json!({ "email": "eve@example.com", "name": "Eve", "emailVerified": false, "workspace": "acme" });
    assert_eq!(steer(&world, "POST", "/users", eve).await.status, 200);
    let who = json!({ "user": "eve@example.com" });
    let verified = steer(&world, "POST", "/identity/verify-email", who.clone()).await.json();
    assert_eq!(verified, json!({ "user": "eve@example.com", "emailVerified": true }));
    let nobody = json!({ "user": "nobody@example.com" });
    let unknown = steer(&world, "POST", "/identity/verify-email", nobody).await.error();
    assert!(unknown.0 == 404 && unknown.1.contains("nobody@example.com"), "{unknown:?}");

    let kid = steer(&world, "POST", "/identity/rotate-keys", Value::Null).await.json();
    let keys = visit(&world, "/.well-known/jwks.json", "").await.json();
    assert_eq!(keys["keys"][0]["kid"], kid["kid"]);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
}
