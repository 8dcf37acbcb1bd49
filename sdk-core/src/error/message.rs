//! The sentences of the errors.

use std::fmt;

use super::Error;
use crate::text::decimal;

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
                ["the login ended with `", error, "`", open, text, close, ": sign in again"]
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
