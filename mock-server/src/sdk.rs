//! The SDK's way to a world without a socket.

use std::time::Duration;

use axum::{Router, body::Body, extract::Request as HttpRequest};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, RETRY_AFTER};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use secureflows::{
    Host,
    host::{BoxFuture, LoginRecords, Request, Response, SendError},
};
use tower_service::Service as _;

use crate::world::World;

/// The most that is taken of an answer, in bytes.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// A [`Host`] that hands each request straight to a world: no port, no TLS, and the world's own
/// clock and randomness. Waits are tokio's, so they take no time on a paused runtime.
///
/// ```
/// use std::sync::Arc;
/// use secureflows::{Client, SessionToken};
/// use secureflows_mock::{ApplicationSpec, UserSpec, World, WorkspaceSpec};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let world = World::builder()
///     .workspace(WorkspaceSpec::new("acme"))
///     .application("acme", ApplicationSpec::new("web").redirect_uri("http://127.0.0.1:1/cb"))
///     .user("acme", UserSpec::new("ada@example.com"))
///     .build()?;
/// let client = Client::builder()
///     .origin(world.origin())
///     .workspace("acme")
///     .app_id("web")
///     .redirect_uri("http://127.0.0.1:1/cb")
///     .host(Arc::new(world.host()))
///     .build()?;
/// let token = world.sign_in("ada@example.com", "web").await?;
/// client.adopt(SessionToken::issued_by(world.origin(), token)?).await?;
/// client.set_raw("theme", "\"dark\"").await?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct RouterHost {
    world: World,
    router: Router,
    records: LoginRecords,
}

impl World {
    /// The SDK's way to this world without a socket.
    #[must_use]
    pub fn host(&self) -> RouterHost {
        RouterHost { world: self.clone(), router: self.router(), records: LoginRecords::default() }
    }
}

impl RouterHost {
    async fn exchange(&self, request: Request) -> Result<Response, SendError> {
        let request = self.prepare(&request).ok_or(SendError::Unreachable)?;
        let Ok(answer) = self.router.clone().call(request).await;
        let (head, body) = answer.into_parts();
        let retry_after = head.headers.get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = Limited::new(body, LONGEST_ANSWER).collect().await;
        let body = body.map_err(|error| match error.is::<LengthLimitError>() {
            true => SendError::TooLarge,
            false => SendError::Interrupted,
        })?;
        let body = body.to_bytes();
        Ok(Response::new(head.status.as_u16(), body.into()).retry_after(retry_after))
    }

    fn prepare(&self, request: &Request) -> Option<HttpRequest> {
        let (scheme, host) = self.world.origin().split_once("://")?;
        let path = request.url().strip_prefix(scheme)?.strip_prefix("://")?.strip_prefix(host)?;
        let mut builder = HttpRequest::builder()
            .method(request.method())
            .uri(if path.is_empty() { "/" } else { path })
            .header(HOST, host);
        if let Some(authorization) = request.authorization() {
            builder = builder.header(AUTHORIZATION, authorization.as_str());
        }
        let body = request.body().map_or_else(Body::empty, |body| Body::from(body.to_owned()));
        if request.body().is_some() {
            builder = builder.header(CONTENT_TYPE, "application/json");
        }
        builder.body(body).ok()
    }
}

impl Host for RouterHost {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        let timeout = request.timeout();
        Box::pin(async move {
            let answer = tokio::time::timeout(timeout, self.exchange(request)).await;
            answer.unwrap_or(Err(SendError::TimedOut))
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.world.clock().now().as_millisecond()).unwrap_or_default()
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        for chunk in bytes.chunks_mut(16) {
            for (byte, drawn) in chunk.iter_mut().zip(self.world.random_bytes::<16>()) {
                *byte = drawn;
            }
        }
        true
    }

    fn keep(&self, state: &str, record: &str) -> bool {
        self.records.keep(state, record);
        true
    }

    fn take(&self, state: &str) -> Option<String> {
        self.records.take(state)
    }
}
