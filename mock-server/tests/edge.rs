//! The edge: other origins, hosts, rates, protective headers.
#![allow(clippy::unwrap_used, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request},
};
use common::{ADA, APP, Answer, Laid as _, builder, call, send, visit, world};
use secureflows_mock::{Edge, Fault, RateLimit, World};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Where the callback of the seeded application is.
const OURS: &str = "http://127.0.0.1:3999";

async fn from(
    world: &World,
    origin: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if !origin.is_empty() {
        request = request.header("origin", origin);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(world.router(), request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn preflight(world: &World, origin: &str, path: &str) -> Answer {
    let asks = [
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    from(world, origin, "OPTIONS", path, &asks, "").await
}

fn assert_open(answer: &Answer, what: &str) {
    assert_eq!(answer.header("access-control-allow-origin"), OURS, "{what}");
    assert_eq!(answer.header("access-control-expose-headers"), "Retry-After", "{what}");
    assert_eq!(answer.header("vary"), "Origin", "{what}");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"), "{what}");
}

fn assert_closed(answer: &Answer, what: &str) {
    let names = answer.headers.keys().filter(|name| name.as_str().starts_with("access-control"));
    assert_eq!(names.count(), 0, "{what}");
    assert_eq!(answer.header("vary"), "Origin", "{what}");
}

#[tokio::test]
async fn a_preflight_needs_no_token() {
    let world = world();
    for path in ["/api/v1/sessions", "/api/v1/sessions/set/k", "/api/v1/auth/logout"] {
        let answer = preflight(&world, OURS, path).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""), "{path}");
        assert_open(&answer, path);
        assert_eq!(answer.header("access-control-allow-methods"), "GET, POST, PATCH, DELETE");
        assert_eq!(answer.header("access-control-allow-headers"), "authorization, content-type");
        assert!(!answer.headers.contains_key("content-type"));
    }
}

#[tokio::test]
async fn only_origins_of_applications_may_call() {
    let world = world();
    let token = format!("Bearer {}", world.sign_in(ADA, APP).await.unwrap());
    for origin in [
        "null",
        "*",
        "http://127.0.0.1",
        "http://127.0.0.1:39990",
        "https://127.0.0.1:3999",
        "http://127.0.0.1:3999/",
        "http://127.0.0.1:3999.evil.example",
        "http://localhost:3999",
        "app.other:",
        "app.other://",
        "HTTP://127.0.0.1:3999",
        "http://\u{e9}",
    ] {
        let answer = preflight(&world, origin, "/api/v1/sessions").await;
        assert_eq!(answer.error().0, 403, "{origin}");
        assert_closed(&answer, origin);
        let call = [("authorization", token.as_str())];
        let answer = from(&world, origin, "GET", "/api/v1/sessions", &call, "").await;
        assert_eq!(answer.status, 200, "{origin}: the browser refuses it, not the platform");
        assert_closed(&answer, origin);
    }
    let twice = [("origin", OURS)];
    assert_closed(&from(&world, OURS, "GET", "/api/v1/sessions", &twice, "").await, "twice");
}

#[tokio::test]
async fn every_answer_is_marked() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let bearer = format!("Bearer {token}");
    let auth = ("authorization", bearer.as_str());
    let json = ("content-type", "application/json");
    let large = "1".repeat((1 << 20) + 1);
    for (method, path, headers, body, status) in [
        ("GET", "/sessions", &[auth][..], "", 200),
        ("GET", "/sessions", &[], "", 401),
        ("GET", "/sessions", &[("authorization", "Bearer x")], "", 410),
        ("GET", "/sessions/get/none", &[auth], "", 404),
        ("GET", "/nothing", &[auth], "", 404),
        ("PUT", "/sessions", &[auth], "", 405),
        ("POST", "/sessions/set/k", &[auth, json], "{", 400),
        ("POST", "/sessions/set/k", &[auth, json], large.as_str(), 413),
        ("POST", "/sessions/set/k", &[auth, ("content-type", "text/plain")], "1", 415),
        ("GET", "/sessions", &[auth, auth], "", 400),
    ] {
        let answer = from(&world, OURS, method, &format!("/api/v1{path}"), headers, body).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert_open(&answer, path);
    }
    for fault in [
        Fault::status("sessions.payload", 500),
        Fault::rate_limit("sessions.payload", Duration::from_secs(1)),
        Fault::html("sessions.payload", 502),
        Fault::key_service_down("sessions.payload"),
    ] {
        world.faults().add(fault.clone()).unwrap();
        let answer = from(&world, OURS, "GET", "/api/v1/sessions", &[auth], "").await;
        assert!(answer.status.as_u16() >= 429, "{fault:?}");
        assert_open(&answer, "a fault");
    }
    let login = from(&world, OURS, "GET", "/app/sessions/login", &[], "").await;
    assert_open(&login, "a page");
}

#[tokio::test]
async fn what_is_no_preflight_is_no_method() {
    let world = world();
    for (origin, asks) in
        [(OURS, &[][..]), ("", &[("access-control-request-method", "GET")]), ("", &[])]
    {
        let answer = from(&world, origin, "OPTIONS", "/api/v1/sessions", asks, "").await;
        assert_eq!((answer.error().0, answer.header("allow")), (405, "POST, GET"));
    }
    let plain = call(&world, "GET", "/sessions", "", "").await;
    assert_closed(&plain, "without an origin it passes as ever");
}

#[tokio::test]
async fn cors_can_be_switched_off() {
    let world = builder().edge(Edge::default().cors(false)).laid();
    let answer = preflight(&world, OURS, "/api/v1/sessions").await;
    assert_eq!(answer.error().0, 405);
    assert!(!answer.headers.contains_key("vary"));
    world.set_edge(world.edge().cors(true));
    assert_open(&preflight(&world, OURS, "/api/v1/sessions").await, "on again");
}

#[tokio::test]
async fn a_foreign_host_is_misdirected() {
    let world = builder().edge(Edge::default().host("login.example.com")).laid();
    let named = async |host: &str| {
        let headers = [("host", host)];
        from(&world, OURS, "GET", "/.well-known/jwks.json", &headers, "").await
    };
    assert_eq!(named("login.example.com:8443").await.status, 200);
    let answer = named("evil.example").await;
    assert_eq!(answer.error().0, 421);
    assert_open(&answer, "421");
    world.set_edge(world.edge().any_host());
    assert_eq!(named("evil.example").await.status, 200);
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits() {
    let limit = RateLimit::new(2, Duration::from_secs(10));
    let world = builder().edge(Edge::default().rate_limit(limit)).laid();
    let ask = async || from(&world, OURS, "GET", "/.well-known/jwks.json", &[], "").await;
    assert_eq!((ask().await.status.as_u16(), ask().await.status.as_u16()), (200, 200));
    let answer = ask().await;
    assert_eq!(answer.error().0, 429);
    assert_eq!((answer.header("retry-after"), answer.json().get("code")), ("5", None));
    assert_open(&answer, "429");
    assert_eq!(preflight(&world, OURS, "/api/v1/sessions").await.status, 200);
    world.clock().advance(Duration::from_secs(5));
    assert_eq!((ask().await.status.as_u16(), ask().await.status.as_u16()), (200, 429));
    world.set_edge(world.edge().no_rate_limit());
    assert_eq!(ask().await.status, 200);
}

#[tokio::test]
async fn browsers_are_protected() {
    let world = world();
    let answer = visit(&world, "/.well-known/jwks.json", "").await;
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert!(!answer.headers.contains_key("strict-transport-security"), "not without TLS");
    assert!(!answer.headers.contains_key("x-frame-options"));
    let secure = visit(&world, "https://a.example/.well-known/jwks.json", "").await;
    assert_eq!(secure.header("strict-transport-security"), "max-age=31536000");

    world.set_edge(Edge::default().framing_headers(true).security_headers(false));
    let page = visit(&world, "/app/sessions/login", "").await;
    assert_eq!(page.header("x-frame-options"), "DENY");
    let policies: Vec<_> = page.headers.get_all("content-security-policy").iter().collect();
    assert_eq!(policies.len(), 2, "the page's own stays");
    assert_eq!(policies.last().unwrap().to_str().unwrap(), "frame-ancestors 'none'");
    let plain = visit(&world, "/.well-known/jwks.json", "").await;
    assert!(!plain.headers.contains_key("x-content-type-options"));
}

#[tokio::test]
async fn even_a_request_without_a_host_is_answered_in_full() {
    let world = builder().start().await.unwrap();
    let address = world.origin().strip_prefix("http://").unwrap();
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let method = Method::GET;
    let request = format!("{method} / HTTP/1.1\r\nOrigin: {OURS}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains(&format!("access-control-allow-origin: {OURS}")), "{answer}");
}
