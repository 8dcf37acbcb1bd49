//! What can go wrong, with the core's answers as fields.

use std::fmt;

use secureflows::{
    CallbackProblem, Cause, DataState, Error, ErrorCode, Outcome, Quota, SignedOutReason,
};

/// Why a call failed.
#[derive(Debug, uniffi::Error)]
pub enum Failure {
    /// As the core says.
    Failed {
        /// All that it says.
        info: FailureInfo,
    },
    /// The app gave the call up, and it has changed nothing.
    Cancelled,
}

/// The core's error: its name, its four answers, and what belongs to the kind.
#[derive(Clone, Debug, uniffi::Record)]
pub struct FailureInfo {
    /// The name of this kind of error, the same in every language.
    pub code: ErrorCode,
    /// What is known of the user's stored data.
    pub data: DataState,
    /// Whether the user has to sign in before another call can work.
    pub sign_in_again: bool,
    /// Whether the same call may be made again as it is.
    pub retryable: bool,
    /// Whether the request went out, and what became of it.
    pub outcome: Outcome,
    /// A sentence for developers and logs: no token, no stored value.
    pub text: String,
    /// The platform's own words, or where reading stopped.
    pub detail: Option<String>,
    /// Why the user is signed out.
    pub signed_out: Option<SignedOutReason>,
    /// How a login ended without a token: the platform's word, `user_cancelled` or `declined`.
    pub login: Option<String>,
    /// What is wrong with a callback.
    pub callback: Option<CallbackProblem>,
    /// Which quota is used up.
    pub quota: Option<Quota>,
    /// Why an answer is missing or useless.
    pub cause: Option<Cause>,
    /// The HTTP status, where the code alone does not give it.
    pub status: Option<u16>,
    /// How long the platform asks to wait.
    pub retry_after_milliseconds: Option<u64>,
    /// The field that is not valid.
    pub field: Option<String>,
    /// What to do about it.
    pub mend: Option<String>,
}

impl From<Error> for FailureInfo {
    fn from(error: Error) -> Self {
        let mut info = Self {
            code: error.code(),
            data: error.data(),
            sign_in_again: error.sign_in_again(),
            retryable: error.retryable(),
            outcome: error.outcome(),
            text: error.to_string(),
            status: error.status(),
            detail: None,
            signed_out: None,
            login: None,
            callback: None,
            quota: None,
            cause: None,
            retry_after_milliseconds: None,
            field: None,
            mend: None,
        };
        match error {
            Error::SignedOut { reason, .. } => info.signed_out = Some(reason),
            Error::LoginRefused { error, description } => {
                (info.login, info.detail) = (Some(error), description);
            }
            Error::CallbackRefused { reason } => info.callback = Some(reason),
            Error::QuotaExceeded { quota, detail } => {
                (info.quota, info.detail) = (Some(quota), Some(detail));
            }
            Error::Forbidden { detail }
            | Error::Rejected { detail, .. }
            | Error::WrongType { detail } => info.detail = Some(detail),
            Error::RateLimited { retry_after } => {
                let wait = retry_after.map(|wait| u64::try_from(wait.as_millis()));
                info.retry_after_milliseconds = wait.and_then(Result::ok);
            }
            Error::Invalid(invalid) => {
                info.field = Some(invalid.field().to_owned());
                info.mend = Some(invalid.mend().to_owned());
            }
            Error::SignedOutLocally { cause }
            | Error::Unavailable { cause }
            | Error::OutcomeUnknown { cause, .. } => info.cause = Some(cause),
            Error::UserChanged | Error::Locked => {}
        }
        info
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed { info: error.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { info } => f.write_str(&info.text),
            Self::Cancelled => f.write_str("the app gave the call up, and it has changed nothing"),
        }
    }
}

impl std::error::Error for Failure {}

/// Foreign code failed where it should not.
#[derive(Debug, uniffi::Error)]
pub enum HostFailure {
    /// It said so, or it threw something that nobody expects.
    Failed {
        /// What it says of itself.
        reason: String,
    },
}

impl fmt::Display for HostFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Failed { reason } = self;
        f.write_str(reason)
    }
}

impl std::error::Error for HostFailure {}

/// Its own words are left out: what the app's code throws may quote a URL, and a token in it.
impl From<uniffi::UnexpectedUniFFICallbackError> for HostFailure {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { reason: "the app's code threw an error of its own".to_owned() }
    }
}
