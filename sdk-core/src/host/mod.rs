//! What a client needs from outside: a way to send, time, chance, a place for the record of a
//! login under way, and somebody to sign the user in again.
//!
//! This is the one module that knows that futures are not `Send` in a browser.

mod records;

use std::{fmt, pin::Pin, time::Duration};

pub use records::LoginRecords;
use zeroize::Zeroizing;

#[cfg(feature = "headless")]
use crate::secret::IdentityToken;
use crate::{
    error::{Cause, Error},
    protocol::{backend::BackendRequest, call::Call, login::PrivateUrl, wire::Origin},
    secret::{Bearer, redacted},
};

/// A future in a box: `Send`, except in a browser.
#[cfg(not(target_arch = "wasm32"))]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// A future in a box: `Send`, except in a browser.
#[cfg(target_arch = "wasm32")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What may be shared between threads, except in a browser, which has one.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSendSync: Send + Sync {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send + Sync + ?Sized> MaybeSendSync for T {}
/// What may be shared between threads, except in a browser, which has one.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSendSync {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSendSync for T {}

/// The world outside the client.
///
/// A host decides nothing: it follows no redirect, repeats nothing, judges no status.
pub trait Host: MaybeSendSync {
    /// Sends `request` and brings the answer, whatever its status.
    ///
    /// Redirects are answers and never followed. The time limit is [`Request::timeout`], counted
    /// from when the request really goes out.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>>;

    /// Waits.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;

    /// The wall clock, in milliseconds since 1970.
    fn now(&self) -> u64;

    /// Fills `bytes` with randomness fit for secrets; `false` when there is none to be had.
    fn random(&self, bytes: &mut [u8]) -> bool;

    /// Keeps the `record` of a login under way by its `name`, for ten minutes at least and
    /// in whatever outlives the trip to hosted login; `false` when it cannot.
    ///
    /// The record is no secret. It is synchronous since, in a browser, the navigation must start in
    /// the click's own tick.
    fn keep(&self, name: &str, record: &str) -> bool;

    /// Hands out the record of this `name`, and forgets it: each is handed out once.
    fn take(&self, name: &str) -> Option<String>;
}

/// Signs the user in again, when a token turned out to be dead.
///
/// A function of the login URL that returns a future will do.
pub trait Reauthenticate: MaybeSendSync {
    /// Sends the user to `page`, hosted login, and brings the URL that it came back to.
    ///
    /// However many calls wait, it is asked once. It is given up after ten minutes, or when the user
    /// signs out or in by another way meanwhile. A call that it makes to the same client waits for
    /// itself.
    fn reauthenticate(&self, page: PrivateUrl) -> BoxFuture<'_, Result<String, Declined>>;
}

#[cfg(not(target_arch = "wasm32"))]
impl<F, T> Reauthenticate for F
where
    F: Fn(PrivateUrl) -> T + MaybeSendSync,
    T: Future<Output = Result<String, Declined>> + Send + 'static,
{
    fn reauthenticate(&self, page: PrivateUrl) -> BoxFuture<'_, Result<String, Declined>> {
        Box::pin(self(page))
    }
}

#[cfg(target_arch = "wasm32")]
impl<F, T> Reauthenticate for F
where
    F: Fn(PrivateUrl) -> T,
    T: Future<Output = Result<String, Declined>> + 'static,
{
    fn reauthenticate(&self, page: PrivateUrl) -> BoxFuture<'_, Result<String, Declined>> {
        Box::pin(self(page))
    }
}

/// Says who a client without pages is: scripts and workflow tools, where nobody sits at a browser.
///
/// A function that returns a future will do.
#[cfg(feature = "headless")]
pub trait IdentityProvider: MaybeSendSync {
    /// A fresh identity token, as the platform's identity provider issues it (contract §1): never a
    /// password.
    ///
    /// It is asked when a client signs in, and again, once for all calls that wait, when its token
    /// turns out to be dead.
    fn identity_token(&self) -> BoxFuture<'_, Result<IdentityToken, Declined>>;
}

#[cfg(all(feature = "headless", not(target_arch = "wasm32")))]
impl<F, T> IdentityProvider for F
where
    F: Fn() -> T + MaybeSendSync,
    T: Future<Output = Result<IdentityToken, Declined>> + Send + 'static,
{
    fn identity_token(&self) -> BoxFuture<'_, Result<IdentityToken, Declined>> {
        Box::pin(self())
    }
}

#[cfg(all(feature = "headless", target_arch = "wasm32"))]
impl<F, T> IdentityProvider for F
where
    F: Fn() -> T,
    T: Future<Output = Result<IdentityToken, Declined>> + 'static,
{
    fn identity_token(&self) -> BoxFuture<'_, Result<IdentityToken, Declined>> {
        Box::pin(self())
    }
}

/// The user was not signed in again: a closed window, a refusal, no way to show a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// Why, in a few words for a person.
    pub reason: String,
}

impl Declined {
    /// Declines for `reason`, a few words for a person.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// The login as refused, with the reason in so far as it may be shown: nothing in it that looks like a secret.
impl From<Declined> for Error {
    fn from(declined: Declined) -> Self {
        Self::LoginRefused {
            error: "declined".to_owned(),
            description: Some(redacted(&declined.reason)),
        }
    }
}

/// One HTTP request, ready to go.
pub struct Request {
    method: &'static str,
    /// What may be shown of where it goes.
    shown: &'static str,
    url: Zeroizing<String>,
    bearer: Option<Bearer>,
    body: Option<String>,
    timeout: Duration,
    tag: Option<u32>,
}

impl Request {
    pub(crate) fn new(
        call: &Call,
        origin: &Origin,
        bearer: Option<Bearer>,
        timeout: Duration,
    ) -> Self {
        let endpoint = call.endpoint();
        Self {
            method: endpoint.method.as_str(),
            shown: endpoint.path,
            url: Zeroizing::new(call.url(origin)),
            bearer,
            body: call.body().map(str::to_owned),
            timeout,
            tag: None,
        }
    }

    pub(crate) fn to_backend(call: &BackendRequest, bearer: Bearer, timeout: Duration) -> Self {
        Self {
            method: call.method,
            shown: "a backend",
            url: Zeroizing::new(call.url.clone()),
            bearer: Some(bearer),
            body: call.body.clone(),
            timeout,
            tag: call.tag,
        }
    }

    /// The HTTP method, in capitals.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// The whole URL. That of a renewal holds a token: never log it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The value of the `Authorization` header: the one place where the token leaves the client.
    #[must_use]
    pub fn authorization(&self) -> Option<Zeroizing<String>> {
        self.bearer.as_ref().map(authorization)
    }

    /// The body, to go out as `application/json`; no content type goes out without one.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// The number that the app gave to its request to a backend, if it did.
    #[must_use]
    pub const fn tag(&self) -> Option<u32> {
        self.tag
    }

    /// How long this attempt may take, from when it goes out to the end of the answer.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }
}

/// The value of the `Authorization` header.
pub(crate) fn authorization(bearer: &Bearer) -> Zeroizing<String> {
    Zeroizing::new(["Bearer ", bearer.expose()].concat())
}

/// Shows the endpoint, never a key, a value or a token.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.shown)
    }
}

/// One HTTP answer.
pub struct Response {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Response {
    /// The answer of `status` with the bytes of `body`.
    #[must_use]
    pub fn new(status: u16, body: Vec<u8>) -> Self {
        Self { status, retry_after: None, body: Zeroizing::new(body) }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Adds what the `Retry-After` header says.
    #[must_use]
    pub fn retry_after(mut self, header: Option<String>) -> Self {
        self.retry_after = header;
        self
    }
}

/// Shows the status and the size, never the body.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}, {} bytes", self.status, self.body.len())
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// No connection was made: it is certain that no byte of the request went out.
    Unreachable,
    /// The time was up.
    TimedOut,
    /// The connection broke, or what came was no HTTP.
    Interrupted,
    /// The answer is larger than the host takes.
    TooLarge,
}

impl From<SendError> for Cause {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Unreachable => Self::Unreachable,
            SendError::TimedOut => Self::TimedOut,
            SendError::Interrupted => Self::Interrupted,
            SendError::TooLarge => Self::AnswerTooLarge,
        }
    }
}
