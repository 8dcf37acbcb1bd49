//! What errors are made of: closed sets, each with its name in other languages and its words for people.

use std::{borrow::Cow, fmt};

use crate::text::decimal;

/// What is known of the user's stored data (contract §4: intact is never claimed on a guess).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataState {
    /// It is still there.
    Intact,
    /// It is gone for good.
    Destroyed,
    /// The platform's answer does not tell.
    Unknown,
}

impl DataState {
    /// How far the data is known, as other languages spell it, such as `intact`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Destroyed => "destroyed",
            Self::Unknown => "unknown",
        }
    }
}

impl DataState {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Destroyed => "destroyed",
            Self::Unknown => "in an unknown state",
        }
    }
}

impl fmt::Display for DataState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// Why the user is signed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignedOutReason {
    /// Nobody has signed in with this client yet.
    NeverSignedIn,
    /// The app signed the user out.
    ByUser,
    /// The token expired, was superseded or logged out elsewhere, or was not accepted.
    Expired,
    /// The session ended: revoked, past its lifetime, or gone.
    SessionEnded,
    /// This client destroyed the session and its data.
    Destroyed,
}

impl SignedOutReason {
    /// The reason as other languages spell it, such as `never_signed_in`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeverSignedIn => "never_signed_in",
            Self::ByUser => "by_user",
            Self::Expired => "expired",
            Self::SessionEnded => "session_ended",
            Self::Destroyed => "destroyed",
        }
    }
}

impl SignedOutReason {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::NeverSignedIn => "nobody has signed in yet",
            Self::ByUser => "the user signed out",
            Self::Expired => "the token expired",
            Self::SessionEnded => "the session ended",
            Self::Destroyed => "the session was destroyed from here",
        }
    }
}

impl fmt::Display for SignedOutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// Whether a request took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nothing went out.
    NotSent,
    /// It may have gone out, and changed nothing.
    NoEffect,
    /// The platform did what was asked; the failure came after.
    Applied,
    /// It may have taken effect.
    Unknown,
}

impl Outcome {
    /// The outcome as other languages spell it, such as `not_sent`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::NoEffect => "no_effect",
            Self::Applied => "applied",
            Self::Unknown => "unknown",
        }
    }
}

/// Which quota of the workspace's plan is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quota {
    /// The number of sessions that may be active at once (`BILLING_SESSION_LIMIT`).
    Sessions,
    /// The size of one user's data (`BILLING_PAYLOAD_LIMIT`).
    Payload,
}

impl Quota {
    /// The quota as other languages spell it, such as `payload`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Payload => "payload",
        }
    }
}

impl Quota {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Sessions => "the plan's number of sessions is",
            Self::Payload => "the plan's space for this user is",
        }
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// Why an answer is missing or useless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// No connection could be made: no byte of the request went out.
    Unreachable,
    /// No answer came in time.
    TimedOut,
    /// The connection broke on the way.
    Interrupted,
    /// The answer is larger than the client takes.
    AnswerTooLarge,
    /// Too many requests, for longer than the client waits.
    RateLimited,
    /// Whoever answered did not accept the request.
    Refused,
    /// The platform failed with this 5xx status.
    Server(u16),
    /// The answer, of this status, is not one of the platform: a proxy's page, a cut or foreign
    /// body.
    NotThePlatform(u16),
}

impl Cause {
    /// The cause as other languages spell it, such as `timed_out`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Interrupted => "interrupted",
            Self::AnswerTooLarge => "answer_too_large",
            Self::RateLimited => "rate_limited",
            Self::Refused => "refused",
            Self::Server(_) => "server",
            Self::NotThePlatform(_) => "not_the_platform",
        }
    }

    pub(super) const fn status(self) -> Option<u16> {
        match self {
            Self::Server(status) | Self::NotThePlatform(status) => Some(status),
            _ => None,
        }
    }
}

impl Cause {
    pub(super) fn words(self) -> Cow<'static, str> {
        let with_status =
            |words: &str, status: u16| [words, &decimal(status.into())].concat().into();
        match self {
            Self::Unreachable => "no connection".into(),
            Self::TimedOut => "no answer in time".into(),
            Self::Interrupted => "the connection broke".into(),
            Self::AnswerTooLarge => "the answer was too large".into(),
            Self::RateLimited => "too many requests".into(),
            Self::Refused => "the request was refused".into(),
            Self::Server(status) => with_status("status ", status),
            Self::NotThePlatform(status) => {
                with_status("an answer that is not the platform's, status ", status)
            }
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

/// What is wrong with a callback URL (contract, ruling 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallbackProblem {
    /// It carries no `state`.
    StateMissing,
    /// Its `state` is not of this client's making, was used already, or its record is lost.
    StateUnknown,
    /// The login took longer than ten minutes.
    StateExpired,
    /// The login was begun for another origin, workspace, application or redirect URI.
    StateForeign,
    /// It carries a parameter twice, or neither a token nor an error, or a token that cannot be one.
    Malformed,
}

impl CallbackProblem {
    /// The problem as other languages spell it, such as `state_missing`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StateMissing => "state_missing",
            Self::StateUnknown => "state_unknown",
            Self::StateExpired => "state_expired",
            Self::StateForeign => "state_foreign",
            Self::Malformed => "malformed",
        }
    }
}

impl CallbackProblem {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::StateMissing => "it carries no state",
            Self::StateUnknown => "its state is unknown or was used already",
            Self::StateExpired => "the login took longer than ten minutes",
            Self::StateForeign => "the login was begun for another application",
            Self::Malformed => "it is malformed",
        }
    }
}

impl fmt::Display for CallbackProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
