//! Faults without a socket: each kind, at the calls it was laid for and at no other.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use axum::{body::Body, http::Request};
use common::{ADA, APP, BOB, call, in_memory, visit, world};
use secureflows_mock::{Effect, Fault, FaultError, World};
use tower::ServiceExt as _;

async fn status(world: &World, token: &str) -> u16 {
    call(world, "GET", "/sessions", token, "").await.status.as_u16()
}

/// Whether the answer's body breaks off.
async fn breaks(world: &World, method: &str, path: &str, token: &str, body: &str) -> bool {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = world.router().oneshot(request).await.unwrap();
    axum::body::to_bytes(response.into_body(), usize::MAX).await.is_err()
}

#[tokio::test]
async fn a_fault_strikes_the_calls_it_was_laid_for() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    world.faults().add(Fault::status("sessions.payload", 503).skip(1).times(2)).unwrap();
    assert_eq!(call(&world, "GET", "/sessions/identity", &token, "").await.status, 200);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(status(&world, &token).await);
    }
    assert_eq!(seen, [200, 503, 503, 200]);
    let report = &world.faults().all()[0];
    assert_eq!((report.fired, report.left), (2, 0));
    assert_eq!(world.faults().unfired(), []);
}

#[tokio::test]
async fn one_call_is_struck_by_one_fault() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let faults = world.faults();
    faults.add(Fault::status("sessions.payload", 500)).unwrap();
    faults.add(Fault::status("*", 502).user(ADA)).unwrap();
    let late = faults.add(Fault::status("*", 504).skip(3)).unwrap();
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(status(&world, &token).await);
    }
    assert_eq!(seen, [500, 502, 200, 504, 200]);
    assert!(faults.remove(late) && !faults.remove(late));
    assert_eq!(faults.clear(), 2);
}

#[tokio::test]
async fn errors_come_in_the_platforms_own_body() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let faults = world.faults();
    faults.add(Fault::status("sessions.payload", 500)).unwrap();
    faults.add(Fault::rate_limit("sessions.payload", Duration::from_secs(7))).unwrap();
    faults.add(Fault::code("sessions.payload", 429, "BILLING_SESSION_LIMIT")).unwrap();
    let error = Some("Session revoked".to_owned());
    let gone = Effect::Status { status: 410, error, code: None, retry_after: None };
    faults.add(Fault::new("sessions.payload", gone)).unwrap();

    let answer = call(&world, "GET", "/sessions", &token, "").await;
    assert_eq!(answer.body, r#"{"status":500,"error":"Internal server error"}"#);
    let answer = call(&world, "GET", "/sessions", &token, "").await;
    assert_eq!(answer.error(), (429, "Too many requests".to_owned()));
    assert_eq!((answer.header("retry-after"), answer.json().get("code")), ("7", None));
    let answer = call(&world, "GET", "/sessions", &token, "").await;
    assert_eq!(answer.json()["code"], "BILLING_SESSION_LIMIT");
    let answer = call(&world, "GET", "/sessions", &token, "").await;
    assert_eq!(answer.error(), (410, "Session revoked".to_owned()));
    assert_eq!(status(&world, &token).await, 200);
}

#[tokio::test]
async fn a_user_is_found_by_e_mail_and_by_number() {
    let world = world();
    let (ada, bob) =
        (world.sign_in(ADA, APP).await.unwrap(), world.sign_in(BOB, APP).await.unwrap());
    let who = call(&world, "GET", "/sessions/identity", &bob, "").await;
    let number = who.json()["userId"].to_string();
    world.faults().add(Fault::status("sessions.payload", 503).user(" Ada@Example.com ")).unwrap();
    world.faults().add(Fault::status("sessions.payload", 502).user(number.as_str())).unwrap();
    world.faults().add(Fault::status("sessions.create", 500).user(number.as_str())).unwrap();
    assert_eq!(status(&world, "not-a-token").await, 410, "nobody is known yet");
    assert_eq!((status(&world, &bob).await, status(&world, &ada).await), (502, 503));
    assert_eq!((status(&world, &bob).await, status(&world, &ada).await), (200, 200));
    let (ada, bob) = (world.identity_token(ADA).unwrap(), world.identity_token(BOB).unwrap());
    let body = r#"{"workspaceName":"acme"}"#;
    assert_eq!(call(&world, "POST", "/sessions", &ada, body).await.status, 200);
    assert_eq!(call(&world, "POST", "/sessions", &bob, body).await.status, 500);
}

#[tokio::test]
async fn cut_before_and_after_the_commit() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    world.faults().add(Fault::cut("sessions.set")).unwrap();
    world.faults().add(Fault::cut_after_commit("sessions.set").skip(1)).unwrap();
    assert!(breaks(&world, "POST", "/sessions/set/a", &token, "1").await);
    assert_eq!(world.payload(ADA, APP).await.unwrap(), serde_json::json!({}));
    assert!(breaks(&world, "POST", "/sessions/set/a", &token, "2").await);
    assert_eq!(world.payload(ADA, APP).await.unwrap(), serde_json::json!({"a": 2}));
    let statuses: Vec<_> = world.journal().entries().iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [None, None]);
}

#[tokio::test]
async fn truncated_answers_and_pages() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    world.faults().add(Fault::truncated("sessions.set")).unwrap();
    assert!(breaks(&world, "POST", "/sessions/set/a", &token, "1").await);
    assert_eq!(world.payload(ADA, APP).await.unwrap(), serde_json::json!({"a": 1}));
    for expected in [200, 502] {
        world.faults().add(Fault::html("sessions.payload", expected)).unwrap();
        let page = call(&world, "GET", "/sessions", &token, "").await;
        assert_eq!(page.status, expected);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.body.starts_with("<!doctype html>"));
    }
}

#[tokio::test(start_paused = true)]
async fn latency_is_tokios() {
    let world = in_memory();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let hour = Duration::from_secs(3_600);
    world.faults().add(Fault::latency("sessions.payload", hour)).unwrap();
    world.faults().add(Fault::status("sessions.payload", 504).delayed(hour)).unwrap();
    let began = tokio::time::Instant::now();
    assert_eq!(status(&world, &token).await, 200);
    assert_eq!(status(&world, &token).await, 504);
    let took = began.elapsed();
    assert!(took >= 2 * hour && took < 3 * hour, "{took:?}");

    world.faults().add(Fault::latency("sessions.payload", hour)).unwrap();
    let given_up = tokio::time::timeout(Duration::from_secs(1), status(&world, &token)).await;
    assert!(given_up.is_err());
    let last = world.journal().entries().pop().unwrap();
    assert_eq!((last.status, last.fault.map(|id| id.0)), (None, Some(3)));
}

#[tokio::test]
async fn without_the_key_service_no_payload_moves() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    call(&world, "POST", "/sessions/set/a", &token, "1").await;
    let identity = world.identity_token(BOB).unwrap();
    world.faults().add(Fault::key_service_down("*").times(6)).unwrap();
    let create = r#"{"workspaceName":"other","payload":{"b":1}}"#;
    let renew = format!("/sessions/renew/{token}");
    for (method, path, token, body) in [
        ("GET", "/sessions", &token, ""),
        ("GET", "/sessions/get/a", &token, ""),
        ("POST", "/sessions/set/a", &token, "2"),
        ("DELETE", "/sessions/delete/a", &token, ""),
        ("POST", "/sessions", &identity, create),
        ("POST", renew.as_str(), &identity, ""),
    ] {
        let answer = call(&world, method, path, token, body).await;
        assert_eq!(answer.error(), (503, "Key service unavailable".to_owned()), "{path}");
    }
    assert_eq!(call(&world, "GET", "/sessions/identity", &token, "").await.status, 200);
    assert_eq!(world.at_rest().len(), 1, "nothing was made");
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.body, r#"{"a":1}"#);

    // The callback tells the application, as it does with every refusal.
    world.faults().add(Fault::key_service_down("auth.callback")).unwrap();
    let address = format!(
        "/api/v1/auth/callback?firebaseToken={identity}&workspace_name=acme&app_id={APP}\
         &client_redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback&state=s"
    );
    let answer = visit(&world, &address, "").await;
    assert_eq!(answer.status, 302);
    assert!(answer.header("location").contains("error=server_error"));
}

#[tokio::test]
async fn what_could_never_strike_is_refused() {
    let world = world();
    let refused = |fault: Fault| world.faults().add(fault).unwrap_err();
    let near = |name: &str| match refused(Fault::cut(name)) {
        FaultError::OperationUnknown { near, .. } => near,
        other => panic!("{other}"),
    };
    assert_eq!(near("session.gets")[0], "sessions.get");
    assert_eq!(near("renew"), ["sessions.renew"]);
    assert!(near("something else entirely").contains(&"auth.logout"));
    let told = refused(Fault::cut("sessions.sett")).to_string();
    assert!(told.starts_with("there is no operation `sessions.sett`; did you mean sessions.set"));
    for (fault, part) in [
        (Fault::cut("sessions.get").user("nobody@example.com"), "there is no user"),
        (Fault::cut("sessions.get").user("4711"), "there is no user"),
        (Fault::cut("auth.callback").user(ADA), "leave the user out"),
        (Fault::key_service_down("sessions.identity"), "works without the key service"),
        (Fault::status("sessions.get", 200), "200 is no status"),
        (Fault::status("sessions.get", 600), "600 is no status"),
        (Fault::html("sessions.get", 100), "100 is no status"),
        (Fault::cut("sessions.get").times(0), "`times` at least 1"),
    ] {
        let told = refused(fault).to_string();
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(world.faults().all(), []);
}

#[tokio::test]
async fn faults_are_read_as_they_are_written() {
    let fault = Fault::code("sessions.get", 429, "BILLING_SESSION_LIMIT").user(ADA).skip(2);
    let text = serde_json::to_string(&fault).unwrap();
    assert_eq!(serde_json::from_str::<Fault>(&text).unwrap(), fault);
    let short = r#"{"operation":"sessions.get","effect":{"kind":"cutAfterCommit"}}"#;
    let fault = serde_json::from_str::<Fault>(short).unwrap();
    assert_eq!(fault, Fault::cut_after_commit("sessions.get"));
    for bad in [
        r#"{"operation":"a","effect":{"kind":"cutt"}}"#,
        r#"{"operation":"a","effekt":{"kind":"cut"}}"#,
    ] {
        assert!(serde_json::from_str::<Fault>(bad).is_err());
    }
}

#[tokio::test]
async fn a_snapshot_holds_faults_journal_and_edge() {
    let world = in_memory();
    let token = world.sign_in(ADA, APP).await.unwrap();
    world.faults().add(Fault::status("sessions.payload", 503).skip(1)).unwrap();
    assert_eq!(status(&world, &token).await, 200);
    let before = world.snapshot().unwrap();
    world.set_edge(world.edge().cors(false));
    let faults = world.faults();
    for _ in 0..2 {
        assert_eq!((status(&world, &token).await, status(&world, &token).await), (503, 200));
        assert_eq!(world.journal().entries().len(), 3);
        world.restore(&before).unwrap();
        assert_eq!((faults.unfired().len(), world.journal().entries().len()), (1, 1));
        assert!(world.edge().cors_is_on());
    }
}

/// What comes over a socket until it closes.
async fn raw(world: &World, head: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = world.origin().strip_prefix("http://").unwrap();
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(format!("{head}\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset is as good an end as any.
    let closed = tokio::time::timeout(Duration::from_secs(5), socket.read_to_end(&mut answer));
    assert!(closed.await.is_ok(), "the connection was left standing");
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_socket_is_really_cut() {
    let world = common::builder().start().await.unwrap();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let set = format!(
        "POST /api/v1/sessions/set/a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 1\r\n\r\n1"
    );
    world.faults().add(Fault::cut("sessions.set")).unwrap();
    assert_eq!(raw(&world, &set).await, "");
    assert_eq!(world.payload(ADA, APP).await.unwrap(), serde_json::json!({}));
    world.faults().add(Fault::cut_after_commit("sessions.set")).unwrap();
    assert_eq!(raw(&world, &set).await, "");
    assert_eq!(world.payload(ADA, APP).await.unwrap(), serde_json::json!({"a": 1}));
    world.faults().add(Fault::truncated("sessions.set")).unwrap();
    let answer = raw(&world, &set).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("content-length: 7"),
        "{answer}"
    );
    assert!(answer.ends_with("\r\n\r\n{\"a"), "{answer}");
}
