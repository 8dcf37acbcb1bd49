//! A platform that does what a test says, request by request, on paused time.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use secureflows::{
    Client, ClientBuilder, Host, SessionToken,
    host::{BoxFuture, Request, Response, SendError},
};
use secureflows_tests::{APP, REDIRECT, WORKSPACE, leaks};
use tokio::time::Instant;

pub(crate) const ORIGIN: &str = "https://platform.example";
/// The token that its users are signed in with.
pub(crate) const TOKEN: &str = "fake-session-token-5d1f0c";
/// 2026-10-21 07:28:00 UTC, in milliseconds: what the device's clock says.
const NOW: u64 = 1_792_567_680_000;

/// A request that came in.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: &'static str,
    /// Below `/api/v1` of the platform, or the whole URL of any other place.
    pub(crate) path: String,
    pub(crate) body: Option<String>,
    pub(crate) bearer: Option<String>,
    pub(crate) at: Instant,
}

/// What happens to it.
pub(crate) struct Reply {
    pub(crate) after: Duration,
    pub(crate) answer: Result<(u16, String), SendError>,
    pub(crate) retry_after: Option<&'static str>,
}

impl Reply {
    pub(crate) fn ok(body: &str) -> Self {
        Self::status(200, body)
    }

    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self { after: Duration::ZERO, answer: Ok((status, body.to_owned())), retry_after: None }
    }

    pub(crate) fn fails(error: SendError) -> Self {
        Self { after: Duration::ZERO, answer: Err(error), retry_after: None }
    }

    pub(crate) fn after(self, seconds: u64) -> Self {
        Self { after: Duration::from_secs(seconds), ..self }
    }

    pub(crate) fn retry_after(self, header: &'static str) -> Self {
        Self { retry_after: Some(header), ..self }
    }
}

type Script = Box<dyn Fn(&Sent, usize) -> Reply + Send + Sync>;

/// The platform: `script` is asked what happens to a request, the how-manieth of its kind.
pub(crate) struct Fake {
    script: Script,
    sent: Mutex<Vec<Sent>>,
}

impl Fake {
    pub(crate) fn new(script: impl Fn(&Sent, usize) -> Reply + Send + Sync + 'static) -> Arc<Self> {
        leaks::listen();
        Arc::new(Self { script: Box::new(script), sent: Mutex::default() })
    }

    pub(crate) fn builder(self: &Arc<Self>) -> ClientBuilder {
        let host: Arc<Self> = Arc::clone(self);
        Client::builder()
            .origin(ORIGIN)
            .workspace(WORKSPACE)
            .app_id(APP)
            .redirect_uri(REDIRECT)
            .host(host)
    }

    /// A client of it that somebody is signed in with.
    pub(crate) async fn client(self: &Arc<Self>) -> Client {
        let client = self.builder().build().unwrap();
        self.sign_in(&client).await;
        client
    }

    pub(crate) async fn sign_in(&self, client: &Client) {
        let token = SessionToken::issued_by(ORIGIN, TOKEN.to_owned()).unwrap();
        client.adopt(token).await.unwrap();
        self.sent.lock().unwrap().clear();
    }

    /// What came in since somebody signed in.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

impl Host for Fake {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        leaks::note_request(&request);
        let path = request.url().strip_prefix(ORIGIN).unwrap_or(request.url());
        let path = path.strip_prefix("/api/v1").unwrap_or(path).to_owned();
        let sent = Sent {
            method: request.method(),
            path,
            body: request.body().map(str::to_owned),
            bearer: request.authorization().map(|it| it.trim_start_matches("Bearer ").to_owned()),
            at: Instant::now(),
        };
        let number = {
            let mut all = self.sent.lock().unwrap();
            let same = |it: &&Sent| it.method == sent.method && it.path == sent.path;
            let number = all.iter().filter(same).count();
            all.push(sent.clone());
            number
        };
        let reply = match sent.path.as_str() {
            "/sessions/identity" => Reply::ok(r#"{"userId":1,"email":null}"#),
            _ => (self.script)(&sent, number),
        };
        Box::pin(async move {
            if tokio::time::timeout(request.timeout(), tokio::time::sleep(reply.after))
                .await
                .is_err()
            {
                return Err(SendError::TimedOut);
            }
            let (status, body) = reply.answer?;
            let retry_after = reply.retry_after.map(str::to_owned);
            Ok(Response::new(status, body.into_bytes()).retry_after(retry_after))
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn now(&self) -> u64 {
        NOW
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        bytes.fill(0);
        true
    }

    fn keep(&self, _: &str, _: &str) -> bool {
        true
    }

    fn take(&self, _: &str) -> Option<String> {
        None
    }
}
