//! The native host over real sockets.

#![cfg(all(feature = "native", feature = "json"))]
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use secureflows::{Cause, Client, Error, NativeHost, SessionToken};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A platform that takes its time, and remembers how many requests were with it at once at most.
async fn slow_platform(delay: Duration) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            tokio::spawn(answer_slowly(socket, delay, now, most));
        }
    });
    (origin, seen)
}

async fn answer_slowly(
    mut socket: TcpStream,
    delay: Duration,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
) {
    let mut request = [0; 4096];
    while socket.read(&mut request).await.is_ok_and(|length| length > 0) {
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::time::sleep(delay).await;
        now.fetch_sub(1, Ordering::SeqCst);
        let body = r#"{"userId":1,"email":null,"key":"k","value":7}"#;
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        socket.write_all(answer.as_bytes()).await.unwrap();
    }
}

async fn client(origin: &str, host: NativeHost, attempt: Duration) -> Client {
    let client = Client::builder()
        .origin(origin)
        .workspace("acme")
        .app_id("web")
        .redirect_uri("https://app.example/")
        .host(Arc::new(host))
        .attempt_timeout(attempt)
        .build()
        .unwrap();
    client.adopt(SessionToken::issued_by(origin, "t".into()).unwrap()).await.unwrap();
    client
}

async fn get_at_once(client: &Client, calls: usize) -> Vec<Result<Option<i32>, Error>> {
    let calls = (0..calls).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.get::<i32>("k").await })
    });
    let mut results = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        results.push(call.await.unwrap());
    }
    results
}

#[tokio::test]
async fn at_most_so_many_requests_are_in_flight() {
    let (origin, most) = slow_platform(Duration::from_millis(20)).await;
    let host = NativeHost::new().unwrap().max_in_flight(3).unwrap();
    let client = client(&origin, host, Duration::from_secs(10)).await;
    for result in get_at_once(&client, 12).await {
        assert_eq!(result, Ok(Some(7)));
    }
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn waiting_for_ones_turn_takes_none_of_an_attempts_time() {
    let (origin, _) = slow_platform(Duration::from_millis(100)).await;
    let host = NativeHost::new().unwrap().max_in_flight(1).unwrap();
    // Four in a row take longer than one attempt may.
    let client = client(&origin, host, Duration::from_millis(300)).await;
    for result in get_at_once(&client, 4).await {
        assert_eq!(result, Ok(Some(7)));
    }
}

#[tokio::test]
async fn the_overall_time_ends_a_call() {
    let (origin, _) = slow_platform(Duration::from_millis(150)).await;
    let impatient = Client::builder()
        .origin(&origin)
        .workspace("acme")
        .app_id("web")
        .redirect_uri("https://app.example/")
        .timeout(Duration::from_millis(30))
        .build()
        .unwrap();
    impatient.adopt(SessionToken::issued_by(&origin, "t".into()).unwrap()).await.unwrap();
    let timed_out = Error::Unavailable { cause: Cause::TimedOut };
    assert_eq!(impatient.get::<i32>("k").await, Err(timed_out));
}

#[test]
fn a_client_and_its_calls_go_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    fn sent<T: Send>(_: T) {}
    let client =
        Client::builder().workspace("acme").app_id("web").redirect_uri("https://a.example/");
    let client = client.build().unwrap();
    shared(&client);
    sent(client.get::<i32>("k"));
    sent(client.set("k", &1));
    sent(client.complete_login("https://a.example/"));
    sent(client.logout());
    sent(client.events());
}

#[test]
fn settings_of_the_host_are_checked() {
    let host = || NativeHost::new().unwrap();
    for (refused, field) in [
        (host().max_in_flight(0), "max_in_flight"),
        (host().max_in_flight(usize::MAX), "max_in_flight"),
        (host().max_answer_bytes(0), "max_answer_bytes"),
    ] {
        assert!(matches!(refused, Err(Error::Invalid(invalid)) if invalid.field() == field));
    }
}
