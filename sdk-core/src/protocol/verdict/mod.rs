//! What an answer of the platform means (contract §4 and ruling 2).
//!
//! This is the one place that knows the statuses, and the only one that can say [`Dead`]: that the
//! token of one generation is good for nothing any more.

mod accepted;
mod refusal;

use std::{fmt, time::Duration};

pub use accepted::{Accepted, Identity};

use crate::{
    error::{Cause, DataState, Error, Quota, SignedOutReason},
    protocol::{
        call::{Answer, Auth, Endpoint},
        session::Generation,
    },
};
use refusal::Refusal;

/// An answer as it came from the wire.
#[derive(Clone, Copy)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// How long the platform asks to wait, where it does: see [`retry_after`](super::retry::retry_after).
    pub retry_after: Option<Duration>,
    /// The body, as it came.
    pub body: &'a [u8],
}

/// Shows the status and the size, never the body.
impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}, {} bytes", self.status, self.body.len())
    }
}

/// What an answer means to the client.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It worked.
    Accepted(Accepted),
    /// Nothing was ever written under this key: no error.
    Absent,
    /// The session token that was sent is dead: the user is signed out.
    Dead(Dead),
    /// The platform said no; the user stays signed in.
    Refused(Error),
    /// Too many requests; repeated after the wait.
    RateLimited(Option<Duration>),
    /// No useful answer; it says nothing about the user's session.
    Transient(Cause),
}

/// The proof that the token of one generation is dead. Only a verdict can make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dead {
    generation: Generation,
    reason: SignedOutReason,
    data: DataState,
}

impl Dead {
    /// The generation of the token that was sent.
    #[must_use]
    pub const fn generation(self) -> Generation {
        self.generation
    }

    /// Why it is dead.
    #[must_use]
    pub const fn reason(self) -> SignedOutReason {
        self.reason
    }

    /// What is known of the data.
    #[must_use]
    pub const fn data(self) -> DataState {
        self.data
    }
}

/// Judges the answer to a request to `endpoint` that carried the token of generation `sent`.
///
/// ```
/// use secureflows::protocol::{call, session::Generation, verdict::{judge, Reply, Verdict}};
///
/// let body = br#"{"status":410,"error":"Session token expired"}"#;
/// let reply = Reply { status: 410, retry_after: None, body };
/// assert!(matches!(judge(&call::READ, Generation::default(), reply), Verdict::Dead(_)));
/// ```
#[must_use]
pub fn judge(endpoint: &Endpoint, sent: Generation, reply: Reply<'_>) -> Verdict {
    let text = std::str::from_utf8(reply.body).ok();
    match reply.status {
        200 => match text.and_then(|text| Accepted::read(endpoint.answer, text)) {
            Some(accepted) => Verdict::Accepted(accepted),
            None => Verdict::Transient(Cause::NotThePlatform(200)),
        },
        #[cfg(feature = "management")]
        204 if endpoint.answer == Answer::Nothing => Verdict::Accepted(Accepted::Nothing),
        status @ (500 | 502..=599) => Verdict::Transient(Cause::Server(status)),
        status => judge_refusal(endpoint, sent, status, &Refusal::read(text), reply.retry_after),
    }
}

/// Whether a backend that answers with `status` did not accept the bearer token. Whether the token is
/// dead, only the platform can say.
pub(crate) const fn refuses_the_bearer(status: u16) -> bool {
    status == 401
}

fn judge_refusal(
    endpoint: &Endpoint,
    sent: Generation,
    status: u16,
    refusal: &Refusal<'_>,
    retry_after: Option<Duration>,
) -> Verdict {
    const EXPIRED: (SignedOutReason, DataState) = (SignedOutReason::Expired, DataState::Intact);
    const ENDED: (SignedOutReason, DataState) = (SignedOutReason::SessionEnded, DataState::Unknown);
    let detail = refusal.detail();
    let (reason, data) = match status {
        #[cfg(feature = "management")]
        409 if refusal.code() == Some("BILLING_DOWNGRADE_BLOCKED") => {
            return match refusal.details() {
                Some(text) => Verdict::Accepted(Accepted::Blocked(text)),
                None => Verdict::Refused(Error::Rejected { status, detail }),
            };
        }
        // An operator's token has no session behind it. Profile `published` says so of a `set` on a session
        // that is gone (ruling 2).
        401 if endpoint.auth != Auth::User && refusal.is_about_the_session() => ENDED,
        401 => EXPIRED,
        410 if refusal.is_about_the_token() => EXPIRED,
        410 => ENDED,
        403 if refusal.code() == Some("BILLING_GRACE_LOCK") => {
            return Verdict::Refused(Error::Locked);
        }
        403 if endpoint.auth == Auth::Session && refusal.is_access_denied() => EXPIRED,
        403 => return Verdict::Refused(Error::Forbidden { detail }),
        404 if refusal.is_foreign() => return Verdict::Transient(Cause::NotThePlatform(status)),
        404 if endpoint.answer == Answer::Value => return Verdict::Absent,
        404 => ENDED,
        429 => {
            let quota = match refusal.code() {
                Some("BILLING_SESSION_LIMIT") => Quota::Sessions,
                Some("BILLING_PAYLOAD_LIMIT") => Quota::Payload,
                _ => return Verdict::RateLimited(retry_after),
            };
            return Verdict::Refused(Error::QuotaExceeded { quota, detail });
        }
        // Anything but a refusal or a success is a stranger on the line: redirects above all.
        400..=499 | 501 => return Verdict::Refused(Error::Rejected { status, detail }),
        _ => return Verdict::Transient(Cause::NotThePlatform(status)),
    };
    // Other credentials are refused like any request; of an operator's, only this is known to be of the token.
    let token_is_dead = match endpoint.auth {
        Auth::Session => true,
        Auth::User => status == 401,
        Auth::Identity | Auth::Public => false,
    };
    match token_is_dead {
        true => Verdict::Dead(Dead { generation: sent, reason, data }),
        false => Verdict::Refused(Error::Rejected { status, detail }),
    }
}

#[cfg(all(test, feature = "management"))]
mod tests;
