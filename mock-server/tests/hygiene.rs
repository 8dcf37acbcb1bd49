//! Requests that are wrong as HTTP: a clear answer, never a hang.
#![allow(clippy::unwrap_used, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request},
};
use common::{ADA, APP, Answer, Laid as _, builder, call, send, world};
use secureflows_mock::{ApplicationSpec, Limits, WorkspaceSpec, World};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

#[tokio::test]
async fn unknown_routes_and_methods_answer_in_the_standard_body() {
    let world = world();
    for path in
        ["/nothing", "/sessions/", "/sessions/get/", "/sessions/get/a/b", "/sessions/%2e%2e"]
    {
        assert_eq!(call(&world, "GET", path, "", "").await.error().0, 404, "{path}");
    }
    for (method, path, allow) in [
        ("PUT", "/sessions", "POST, GET"),
        ("OPTIONS", "/sessions/get/k", "GET"),
        ("GET", "/sessions/revoke", "POST"),
        ("QUERY", "/auth/logout", "GET, POST"),
    ] {
        let answer = call(&world, method, path, "", "").await;
        assert_eq!(answer.error().0, 405, "{method} {path}");
        assert_eq!(answer.header("allow"), allow);
    }
    let head = call(&world, "HEAD", "/sessions", "", "").await;
    assert_eq!((head.status.as_u16(), head.header("allow")), (405, "POST, GET"));
}

#[tokio::test]
async fn bodies_are_judged_before_they_are_believed() {
    let roomy = WorkspaceSpec::new("roomy").max_payload_bytes(2 << 20);
    let builder = builder().workspace(roomy);
    let world = builder.application("roomy", ApplicationSpec::new("roomy-web")).laid();
    let token = world.sign_in(ADA, "roomy-web").await.unwrap();
    let set = async |media_type: &str, body: Vec<u8>| {
        let mut request = Request::post("/api/v1/sessions/set/k");
        request = request.header("authorization", format!("Bearer {token}"));
        if !media_type.is_empty() {
            request = request.header("content-type", media_type);
        }
        send(world.router(), request.body(Body::from(body)).unwrap()).await
    };
    let json = "application/json";
    for good in ["application/json", "Application/JSON; charset=utf-8"] {
        assert_eq!(set(good, b"1".to_vec()).await.status, 200, "{good}");
    }
    for bad in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
        assert_eq!(set(bad, b"1".to_vec()).await.error().0, 415, "{bad}");
    }
    for bad in ["", "{", "1 2", "nul", "{\"value\":}", "\"\\ud800\"", "'a'", "NaN", "[1,]"] {
        assert_eq!(set(json, bad.into()).await.error().0, 400, "{bad}");
    }
    assert_eq!(set(json, b"\"\xff\"".to_vec()).await.error().0, 400);
    let deep = |depth: usize| [b"[".repeat(depth), b"]".repeat(depth)].concat();
    assert_eq!(set(json, deep(64)).await.status, 200);
    assert_eq!(set(json, deep(65)).await.error().0, 400);
    assert_eq!(set(json, deep(500_000)).await.error().0, 400);
    let text = |size: usize| format!("\"{}\"", "x".repeat(size - 2)).into_bytes();
    assert_eq!(set(json, text(1 << 20)).await.status, 200);
    assert_eq!(set(json, text((1 << 20) + 1)).await.error().0, 413);
}

#[tokio::test]
async fn calls_without_a_body_ignore_one() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let request = Request::post("/api/v1/sessions/revoke")
        .header("authorization", format!("bearer {token}"))
        .header("content-type", "text/plain")
        .body(Body::from("{not json"));
    assert_eq!(send(world.router(), request.unwrap()).await.status, 200);
}

#[tokio::test]
async fn a_header_that_counts_once_is_refused_twice() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    for name in ["authorization", "host", "content-type"] {
        let request = Request::get("/api/v1/sessions")
            .header("authorization", format!("Bearer {token}"))
            .header(name, "a")
            .header(name, "b")
            .body(Body::empty());
        assert_eq!(send(world.router(), request.unwrap()).await.error().0, 400, "{name}");
    }
}

#[tokio::test]
async fn odd_authorization_headers_are_bad_tokens() {
    let world = world();
    for value in ["Basic YTpi", "Bearer", "Bearer  ", "token", "Bearer \u{e9}", "Bearer a b c"] {
        let request = Request::get("/api/v1/sessions").header("authorization", value);
        let answer = send(world.router(), request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.error(), (410, "Invalid token".to_owned()), "{value}");
    }
}

#[tokio::test]
async fn targets_without_a_path_do_no_harm() {
    let world = world();
    for (method, uri) in [(Method::CONNECT, "example.com:443"), (Method::OPTIONS, "*")] {
        let request = Request::builder().method(method).uri(uri).body(Body::empty());
        let answer: Answer = send(world.router(), request.unwrap()).await;
        assert!(answer.status.is_client_error(), "{uri}");
    }
}

/// Sends raw bytes and reads until the connection closes or nothing more comes.
async fn raw(world: &World, request: &[u8]) -> String {
    let address = world.origin().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let closed = timeout(Duration::from_secs(5), read).await;
    assert!(closed.is_ok(), "the connection was left standing");
    String::from_utf8_lossy(&answer).into_owned()
}

async fn impatient() -> World {
    let limits = Limits::default()
        .header_timeout(Duration::from_millis(300))
        .body_timeout(Duration::from_millis(300));
    builder().limits(limits).start().await.unwrap()
}

#[tokio::test]
async fn slow_clients_are_timed_out() {
    let world = impatient().await;
    raw(&world, b"GET /api/v1/sessions HTTP/1.1\r\nHo").await;
    raw(&world, b"").await;
    let token = world.sign_in(ADA, APP).await.unwrap();
    let head = format!(
        "POST /api/v1/sessions/set/k HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 10\r\n\r\n[1,"
    );
    let answer = raw(&world, head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains(r#"{"status":408,"#));
}

#[tokio::test]
async fn broken_heads_get_a_4xx() {
    let world = impatient().await;
    let missing = raw(&world, b"GET /api/v1/sessions HTTP/1.1\r\n\r\n").await;
    assert!(missing.starts_with("HTTP/1.1 400 ") && missing.contains("Missing Host"), "{missing}");
    let twice = raw(&world, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").await;
    assert!(twice.starts_with("HTTP/1.1 400 ") && twice.contains("given twice"), "{twice}");
    let garbage = raw(&world, b"\x16\x03\x01 hello\r\n\r\n").await;
    assert!(garbage.starts_with("HTTP/1.1 400 "), "{garbage}");
    let flood = format!("GET / HTTP/1.1\r\n{}\r\n", "X-A: b\r\n".repeat(5_000));
    let flood = raw(&world, flood.as_bytes()).await;
    assert!(flood.is_empty() || flood.starts_with("HTTP/1.1 431 "), "{flood}");
    let lengths = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab";
    let lengths = raw(&world, lengths).await;
    assert!(lengths.starts_with("HTTP/1.1 400 "), "{lengths}");
}

#[tokio::test]
async fn an_oversized_body_is_told_so_over_a_socket() {
    let world = impatient().await;
    let token = world.sign_in(ADA, APP).await.unwrap();
    let mut request = format!(
        "POST /api/v1/sessions/set/k HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 3000000\r\n\r\n"
    )
    .into_bytes();
    request.resize(request.len() + 3_000_000, b'1');
    let answer = raw(&world, &request).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_their_turn() {
    let limits = Limits::default().connections(1).header_timeout(Duration::from_millis(200));
    let world = builder().limits(limits).start().await.unwrap();
    let address = world.origin().strip_prefix("http://").unwrap();
    // Holds the only place until it is timed out.
    let _idle = TcpStream::connect(address).await.unwrap();
    let request = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert!(raw(&world, request).await.starts_with("HTTP/1.1 200 "));
}
