//! The wire, and what breaks on it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use secureflows::{
    Cause, Client, ClientBuilder, DataState, Error, NativeHost, Quota, SessionToken, Status,
};
use secureflows_tests::{APP, REDIRECT, Stage, WORKSPACE, scenario};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method, path},
};

/// A stand-in for the platform that answers by a script.
pub(crate) struct Script {
    server: MockServer,
}

impl Script {
    pub(crate) async fn begin() -> Self {
        Self { server: MockServer::start().await }
    }

    pub(crate) fn origin(&self) -> String {
        self.server.uri()
    }

    pub(crate) fn client(&self) -> ClientBuilder {
        client_of(&self.origin())
    }

    pub(crate) async fn on(&self, verb: &str, at: &str, status: u16, body: &str) {
        let answer = ResponseTemplate::new(status).set_body_string(body);
        Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    /// As [`on`](Self::on), for so many requests only.
    pub(crate) async fn on_times(&self, verb: &str, at: &str, status: u16, body: &str, times: u64) {
        let answer = ResponseTemplate::new(status).set_body_string(body);
        let mock = Mock::given(method(verb)).and(path(at)).respond_with(answer);
        mock.up_to_n_times(times).mount(&self.server).await;
    }

    /// Signs in somebody with the id 1, whatever is scripted.
    pub(crate) async fn sign_in(&self, client: &Client) {
        let token = SessionToken::issued_by(&self.origin(), "a-token".to_owned()).unwrap();
        client.adopt(token).await.unwrap();
    }

    pub(crate) async fn count(&self, verb: &str, at: &str) -> usize {
        let requests = self.server.received_requests().await.unwrap();
        let wanted = |request: &&wiremock::Request| {
            request.method.as_str() == verb && request.url.path() == at
        };
        requests.iter().filter(wanted).count()
    }

    pub(crate) async fn requests(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }
}

fn client_of(origin: &str) -> ClientBuilder {
    Client::builder().origin(origin).workspace(WORKSPACE).app_id(APP).redirect_uri(REDIRECT)
}

/// A client, signed in, of a platform that answers everything with `status` and `body` from now on.
pub(crate) async fn answering(status: u16, body: &str) -> (Client, Script) {
    answering_with(ResponseTemplate::new(status).set_body_string(body)).await
}

async fn answering_with(answer: ResponseTemplate) -> (Client, Script) {
    let script = Script::begin().await;
    let who = ResponseTemplate::new(200).set_body_string(r#"{"userId":1,"email":null}"#);
    Mock::given(method("GET"))
        .and(path("/api/v1/sessions/identity"))
        .respond_with(who)
        .up_to_n_times(1)
        .mount(&script.server)
        .await;
    let client = script.client().build().unwrap();
    script.sign_in(&client).await;
    Mock::given(any()).respond_with(answer).mount(&script.server).await;
    (client, script)
}

#[tokio::test]
async fn failing() {
    let _scenario = scenario("wire.failing");
    for status in [500, 502, 503, 504] {
        let (client, script) =
            answering(status, "{\"status\":401,\"error\":\"Invalid token\"}").await;
        let cause = Cause::Server(status);
        assert_eq!(client.get_raw("k").await, Err(Error::Unavailable { cause }));
        let unknown = Error::OutcomeUnknown { cause, data: DataState::Intact };
        assert_eq!(client.set_raw("k", "1").await, Err(unknown));
        assert_eq!(client.status(), Status::SignedIn);
        let tries = if status == 500 { 1 } else { 3 };
        assert_eq!(script.count("GET", "/api/v1/sessions/get/k").await, tries);
    }
    let script = Script::begin().await;
    let once = ResponseTemplate::new(503);
    let at = "/api/v1/sessions/get/k";
    Mock::given(path(at)).respond_with(once).up_to_n_times(1).mount(&script.server).await;
    script.on("GET", at, 200, r#"{"key":"k","value":7}"#).await;
    script.on("GET", "/api/v1/sessions/identity", 200, r#"{"userId":1,"email":null}"#).await;
    let client = script.client().build().unwrap();
    script.sign_in(&client).await;
    assert_eq!(client.get("k").await, Ok(Some(7)), "a passing failure is not seen");
}

#[tokio::test]
async fn down() {
    let _scenario = scenario("wire.down");
    let stage = Stage::with_ada().await;
    stage.client.set("note", &1).await.unwrap();
    stage.wire.set_down(true);
    let unreachable = Error::Unavailable { cause: Cause::Unreachable };
    assert_eq!(stage.client.get_raw("note").await, Err(unreachable.clone()));
    assert_eq!(stage.client.set_raw("note", "2").await, Err(unreachable), "nothing went out");
    assert_eq!(stage.client.status(), Status::SignedIn);
    stage.wire.set_down(false);
    assert_eq!(stage.client.get("note").await, Ok(Some(1)));
    // A real port that nobody listens on.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let origin = format!("http://{nobody}");
    let client = client_of(&origin).build().unwrap();
    client.adopt(SessionToken::issued_by(&origin, "t".into()).unwrap()).await.unwrap();
    let unreachable = Error::Unavailable { cause: Cause::Unreachable };
    assert_eq!(client.set_raw("note", "2").await, Err(unreachable));
}

/// A server that answers every request with these very bytes, and then hangs up; `None` answers
/// nothing and keeps the line.
async fn raw_server(answer: Option<&'static [u8]>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _read = socket.read(&mut request).await;
                match answer {
                    Some(bytes) => drop(socket.write_all(bytes).await),
                    None => tokio::time::sleep(Duration::from_secs(60)).await,
                }
            });
        }
    });
    origin
}

/// A client of such a server, signed in since nothing says otherwise.
async fn raw_client(origin: &str) -> Client {
    let timeout = Duration::from_millis(200);
    let client = client_of(origin).attempt_timeout(timeout).timeout(timeout * 4).build().unwrap();
    client.adopt(SessionToken::issued_by(origin, "t".into()).unwrap()).await.unwrap();
    client
}

#[tokio::test]
async fn cut() {
    let _scenario = scenario("wire.cut");
    for answer in [
        &b""[..],
        b"HTTP/1.1 2",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"er",
        b"not http at all\r\n\r\n",
    ] {
        let client = raw_client(&raw_server(Some(answer)).await).await;
        let interrupted = Error::Unavailable { cause: Cause::Interrupted };
        assert_eq!(client.get_raw("k").await, Err(interrupted));
        assert_eq!(client.status(), Status::SignedIn);
    }
}

#[tokio::test]
async fn wrong_length() {
    let _scenario = scenario("wire.wrong-length");
    let answer = b"HTTP/1.1 410 Gone\r\nContent-Length: 500\r\n\r\n{\"error\":\"Session revoked\"}";
    let client = raw_client(&raw_server(Some(answer)).await).await;
    let interrupted = Error::Unavailable { cause: Cause::Interrupted };
    assert_eq!(client.get_raw("k").await, Err(interrupted));
    assert_eq!(client.status(), Status::SignedIn);
}

#[tokio::test]
async fn silent() {
    let _scenario = scenario("wire.silent");
    let client = raw_client(&raw_server(None).await).await;
    let cause = Cause::TimedOut;
    assert_eq!(client.get_raw("k").await, Err(Error::Unavailable { cause }));
    let unknown = Error::OutcomeUnknown { cause, data: DataState::Intact };
    assert_eq!(client.set_raw("k", "1").await, Err(unknown));
    let unknown = Error::OutcomeUnknown { cause, data: DataState::Unknown };
    assert_eq!(client.revoke(secureflows::Confirm::DataIsDestroyed).await, Err(unknown));
    assert_eq!(client.status(), Status::SignedIn);
}

#[tokio::test]
async fn page() {
    let _scenario = scenario("wire.page");
    for (status, cause) in [(200, Cause::NotThePlatform(200)), (502, Cause::Server(502))] {
        let (client, _script) = answering(status, "<!doctype html><p>Welcome to the hotel").await;
        assert_eq!(client.get_raw("k").await, Err(Error::Unavailable { cause }));
        assert_eq!(client.payload().await, Err(Error::Unavailable { cause }));
        assert!(matches!(client.set_raw("k", "1").await, Err(Error::OutcomeUnknown { .. })));
        assert_eq!(client.status(), Status::SignedIn);
    }
    let (client, _script) = answering(404, "<!doctype html><p>Not here").await;
    let cause = Cause::NotThePlatform(404);
    assert_eq!(client.get_raw("k").await, Err(Error::Unavailable { cause }), "not: no value");
}

#[tokio::test]
async fn redirect() {
    let _scenario = scenario("wire.redirect");
    let elsewhere = Script::begin().await;
    let target = format!("{}/api/v1/sessions/get/k", elsewhere.origin());
    for status in [301, 302, 307, 308] {
        let answer = ResponseTemplate::new(status).insert_header("Location", target.as_str());
        let (client, _script) = answering_with(answer).await;
        let cause = Cause::NotThePlatform(status);
        assert_eq!(client.get_raw("k").await, Err(Error::Unavailable { cause }));
    }
    assert_eq!(elsewhere.requests().await, 0);
}

#[tokio::test]
async fn too_large() {
    let _scenario = scenario("wire.too-large");
    let (client, script) = answering(200, &format!("{{\"k\":\"{}\"}}", "x".repeat(9 << 20))).await;
    let too_large = Err(Error::Unavailable { cause: Cause::AnswerTooLarge });
    assert_eq!(client.payload().await, too_large);
    let host = NativeHost::new().unwrap().max_answer_bytes(16 << 20).unwrap();
    let patient = script.client().host(Arc::new(host)).build().unwrap();
    script.on("GET", "/api/v1/sessions/identity", 200, r#"{"userId":1,"email":null}"#).await;
    script.sign_in(&patient).await;
    assert_eq!(patient.payload().await.unwrap().len(), 1);
}

#[tokio::test]
async fn rate_limit() {
    let _scenario = scenario("wire.rate-limit");
    let script = Script::begin().await;
    let at = "/api/v1/sessions/set/k";
    let busy = ResponseTemplate::new(429).insert_header("Retry-After", "1");
    Mock::given(path(at)).respond_with(busy).up_to_n_times(1).mount(&script.server).await;
    script.on("POST", at, 200, r#"{"k":1}"#).await;
    script.on("GET", "/api/v1/sessions/identity", 200, r#"{"userId":1,"email":null}"#).await;
    let client = script.client().build().unwrap();
    script.sign_in(&client).await;
    #[expect(clippy::disallowed_methods, reason = "the scenario is about real time passing")]
    let begun = Instant::now();
    client.set_raw("k", "1").await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1), "the platform's wait is respected");

    let quota = r#"{"status":429,"error":"session payload exceeds plan limit (max 2048 bytes)","code":"BILLING_PAYLOAD_LIMIT"}"#;
    let (client, script) = answering(429, quota).await;
    let Err(Error::QuotaExceeded { quota: Quota::Payload, detail }) =
        client.set_raw("k", "1").await
    else {
        panic!("a quota is no rate limit");
    };
    assert_eq!(detail, "session payload exceeds plan limit (max 2048 bytes)");
    assert_eq!(script.count("POST", at).await, 1);
}

#[tokio::test]
async fn odd_refusals() {
    let _scenario = scenario("wire.odd-refusals");
    for (status, body) in [
        (400, ""),
        (400, r#"{"message":"Something"}"#),
        (402, r#"{"error":"Payment required"}"#),
        (403, r#"{"error":"Not yours"}"#),
        (403, "<html>forbidden</html>"),
        (409, r#"{"status":"409"}"#),
        (413, "[]"),
        (501, "null"),
    ] {
        let (client, _script) = answering(status, body).await;
        let error = client.get_raw("k").await.unwrap_err();
        assert!(matches!(error, Error::Rejected { .. } | Error::Forbidden { .. }), "{error}");
        assert!(!error.sign_in_again() && !error.retryable());
        assert_eq!(client.status(), Status::SignedIn, "{status} {body}");
    }
}
