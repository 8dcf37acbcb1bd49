//! The [`Host`] of servers, tools and desktops: reqwest and tokio.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use tokio::sync::Semaphore;

use crate::{
    error::Error,
    host::{BoxFuture, Host, LoginRecords, Request, Response, SendError},
};

/// How many requests are in flight at once by default.
const IN_FLIGHT: usize = 64;
/// How much of an answer is taken by default, in bytes.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// Sends over HTTPS, from any tokio runtime.
///
/// The records of logins under way live in this process: a callback must come back to it.
///
/// ```
/// use secureflows::NativeHost;
///
/// let host = NativeHost::new()?.max_in_flight(8)?.max_answer_bytes(64 * 1024)?;
/// # let _ = host;
/// # Ok::<(), secureflows::Error>(())
/// ```
#[derive(Debug)]
pub struct NativeHost {
    client: reqwest::Client,
    loopback: reqwest::Client,
    in_flight: Semaphore,
    longest_answer: usize,
    records: LoginRecords,
}

impl NativeHost {
    /// A host with its own connections: at most 64 requests in flight, answers of at most 8 MiB.
    ///
    /// # Errors
    /// [`Error::Invalid`], field `host`, when TLS cannot be set up at all.
    pub fn new() -> Result<Self, Error> {
        let builder = || {
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).referer(false)
        };
        let failed = |_| Error::invalid("host", "cannot set up TLS", "give a `Host` of your own");
        // Plain http is loopback's: it asks for no certificates, and leaves by no proxy.
        let loopback = builder().no_proxy().tls_certs_only([]).build().map_err(failed)?;
        // A system without root certificates trusts nobody, and reaches loopback only.
        let client = builder().build().unwrap_or_else(|_| loopback.clone());
        Ok(Self {
            client,
            loopback,
            in_flight: Semaphore::new(IN_FLIGHT),
            longest_answer: LONGEST_ANSWER,
            records: LoginRecords::default(),
        })
    }

    /// At most `requests` in flight at once; others wait, without their time running.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is 0 or absurdly large.
    pub fn max_in_flight(mut self, requests: usize) -> Result<Self, Error> {
        if requests == 0 || requests > Semaphore::MAX_PERMITS {
            return Err(Error::invalid("max_in_flight", "is out of range", "use 1 or more"));
        }
        self.in_flight = Semaphore::new(requests);
        Ok(self)
    }

    /// Takes answers of at most `bytes`; larger ones fail.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is 0.
    pub fn max_answer_bytes(mut self, bytes: usize) -> Result<Self, Error> {
        if bytes == 0 {
            return Err(Error::invalid("max_answer_bytes", "is zero", "use 1 or more"));
        }
        self.longest_answer = bytes;
        Ok(self)
    }

    async fn exchange(&self, request: Request) -> Result<Response, SendError> {
        // The time of an attempt runs from here on, so not while it waits for its turn.
        let _turn = self.in_flight.acquire().await.map_err(|_| SendError::Unreachable)?;
        let mut answer = self.prepare(&request)?.send().await.map_err(|error| failure(&error))?;
        let retry_after = answer.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + chunk.len() > self.longest_answer {
                return Err(SendError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response::new(answer.status().as_u16(), body).retry_after(retry_after))
    }

    fn prepare(&self, request: &Request) -> Result<reqwest::RequestBuilder, SendError> {
        let method = reqwest::Method::from_bytes(request.method().as_bytes());
        let method = method.map_err(|_| SendError::Unreachable)?;
        let plain = request.url().starts_with("http://");
        let client = if plain { &self.loopback } else { &self.client };
        let mut builder = client.request(method, request.url()).timeout(request.timeout());
        if let Some(authorization) = request.authorization() {
            let value = HeaderValue::from_str(&authorization);
            let mut value = value.map_err(|_| SendError::Unreachable)?;
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        if let Some(body) = request.body() {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_owned());
        }
        Ok(builder)
    }
}

impl Host for NativeHost {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(self.exchange(request))
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    #[expect(clippy::disallowed_methods, reason = "the host is where the wall clock comes from")]
    fn now(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    #[expect(clippy::disallowed_methods, reason = "the host is where randomness comes from")]
    fn random(&self, bytes: &mut [u8]) -> bool {
        getrandom::fill(bytes).is_ok()
    }

    fn keep(&self, state: &str, record: &str) -> bool {
        self.records.keep(state, record);
        true
    }

    fn take(&self, state: &str) -> Option<String> {
        self.records.take(state)
    }
}

/// What a failure of reqwest says about whether the request went out.
fn failure(error: &reqwest::Error) -> SendError {
    if error.is_connect() || error.is_builder() {
        SendError::Unreachable
    } else if error.is_timeout() {
        SendError::TimedOut
    } else {
        SendError::Interrupted
    }
}
