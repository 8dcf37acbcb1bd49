//! What can go wrong: one closed set, named by what the app should do next.

use std::{borrow::Cow, fmt, time::Duration};

use crate::text::decimal;

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
    /// Hosted login ended without a token: offer to sign in again.
    LoginRefused {
        /// The machine-readable word of the platform, such as `access_denied`.
        error: String,
        /// A sentence for a person, where the platform gave one.
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

    pub(crate) const fn invalid(
        field: &'static str,
        problem: &'static str,
        mend: &'static str,
    ) -> Self {
        Self::Invalid(Invalid { field, problem: Cow::Borrowed(problem), mend })
    }
}

impl Error {
    /// The sentence that stands for this error, made without the formatting machinery: a browser would
    /// have to load that.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::SignedOut { reason, data } => {
                ["signed out: ", reason.words(), "; the data is ", data.words(), ": sign in again"]
                    .concat()
            }
            Self::SignedOutLocally { cause } => [
                "signed out here, but the platform was not told (",
                &cause.words(),
                "): call logout again",
            ]
            .concat(),
            Self::UserChanged => "another user signed in: nothing was sent for them".to_owned(),
            Self::LoginRefused { error, description } => {
                let (open, text, close) =
                    description.as_deref().map_or(("", "", ""), |text| (" (", text, ")"));
                ["hosted login ended with `", error, "`", open, text, close, ": sign in again"]
                    .concat()
            }
            Self::CallbackRefused { reason } => {
                ["the login callback was refused: ", reason.words(), ": start the login again"]
                    .concat()
            }
            Self::Locked => {
                "the workspace is locked after its paid period ended: the user stays signed in"
                    .to_owned()
            }
            Self::Forbidden { detail } => ["the platform does not allow this: ", detail].concat(),
            Self::QuotaExceeded { quota, detail } => [quota.words(), " used up: ", detail].concat(),
            Self::RateLimited { retry_after: Some(wait) } => {
                ["too many requests: retry after ", &decimal(wait.as_secs()), " s"].concat()
            }
            Self::RateLimited { retry_after: None } => "too many requests: retry later".to_owned(),
            Self::Invalid(invalid) => invalid.message(),
            Self::Rejected { status, detail } => {
                let status = decimal((*status).into());
                ["the platform did not accept the request (", &status, "): ", detail].concat()
            }
            Self::WrongType { detail } => {
                ["the stored value has another type: ", detail, "; read it with get_raw"].concat()
            }
            Self::Unavailable { cause } => [
                "the platform did not answer (",
                &cause.words(),
                "); nothing was changed: retry later",
            ]
            .concat(),
            Self::OutcomeUnknown { cause, .. } => [
                "the request may have taken effect (",
                &cause.words(),
                "): read before writing again",
            ]
            .concat(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Error {}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

/// The closed set of error names, the same in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is documented at the variant of `Error` of the same name")]
pub enum ErrorCode {
    SignedOut,
    SignedOutLocally,
    UserChanged,
    LoginRefused,
    CallbackRefused,
    Locked,
    Forbidden,
    QuotaExceeded,
    RateLimited,
    Invalid,
    Rejected,
    WrongType,
    Unavailable,
    OutcomeUnknown,
}

impl ErrorCode {
    /// The name as other languages spell it, such as `signed_out`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::SignedOutLocally => "signed_out_locally",
            Self::UserChanged => "user_changed",
            Self::LoginRefused => "login_refused",
            Self::CallbackRefused => "callback_refused",
            Self::Locked => "locked",
            Self::Forbidden => "forbidden",
            Self::QuotaExceeded => "quota_exceeded",
            Self::RateLimited => "rate_limited",
            Self::Invalid => "invalid",
            Self::Rejected => "rejected",
            Self::WrongType => "wrong_type",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
        }
    }
}

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
    const fn words(self) -> &'static str {
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
    const fn words(self) -> &'static str {
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
    const fn words(self) -> &'static str {
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

    const fn status(self) -> Option<u16> {
        match self {
            Self::Server(status) | Self::NotThePlatform(status) => Some(status),
            _ => None,
        }
    }
}

impl Cause {
    fn words(self) -> Cow<'static, str> {
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
    const fn words(self) -> &'static str {
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

/// An argument or setting that cannot be used: which, why, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    pub(crate) field: &'static str,
    pub(crate) problem: Cow<'static, str>,
    pub(crate) mend: &'static str,
}

impl Invalid {
    /// The field, argument or setting, such as `redirect_uri`.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What to do about it.
    #[must_use]
    pub const fn mend(&self) -> &'static str {
        self.mend
    }
}

impl Invalid {
    fn message(&self) -> String {
        ["`", self.field, "` ", &self.problem, ": ", self.mend].concat()
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Invalid {}
