//! What the crate tells `tracing`, and the only place that does: one function for each thing told,
//! none of which takes anything that may hold a token, a key, a value or a query string.
//!
//! A call is the span `call` with its `method` and its `path`, such as `/sessions/get/{key}`. Without the
//! feature `tracing` all of this is nothing.

use std::time::Duration;

use crate::{
    error::{Cause, ErrorCode},
    protocol::{call::Endpoint, session::Change},
};

/// Does nothing where the feature is off, and works out no argument.
macro_rules! tell {
    ($level:ident, $($field:ident = $value:expr,)* $text:literal) => {
        #[cfg(feature = "tracing")]
        tracing::$level!(target: "secureflows", $($field = $value,)* $text);
        #[cfg(not(feature = "tracing"))]
        let _ = || ($($value,)*);
    };
}

/// `future` as the call of `endpoint`.
pub(crate) fn in_call<F: Future>(
    endpoint: &'static Endpoint,
    future: F,
) -> impl Future<Output = F::Output> {
    in_span(endpoint.method.as_str(), endpoint.path, future)
}

/// `future` as a call to one of the app's own backends.
pub(crate) fn in_fetch<F: Future>(
    method: &'static str,
    future: F,
) -> impl Future<Output = F::Output> {
    in_span(method, "a backend", future)
}

#[cfg(feature = "tracing")]
fn in_span<F: Future>(
    method: &'static str,
    path: &'static str,
    future: F,
) -> impl Future<Output = F::Output> {
    let span = tracing::debug_span!(target: "secureflows", "call", method, path);
    tracing::Instrument::instrument(future, span)
}

/// The future as it is: an `async fn` around it would be another state machine.
#[cfg(not(feature = "tracing"))]
const fn in_span<F>(_: &'static str, _: &'static str, future: F) -> F {
    future
}

pub(crate) fn sending(attempt: u32) {
    tell!(trace, attempt = attempt, "sending");
}

pub(crate) fn answered(status: u16, bytes: usize) {
    tell!(trace, status = status, bytes = bytes, "answered");
}

pub(crate) fn no_answer(cause: Cause) {
    tell!(debug, cause = cause.to_string(), "no answer");
}

pub(crate) fn retrying(attempt: u32, cause: Cause, wait: Duration) {
    let wait_ms = wait.as_millis();
    tell!(
        debug,
        attempt = attempt,
        cause = cause.to_string(),
        wait_ms = wait_ms,
        "failed in passing, trying again"
    );
}

pub(crate) fn retries_spent(cause: Cause) {
    tell!(warn, cause = cause.to_string(), "failed in passing, and no repeats are left");
}

pub(crate) fn in_doubt(cause: Cause) {
    tell!(warn, cause = cause.to_string(), "given up, though the request may have taken effect");
}

pub(crate) fn failed(code: ErrorCode) {
    tell!(debug, code = code.as_str(), "failed");
}

pub(crate) fn changed(change: Change) {
    match change {
        Change::Status(status) => {
            tell!(info, status = status.to_string(), "the sign-in changed");
        }
        Change::UserChanged => {
            tell!(info, "another user signed in");
        }
    }
}

pub(crate) fn waiting_for_login() {
    tell!(debug, "the token is dead, waiting for the re-login");
}

pub(crate) fn login_failed(code: ErrorCode) {
    tell!(info, code = code.as_str(), "the re-login brought no token");
}
