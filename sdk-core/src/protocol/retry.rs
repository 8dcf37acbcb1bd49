//! What is repeated, when, and how long it waits.
//!
//! | the request | no connection, edge `429` | timeout, cut, `502` `503` `504` | anything else |
//! | --- | --- | --- | --- |
//! | reads, logout, `get-or-create`, renewal | yes | yes | no |
//! | `set`, `delete` | yes | as [`RetryPolicy::repeat_writes_in_doubt`] says, yes by default | no |
//! | `revoke`, `POST /sessions` | no | no | no |
//!
//! A `429` with a billing code is a quota: it is no failure that passes, and never gets here.
//! Repeats are paid from a [`Budget`] that a whole client shares, so that an outage is not answered
//! with several times the usual load.

mod budget;
mod policy;

use std::time::Duration;

pub use budget::Budget;
pub use policy::RetryPolicy;

use crate::{error::Cause, text::number};

/// The longest first wait; it doubles with every attempt.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Whether a request may be repeated when its outcome is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It changes nothing.
    Read,
    /// It changes something, and a second one does no harm, whatever happens between the two.
    Idempotent,
    /// It leaves the same value behind however often it is done; but a second one can overwrite
    /// what somebody else wrote between the two.
    AbsoluteWrite,
    /// It must not go out twice.
    Never,
}

/// An attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why; the edge's rate limit is [`Cause::RateLimited`].
    pub cause: Cause,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// How long the platform asks to wait, where it does.
    pub asked: Option<Duration>,
}

/// How long to wait before the next attempt, or `None` when there is none.
///
/// `chance` is 32 random bits: the wait is drawn between nothing and a bound that doubles (full
/// jitter), and is at least what the platform asks for.
///
/// ```
/// use secureflows::{Cause, RetryPolicy};
/// use secureflows::protocol::retry::{Failure, Repeat, next_wait};
///
/// let failure = Failure { cause: Cause::Server(503), attempt: 1, asked: None };
/// let policy = RetryPolicy::new();
/// assert!(next_wait(&policy, Repeat::Read, failure, 0).is_some());
/// assert!(next_wait(&policy, Repeat::Never, failure, 0).is_none());
/// ```
#[must_use]
pub fn next_wait(
    policy: &RetryPolicy,
    repeat: Repeat,
    failure: Failure,
    chance: u32,
) -> Option<Duration> {
    let Failure { cause, attempt, asked } = failure;
    if attempt >= policy.attempts || !is_repeated(policy, repeat, cause) {
        return None;
    }
    let asked = asked.unwrap_or_default();
    if asked > policy.longest_wait {
        return None;
    }
    let bound = FIRST_WAIT.saturating_mul(1 << attempt.saturating_sub(1).min(16));
    // Less than four hours: so much of it as of 32 bits.
    let jitter = (u64::from(chance) * bound.as_millis() as u64) / u64::from(u32::MAX);
    let jitter = Duration::from_millis(jitter);
    Some(asked.saturating_add(jitter).min(policy.longest_wait))
}

/// The table above.
fn is_repeated(policy: &RetryPolicy, repeat: Repeat, cause: Cause) -> bool {
    let surely_undone = matches!(cause, Cause::Unreachable | Cause::RateLimited);
    let passes_by_itself = surely_undone
        || matches!(cause, Cause::TimedOut | Cause::Interrupted | Cause::Server(502..=504));
    match repeat {
        Repeat::Read | Repeat::Idempotent => passes_by_itself,
        Repeat::AbsoluteWrite => passes_by_itself && (surely_undone || policy.repeat_in_doubt),
        Repeat::Never => false,
    }
}

/// The wait that a `Retry-After` header asks for at `now` (milliseconds since 1970): seconds, or an
/// HTTP date (with the feature `http-date`); `None` for anything else.
///
/// A date is measured against this device's clock, and one that has passed asks for nothing.
#[must_use]
pub fn retry_after(header: &str, now: u64) -> Option<Duration> {
    let header = header.trim_ascii();
    match number(header) {
        Some(seconds) => Some(Duration::from_secs(seconds)),
        None => date_after(header, now),
    }
}

#[cfg(feature = "http-date")]
fn date_after(header: &str, now: u64) -> Option<Duration> {
    let date = httpdate::parse_http_date(header).ok()?;
    let since_1970 = date.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Some(since_1970.saturating_sub(Duration::from_millis(now)))
}

#[cfg(not(feature = "http-date"))]
const fn date_after(_: &str, _: u64) -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests;
