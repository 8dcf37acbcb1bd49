//! Heads of requests that are too many, too large, or no HTTP.

use std::time::Duration;

use secureflows_mock::World;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::common::{ADA, APP, builder};

/// Sends bytes and reads until the connection closes. A server that closes on a client which still writes
/// may cut its own answer off.
async fn exchange(world: &World, request: &[u8]) -> String {
    let address = world.origin().strip_prefix("http://").unwrap();
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
    let write = async {
        // Whether all of it was taken shows in the answer.
        let _ = writer.write_all(request).await;
    };
    let read = async {
        while let Ok(length @ 1..) = reader.read(&mut buffer).await {
            answer.extend_from_slice(&buffer[..length]);
        }
    };
    let done = timeout(Duration::from_secs(20), async { tokio::join!(write, read) }).await;
    assert!(done.is_ok(), "the connection was left standing");
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n").into_bytes()
}

#[tokio::test]
async fn floods_of_headers_are_refused_and_the_world_goes_on() {
    let world = builder().start().await.unwrap();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let good = get("/api/v1/sessions", &format!("Authorization: Bearer {token}\r\n"));
    let many = get("/api/v1/sessions", &"X-A: b\r\n".repeat(200));
    assert!(exchange(&world, &many).await.starts_with("HTTP/1.1 431 "));
    for flood in [
        get("/api/v1/sessions", &"X-A: b\r\n".repeat(100_000)),
        get("/api/v1/sessions", &format!("X-A: {}\r\n", "b".repeat(2 << 20))),
        get("/api/v1/sessions", &format!("{}: b\r\n", "a".repeat(2 << 20))),
        get("/api/v1/sessions", &format!("Cookie: {}\r\n", "a=b; ".repeat(400_000))),
        get(&format!("/api/v1/sessions/get/{}", "k".repeat(2 << 20)), ""),
        get(&format!("/api/v1/users?q={}", "k".repeat(2 << 20)), ""),
    ] {
        let answer = exchange(&world, &flood).await;
        let refused = ["HTTP/1.1 431 ", "HTTP/1.1 414 ", "HTTP/1.1 400 "];
        let is_refused = answer.is_empty() || refused.iter().any(|it| answer.starts_with(it));
        assert!(is_refused, "{}", answer.lines().next().unwrap_or_default());
        assert!(exchange(&world, &good).await.starts_with("HTTP/1.1 200 "));
    }
}

#[tokio::test]
async fn what_is_no_http_gets_a_refusal() {
    let world = builder().start().await.unwrap();
    for request in [
        &b"GET /api/v1/sessions/get/\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n"[..],
        b"GET /api/v1/ses sions HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /api/v1/sessions\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /api/v1/sessions HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET /api/v1/sessions HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
        b"GET /api/v1/sessions HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
        b"GET /api/v1/sessions HTTP/1.1\r\nHost: a\r\n continued: b\r\n\r\n",
        b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
    ] {
        let answer = exchange(&world, request).await;
        let shown = String::from_utf8_lossy(request);
        assert!(answer.starts_with("HTTP/1.1 4"), "{shown:?}: {answer:?}");
    }
    let other_protocol = exchange(&world, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert_eq!(other_protocol, "", "what is not HTTP/1 is hung up on");
}

#[tokio::test]
async fn two_requests_cannot_hide_in_one() {
    let world = builder().start().await.unwrap();
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let both = format!(
        "POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
        smuggled.len() + 5
    );
    let answer = exchange(&world, both.as_bytes()).await;
    let ok = answer.matches("HTTP/1.1 200 ").count();
    assert!(answer.starts_with("HTTP/1.1 4") && ok == 0, "{answer}");
}
