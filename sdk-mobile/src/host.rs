//! What the platform does for the core: send, wait, tell the time, keep the record of a login.

use std::{fmt, sync::Arc, time::Duration};

use secureflows::{
    Host,
    host::{BoxFuture, Request, Response, SendError},
};

use crate::{CancelHandle, HostFailure, completion::Completion};

/// How much of an answer is taken, in bytes.
const LONGEST_ANSWER: u64 = 8 * 1024 * 1024;

/// The platform's own networking, timers, clock and storage.
///
/// A host decides nothing: it follows no redirect, repeats nothing, keeps no cookies and caches
/// nothing. `send` and `start_timer` start their work and return at once.
#[uniffi::export(foreign)]
pub trait PlatformHost: Send + Sync {
    /// Starts the request; its end goes to `exchange`.
    ///
    /// # Errors
    /// When it throws, the request counts as one that may have gone out.
    fn send(&self, request: HttpRequest, exchange: Arc<Exchange>) -> Result<(), HostFailure>;

    /// Calls `timer.fire()` after so many milliseconds.
    ///
    /// # Errors
    /// When it throws, the time counts as passed.
    fn start_timer(&self, milliseconds: u64, timer: Arc<Timer>) -> Result<(), HostFailure>;

    /// The wall clock, in milliseconds since 1970.
    ///
    /// # Errors
    /// When it throws, it is 1970.
    fn now(&self) -> Result<u64, HostFailure>;

    /// Keeps the `record` of a login under way by its `name`, where it survives the end of this
    /// process; `false` when it cannot. It is no secret.
    ///
    /// # Errors
    /// When it throws, no login begins.
    fn keep(&self, name: String, record: String) -> Result<bool, HostFailure>;

    /// Hands out the record of this `name`, and forgets it: each is handed out once.
    ///
    /// # Errors
    /// When it throws, there is none.
    fn take(&self, name: String) -> Result<Option<String>, HostFailure>;
}

/// One HTTP request, ready to go. It prints its method only: the rest may be secret.
#[derive(uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct HttpRequest {
    /// In capitals.
    pub method: String,
    /// The whole URL. Never log it.
    pub url: String,
    /// The value of the `Authorization` header. Never log or keep it.
    pub authorization: Option<String>,
    /// The body, to go out as `application/json`; no content type goes out without one.
    pub body: Option<String>,
    /// How long it may take, to the end of the answer.
    pub timeout_milliseconds: u64,
    /// An answer with more bytes is given up as too large.
    pub max_answer_bytes: u64,
}

impl From<Request> for HttpRequest {
    fn from(request: Request) -> Self {
        Self {
            method: request.method().to_owned(),
            url: request.url().to_owned(),
            authorization: request.authorization().map(|value| String::clone(&value)),
            body: request.body().map(str::to_owned),
            timeout_milliseconds: milliseconds(request.timeout()),
            max_answer_bytes: LONGEST_ANSWER,
        }
    }
}

impl fmt::Display for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} request", self.method)
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Takes the end of one request.
#[derive(uniffi::Object)]
pub struct Exchange(Arc<Completion<Result<Response, SendError>>>);

#[uniffi::export]
impl Exchange {
    /// The answer, whatever its status, with what its `Retry-After` header says.
    pub fn succeed(&self, status: u16, retry_after: Option<String>, body: Vec<u8>) {
        self.0.complete(Ok(Response::new(status, body).retry_after(retry_after)));
    }

    /// There is no answer.
    pub fn fail(&self, error: SendError) {
        self.0.complete(Err(error));
    }

    /// Keeps what stops the request when nobody waits for it any more.
    pub fn on_cancel(&self, handle: Arc<dyn CancelHandle>) {
        self.0.on_cancel(handle);
    }
}

/// Takes the end of one wait.
#[derive(uniffi::Object)]
pub struct Timer(Arc<Completion<()>>);

#[uniffi::export]
impl Timer {
    /// The time is up.
    pub fn fire(&self) {
        self.0.complete(());
    }

    /// Keeps what stops the timer when nobody waits for it any more.
    pub fn on_cancel(&self, handle: Arc<dyn CancelHandle>) {
        self.0.on_cancel(handle);
    }
}

/// The core's host, on the platform's.
pub(crate) struct Bridge(pub(crate) Arc<dyn PlatformHost>);

impl Host for Bridge {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(async move {
            let (completion, answer) = Completion::new();
            let begun = self.0.send(request.into(), Arc::new(Exchange(completion)));
            // What threw may have sent, and so may what lost the exchange.
            begun.map_err(|_| SendError::Interrupted)?;
            answer.await.unwrap_or(Err(SendError::Interrupted))
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let host = Arc::clone(&self.0);
        Box::pin(async move {
            let (completion, fired) = Completion::new();
            if host.start_timer(milliseconds(time), Arc::new(Timer(completion))).is_ok() {
                // A timer that was lost ends like one that fired.
                let _fired = fired.await;
            }
        })
    }

    fn now(&self) -> u64 {
        self.0.now().unwrap_or_default()
    }

    #[expect(clippy::disallowed_methods, reason = "the host is where randomness comes from")]
    fn random(&self, bytes: &mut [u8]) -> bool {
        getrandom::fill(bytes).is_ok()
    }

    fn keep(&self, name: &str, record: &str) -> bool {
        self.0.keep(name.to_owned(), record.to_owned()).unwrap_or(false)
    }

    fn take(&self, name: &str) -> Option<String> {
        self.0.take(name.to_owned()).ok().flatten()
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
