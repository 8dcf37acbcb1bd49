//! The notes service from end to end: over sockets, with the platform beside it.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod app;

use std::{sync::Arc, time::Duration};

use reqwest::{Method, StatusCode};
use secureflows::{
    BackendRequest, NativeHost, RetryPolicy, SessionToken,
    host::{BoxFuture, Host, Request, Response, SendError},
    verifier::Verifier,
};
use secureflows_tests::{ADA, APP, BOB, Stage, Wire, leaks};

/// The service, its platform, and the wire from one to the other.
struct Stand {
    stage: Stage,
    wire: Arc<AtWorldTime>,
    backend: String,
    browser: reqwest::Client,
}

/// The wire, with the platform's clock in place of the machine's.
struct AtWorldTime {
    wire: Wire,
    clock: secureflows_mock::Clock,
}

impl Host for AtWorldTime {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        self.wire.send(request)
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.wire.sleep(time)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.now().as_millisecond()).unwrap()
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        self.wire.random(bytes)
    }

    fn keep(&self, name: &str, record: &str) -> bool {
        self.wire.keep(name, record)
    }

    fn take(&self, name: &str) -> Option<String> {
        self.wire.take(name)
    }
}

impl Stand {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let clock = stage.world.clock().clone();
        let wire = Arc::new(AtWorldTime { wire: Wire::new().unwrap(), clock });
        let host: Arc<AtWorldTime> = Arc::clone(&wire);
        let verifier = Verifier::builder().origin(stage.world.origin()).host(host);
        let verifier = verifier.retry(RetryPolicy::none()).build().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let backend = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app::app(verifier)).await });
        let browser = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { stage, wire, backend, browser }
    }

    async fn token(&self, email: &str) -> String {
        let token = self.stage.world.sign_in(email, APP).await.unwrap();
        leaks::note(&token);
        token
    }

    /// The statuses of all three routes.
    async fn statuses(&self, token: Option<&str>) -> [StatusCode; 3] {
        let note = || Some(r#"{"text":"milk"}"#);
        let routes = [
            (Method::POST, "/notes", note()),
            (Method::GET, "/notes", None),
            (Method::DELETE, "/notes/1", None),
        ];
        let mut statuses = [StatusCode::OK; 3];
        for (status, (method, path, body)) in statuses.iter_mut().zip(routes) {
            let mut request = self.browser.request(method, format!("{}{path}", self.backend));
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            if let Some(body) = body {
                request = request.header("Content-Type", "application/json").body(body);
            }
            *status = request.send().await.unwrap().status();
        }
        statuses
    }
}

const LET_IN: [StatusCode; 3] = [StatusCode::CREATED, StatusCode::OK, StatusCode::NO_CONTENT];
const REFUSED: [StatusCode; 3] = [StatusCode::UNAUTHORIZED; 3];
const NOT_NOW: [StatusCode; 3] = [StatusCode::SERVICE_UNAVAILABLE; 3];

#[tokio::test]
async fn nobody_without_a_good_token() {
    let stand = Stand::set().await;
    assert_eq!(stand.statuses(None).await, REFUSED);
    assert_eq!(stand.statuses(Some("forged")).await, REFUSED);
    let unsigned = "eyJhbGciOiJub25lIn0.eyJ0b2tlblR5cGUiOiJTRVNTSU9OIiwic3ViIjoiMSJ9.";
    assert_eq!(stand.statuses(Some(unsigned)).await, REFUSED);
    let foreign = Stage::set().await.world.sign_in(ADA, APP).await.unwrap();
    leaks::note(&foreign);
    assert_eq!(stand.statuses(Some(&foreign)).await, REFUSED, "of another platform");
    assert_eq!(stand.statuses(Some(&stand.token(ADA).await)).await, LET_IN);
}

#[tokio::test]
async fn nobody_with_an_expired_token() {
    let stand = Stand::set().await;
    let token = stand.token(ADA).await;
    assert_eq!(stand.statuses(Some(&token)).await, LET_IN);
    stand.stage.world.clock().advance(Duration::from_secs(8 * 24 * 3600));
    assert_eq!(stand.statuses(Some(&token)).await, REFUSED);
}

#[tokio::test]
async fn a_revoked_token_goes_unnoticed_for_half_a_minute_at_most() {
    let stand = Stand::set().await;
    let token = stand.token(ADA).await;
    assert_eq!(stand.statuses(Some(&token)).await, LET_IN);
    stand.stage.world.revoke_sessions(ADA).await;
    stand.stage.world.clock().advance(Duration::from_secs(29));
    assert_eq!(stand.statuses(Some(&token)).await, LET_IN);
    stand.stage.world.clock().advance(Duration::from_secs(1));
    assert_eq!(stand.statuses(Some(&token)).await, REFUSED);
}

#[tokio::test]
async fn nobody_while_the_platform_is_down_but_those_just_let_in() {
    let stand = Stand::set().await;
    let (ada, bob) = (stand.token(ADA).await, stand.token(BOB).await);
    assert_eq!(stand.statuses(Some(&ada)).await, LET_IN);
    stand.wire.wire.set_down(true);
    assert_eq!(stand.statuses(Some(&ada)).await, LET_IN);
    assert_eq!(stand.statuses(Some(&bob)).await, NOT_NOW);
    stand.stage.world.clock().advance(Duration::from_secs(30));
    assert_eq!(stand.statuses(Some(&ada)).await, NOT_NOW);
    stand.wire.wire.set_down(false);
    assert_eq!(stand.statuses(Some(&bob)).await, LET_IN);
}

#[tokio::test]
async fn everybody_sees_their_own() {
    let stand = Stand::set().await;
    let notes = format!("{}/notes", stand.backend);
    let client = async |email| {
        let builder = stand.stage.another().host(Arc::new(NativeHost::new().unwrap()));
        let client = builder.backend(&stand.backend).build().unwrap();
        let token = stand.token(email).await;
        let token = SessionToken::issued_by(stand.stage.world.origin(), token).unwrap();
        client.adopt(token).await.unwrap();
        client
    };
    let (ada, bob) = (client(ADA).await, client(BOB).await);
    leaks::note("ada's own words");
    let add = BackendRequest::post(&notes).json(r#"{"text":"ada's own words"}"#);
    assert_eq!(ada.fetch(&add).await.unwrap().status(), 201);
    let list = BackendRequest::get(&notes);
    let listed: serde_json::Value = ada.fetch(&list).await.unwrap().json().unwrap();
    assert_eq!(listed, serde_json::json!([{"id": 1, "text": "ada's own words"}]));
    assert_eq!(bob.fetch(&list).await.unwrap().text(), Some("[]"));
    let remove = BackendRequest::delete(format!("{notes}/1"));
    assert_eq!(bob.fetch(&remove).await.unwrap().status(), 404);
}

/// Everything that the service, its platform and its clients print, at `TRACE`.
#[test]
fn nothing_secret_is_printed() {
    let searched =
        leaks::search("nothing_secret_is_printed").unwrap_or_else(|leaks| panic!("{leaks}"));
    assert!(searched.secrets > 8, "only {} secrets were looked for", searched.secrets);
    for told in ["path=\"/sessions/identity\"", "path=\"a backend\"", "hyper"] {
        assert!(searched.output.contains(told), "this is not told: {told}");
    }
}
