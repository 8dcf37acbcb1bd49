//! What can go wrong: one closed set, named by what the app should do next.

mod code;
mod invalid;
mod message;
mod parts;

use std::time::Duration;

pub use self::{
    code::ErrorCode,
    invalid::Invalid,
    parts::{CallbackProblem, Cause, DataState, Outcome, Quota, SignedOutReason},
};

/// Why a call failed.
///
/// The set is closed, so an app can match it without a fallback arm. Every error answers four
/// questions: what of my data ([`data`](Self::data)), must the user sign in again
/// ([`sign_in_again`](Self::sign_in_again)), is it worth a retry ([`retryable`](Self::retryable)),
/// and did the request take effect ([`outcome`](Self::outcome)). No error carries a token or a
/// stored value.
///
/// ```
/// use secureflows::{DataState, Error, SignedOutReason};
///
/// let error = Error::SignedOut { reason: SignedOutReason::Expired, data: DataState::Intact };
/// assert!(error.sign_in_again());
/// assert_eq!(error.code().as_str(), "signed_out");
/// assert_eq!(error.to_string(), "signed out: the token expired; the data is intact: sign in again");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The session token is dead or was never there: sign the user in again.
    SignedOut {
        /// Why the user is signed out.
        reason: SignedOutReason,
        /// What is known of the stored data.
        data: DataState,
    },
    /// This client is signed out, but the platform could not be told: call `logout` again.
    SignedOutLocally {
        /// Why the platform was not reached.
        cause: Cause,
    },
    /// Somebody else, or nobody known, came back from the re-login; nothing was sent for them
    /// (contract, ruling 14). Show the new user's data and start over.
    UserChanged,
    /// Hosted login, or whoever signs in without pages, brought no token: offer to sign in again.
    LoginRefused {
        /// The machine-readable word of the platform, such as `access_denied`; `declined` when it was
        /// not the platform that refused.
        error: String,
        /// A sentence for a person, where there is one.
        description: Option<String>,
    },
    /// A callback URL was not accepted (contract, ruling 3): start the login again.
    CallbackRefused {
        /// What is wrong with it.
        reason: CallbackProblem,
    },
    /// The workspace is locked for lack of payment: stay signed in, tell the user, try later.
    Locked,
    /// The platform does not allow this call: stay signed in, do something else.
    Forbidden {
        /// The platform's own words, bounded and without tokens.
        detail: String,
    },
    /// A quota of the workspace's plan is used up: never retried; free space or change the plan.
    QuotaExceeded {
        /// Which quota.
        quota: Quota,
        /// The platform's own words, bounded and without tokens.
        detail: String,
    },
    /// Too many requests for now: wait, then retry.
    RateLimited {
        /// How long the platform asks to wait, where it said so.
        retry_after: Option<Duration>,
    },
    /// What was given is not valid; nothing was sent. Mend the named field.
    Invalid(Invalid),
    /// The platform did not accept the request as it was sent: change it before sending it again.
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The platform's own words, bounded and without tokens.
        detail: String,
    },
    /// The stored value is not of the type that was asked for; it is still there, as `get_raw`
    /// shows.
    WrongType {
        /// What was expected and where reading stopped; never the value itself.
        detail: String,
    },
    /// The platform could not be reached or could not answer, and nothing was changed: retry later.
    Unavailable {
        /// What happened.
        cause: Cause,
    },
    /// The request may or may not have taken effect: read before writing again.
    OutcomeUnknown {
        /// What happened.
        cause: Cause,
        /// What is known of the stored data: unknown when it was to be destroyed.
        data: DataState,
    },
}

impl Error {
    /// The name of this kind of error, the same in every language.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::SignedOut { .. } => ErrorCode::SignedOut,
            Self::SignedOutLocally { .. } => ErrorCode::SignedOutLocally,
            Self::UserChanged => ErrorCode::UserChanged,
            Self::LoginRefused { .. } => ErrorCode::LoginRefused,
            Self::CallbackRefused { .. } => ErrorCode::CallbackRefused,
            Self::Locked => ErrorCode::Locked,
            Self::Forbidden { .. } => ErrorCode::Forbidden,
            Self::QuotaExceeded { .. } => ErrorCode::QuotaExceeded,
            Self::RateLimited { .. } => ErrorCode::RateLimited,
            Self::Invalid(_) => ErrorCode::Invalid,
            Self::Rejected { .. } => ErrorCode::Rejected,
            Self::WrongType { .. } => ErrorCode::WrongType,
            Self::Unavailable { .. } => ErrorCode::Unavailable,
            Self::OutcomeUnknown { .. } => ErrorCode::OutcomeUnknown,
        }
    }

    /// What is known of the user's stored data: intact also when this failure left it alone.
    #[must_use]
    pub const fn data(&self) -> DataState {
        match self {
            Self::SignedOut { data, .. } | Self::OutcomeUnknown { data, .. } => *data,
            Self::UserChanged | Self::LoginRefused { .. } | Self::CallbackRefused { .. } => {
                DataState::Unknown
            }
            _ => DataState::Intact,
        }
    }

    /// Whether the user has to sign in (again) before another call can work.
    #[must_use]
    pub const fn sign_in_again(&self) -> bool {
        matches!(self, Self::SignedOut { .. })
    }

    /// Whether the same call may be made again as it is and has a chance to work.
    ///
    /// [`OutcomeUnknown`](Self::OutcomeUnknown) is not: read first.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        matches!(
            self,
            Self::SignedOutLocally { .. } | Self::RateLimited { .. } | Self::Unavailable { .. }
        )
    }

    /// Whether the request went out, and what became of it there.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Invalid(_) | Self::LoginRefused { .. } | Self::CallbackRefused { .. } => {
                Outcome::NotSent
            }
            Self::SignedOut { reason: SignedOutReason::NeverSignedIn, .. } => Outcome::NotSent,
            // They may have gone out with the token before, and been refused.
            Self::SignedOut { .. }
            | Self::UserChanged
            | Self::Locked
            | Self::Forbidden { .. }
            | Self::QuotaExceeded { .. }
            | Self::RateLimited { .. }
            | Self::Rejected { .. } => Outcome::NoEffect,
            Self::WrongType { .. } => Outcome::Applied,
            Self::Unavailable { cause: Cause::Unreachable }
            | Self::SignedOutLocally { cause: Cause::Unreachable } => Outcome::NotSent,
            Self::Unavailable { .. } => Outcome::NoEffect,
            Self::SignedOutLocally { .. } | Self::OutcomeUnknown { .. } => Outcome::Unknown,
        }
    }

    /// The HTTP status behind this error, where it is not given by the kind alone.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Rejected { status, .. } => Some(*status),
            Self::Unavailable { cause }
            | Self::OutcomeUnknown { cause, .. }
            | Self::SignedOutLocally { cause } => cause.status(),
            _ => None,
        }
    }

    /// The same error with other words of the platform's.
    pub(crate) fn reworded(mut self, reword: impl Fn(&str) -> String) -> Self {
        match &mut self {
            Self::Forbidden { detail }
            | Self::QuotaExceeded { detail, .. }
            | Self::Rejected { detail, .. } => *detail = reword(detail),
            _ => {}
        }
        self
    }

    pub(crate) fn invalid(field: &'static str, problem: &'static str, mend: &'static str) -> Self {
        Self::Invalid(Invalid::new(field, problem, mend))
    }
}

impl std::error::Error for Error {}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<Invalid> for Box<Error> {
    fn from(invalid: Invalid) -> Self {
        Self::new(invalid.into())
    }
}

impl From<Box<Error>> for Error {
    fn from(error: Box<Error>) -> Self {
        *error
    }
}
