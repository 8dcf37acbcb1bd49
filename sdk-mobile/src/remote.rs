//! The core's closed sets, as they are: the compiler holds these lists to the core's own.

use secureflows::{
    CallbackProblem, Cause, DataState, ErrorCode, Outcome, Quota, SignIn, SignedOutReason, Status,
    host::SendError,
};

#[uniffi::remote(Enum)]
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

#[uniffi::remote(Enum)]
pub enum DataState {
    Intact,
    Destroyed,
    Unknown,
}

#[uniffi::remote(Enum)]
pub enum Outcome {
    NotSent,
    NoEffect,
    Applied,
    Unknown,
}

#[uniffi::remote(Enum)]
pub enum SignedOutReason {
    NeverSignedIn,
    ByUser,
    Expired,
    SessionEnded,
    Destroyed,
}

#[uniffi::remote(Enum)]
pub enum CallbackProblem {
    StateMissing,
    StateUnknown,
    StateExpired,
    StateForeign,
    Malformed,
}

#[uniffi::remote(Enum)]
pub enum Quota {
    Sessions,
    Payload,
}

#[uniffi::remote(Enum)]
pub enum Cause {
    Unreachable,
    TimedOut,
    Interrupted,
    AnswerTooLarge,
    RateLimited,
    Refused,
    Server(u16),
    NotThePlatform(u16),
}

#[uniffi::remote(Enum)]
pub enum SendError {
    Unreachable,
    TimedOut,
    Interrupted,
    TooLarge,
}

#[uniffi::remote(Enum)]
pub enum SignIn {
    Done,
    NotACallback,
}

#[uniffi::remote(Enum)]
pub enum Status {
    SignedOut { reason: SignedOutReason, data: DataState },
    SigningIn,
    SignedIn,
    Locked,
    Expired { reason: SignedOutReason, data: DataState },
}
