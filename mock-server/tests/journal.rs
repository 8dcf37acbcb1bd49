//! The journal: what was asked, redacted; and why it was refused, for who asks.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, Request},
};
use common::{ADA, APP, BOB, builder, call, in_memory, post_form, send, visit, world};
use secureflows_mock::{Fault, Filter, World};
use serde_json::{Value, json};

#[tokio::test]
async fn every_request_is_noted() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    call(&world, "POST", "/sessions/set/k", &token, "1").await;
    call(&world, "GET", "/sessions/get/none", &token, "").await;
    call(&world, "GET", "/nothing/here", &token, "").await;
    call(&world, "BREW", "/sessions", &token, "").await;
    let entries = world.journal().entries();
    let seen = entries.iter().map(|it| (it.id, it.method, it.operation, it.path, it.status));
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            (1, "POST", Some("sessions.set"), Some("/api/v1/sessions/set/{key}"), Some(200)),
            (2, "GET", Some("sessions.get"), Some("/api/v1/sessions/get/{key}"), Some(404)),
            (3, "GET", None, None, Some(404)),
            (4, "OTHER", None, None, Some(405)),
        ]
    );
    let first = serde_json::to_value(&entries[0]).unwrap();
    for (member, value) in [
        ("time", json!("2026-01-01T00:00:00Z")),
        ("durationMs", json!(0)),
        ("email", json!(ADA)),
        ("tokenRevision", json!(1)),
        ("sessionId", json!(1)),
        ("clientIp", Value::Null),
        ("reason", Value::Null),
    ] {
        assert_eq!(first[member], value, "{member}");
    }
    let reasons: Vec<_> = entries.iter().map(|it| it.reason.map(|it| it.check)).collect();
    assert_eq!(reasons, [None, Some("key.written"), Some("route.path"), Some("route.method")]);
}

#[tokio::test]
async fn over_a_socket_it_knows_the_client() {
    let world = builder().start().await.unwrap();
    let address = world.origin().strip_prefix("http://").unwrap();
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = b"GET /x HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/8\r\nConnection: close\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut socket, request).await.unwrap();
    tokio::io::AsyncReadExt::read_to_end(&mut socket, &mut Vec::new()).await.unwrap();
    let entry = &world.journal().entries()[0];
    assert_eq!(entry.client_ip.unwrap().to_string(), "127.0.0.1");
    assert_eq!(entry.user_agent.as_deref(), Some("curl/8"));
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_with_the_request_or_with_the_time() {
    let world = in_memory();
    let token = world.sign_in(BOB, APP).await.unwrap();
    let second = Duration::from_secs(1);
    let read = Filter::default().operation("sessions.payload").status(200).user(BOB);
    let (later, bearer) = (world.clone(), token.clone());
    let request = tokio::spawn(async move {
        tokio::time::sleep(second / 2).await;
        call(&later, "GET", "/sessions", "", "").await;
        call(&later, "GET", "/sessions", &bearer, "").await
    });
    let entry = world.journal().wait_for(&read, second).await.unwrap();
    assert_eq!((entry.id, entry.email.as_deref()), (2, Some(BOB)));
    request.await.unwrap();
    assert!(world.journal().wait_for(&read, Duration::ZERO).await.is_ok(), "it was there");
    let another = read.after(entry.id);
    let nothing = world.journal().wait_for(&another, second).await.unwrap_err();
    assert_eq!((nothing.waited, nothing.seen), (second, 2));
    let of = |filter: Filter| world.journal().matching(&filter).len();
    assert_eq!(of(Filter::default().user(ADA)), 0);
    assert_eq!(of(Filter::default().status(401)), 1);
    assert_eq!(of(Filter::default().user(entry.user_id.unwrap().to_string())), 1);
}

/// A whole life of sessions, with every kind of secret in it.
async fn live(world: &World) -> Vec<String> {
    let login = "/app/sessions/login?workspace_name=acme&app_id=acme-web&state=canary-state\
        &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback&payload=%7B%22canarykey%22%3A1%7D";
    let form = "action=sign_in&email=ada%40example.com&password=correct+horse";
    let submitted = post_form(world, login, "sf_x=canary-cookie", form).await;
    let cookie = submitted.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    let back = visit(world, submitted.header("location"), "").await;
    let token = back.header("location").split(['=', '&']).nth(1).unwrap().to_owned();
    let identity = world.identity_token(ADA).unwrap();
    let set = |key: &str| format!("/sessions/set/{key}");
    call(world, "POST", &set("canarykey2"), &token, r#"{"value":"canary-value"}"#).await;
    call(world, "GET", "/sessions/get/canarykey3", &token, "").await;
    let renewed = call(world, "POST", &format!("/sessions/renew/{token}"), &identity, "").await;
    let renewed = renewed.json()["sessionToken"].as_str().unwrap().to_owned();
    call(world, "POST", &format!("/sessions/renew/{token}/canary-path"), &identity, "").await;
    call(world, "GET", "/sessions", &token, "").await;
    let back = "http%3A%2F%2F127.0.0.1%3A3999%2F";
    let logout = format!("/api/v1/auth/logout?session_token={renewed}&redirect_uri={back}");
    assert_eq!(visit(world, &logout, "").await.status, 302);
    visit(world, &format!("/canary-unknown?token={renewed}"), "").await;
    call(world, "CANARY", "/sessions", &renewed, "canary-body").await;
    vec![token, renewed, identity, cookie, "correct horse".into(), "correct+horse".into()]
}

#[tokio::test]
async fn nothing_secret_is_kept() {
    let world = world();
    let secrets = live(&world).await;
    let entries = world.journal().entries();
    assert_eq!(entries.len(), 10);
    let json = serde_json::to_string(&entries).unwrap();
    for text in
        [json, format!("{entries:?}"), format!("{world:?}"), format!("{:?}", world.journal())]
    {
        for secret in &secrets {
            assert!(secret.len() > 8 && !text.contains(secret.as_str()), "{secret} in {text}");
        }
        assert!(!text.to_lowercase().contains("canary"), "{text}");
        assert!(!text.contains("eyJ"), "no JWT of whatever kind");
    }
}

async fn explained(world: &World, path: &str, token: &str) -> (u16, HeaderMap) {
    let mut request = Request::get(format!("/api/v1{path}")).header("x-mock-explain", "1");
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let answer = send(world.router(), request.body(Body::empty()).unwrap()).await;
    (answer.status.as_u16(), answer.headers)
}

#[tokio::test]
async fn refusals_are_explained_to_who_asks() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let explanation = async |path: &str, token: &str| {
        let (status, headers) = explained(&world, path, token).await;
        let text = headers.get("x-mock-explanation").map_or("null", |it| it.to_str().unwrap());
        (status, serde_json::from_str::<Value>(text).unwrap())
    };
    assert_eq!(explanation("/sessions", &token).await, (200, Value::Null));
    let clock = "2026-01-01T00:00:00Z";
    assert_eq!(
        explanation("/sessions", "").await,
        (401, json!({"check": "credential.present", "clock": clock}))
    );
    assert_eq!(
        explanation("/sessions", "forged").await,
        (410, json!({"check": "token.signature", "clock": clock}))
    );
    world.faults().add(Fault::status("sessions.payload", 503)).unwrap();
    assert_eq!(
        explanation("/sessions", &token).await,
        (503, json!({"check": "fault", "limit": 1, "clock": clock}))
    );
    world.clock().advance(Duration::from_secs(604_801));
    let (limit, clock) = ("2026-01-08T00:00:00Z", "2026-01-08T00:00:01Z");
    assert_eq!(
        explanation("/sessions", &token).await,
        (410, json!({"check": "token.expiry", "limit": limit, "clock": clock}))
    );
    let token = world.sign_in(ADA, APP).await.unwrap();
    call(&world, "POST", "/auth/logout", &token, "").await;
    let (status, why) = explanation("/sessions", &token).await;
    assert_eq!((status, &why["check"], &why["limit"]), (410, &json!("token.revision"), &json!(2)));
    let token = world.sign_in(ADA, APP).await.unwrap();
    world.revoke_sessions(ADA).await;
    let (_, why) = explanation("/sessions", &token).await;
    assert_eq!((&why["check"], &why["limit"]), (&json!("session.revocation"), &json!(clock)));
    let unasked = call(&world, "GET", "/sessions", &token, "").await;
    assert!(!unasked.headers.contains_key("x-mock-explanation"));
}
