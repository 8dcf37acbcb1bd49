//! The names of the errors.

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
