//! The scenarios of `scenarios.md`, on the Rust client.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a scenario ends where it fails")]

mod again;
mod data;
mod dead;
mod out;
mod secret;
mod sign_in;
mod wire;

use secureflows::{CallbackProblem, DataState, Error, SignedOutReason};

/// Signed out for `reason`, with the data in this state.
const fn signed_out(reason: SignedOutReason, data: DataState) -> Error {
    Error::SignedOut { reason, data }
}

/// Signed out since the token is no good, with the data intact.
const EXPIRED: Error = signed_out(SignedOutReason::Expired, DataState::Intact);
/// Signed out since the session is gone, and the data who knows where.
const ENDED: Error = signed_out(SignedOutReason::SessionEnded, DataState::Unknown);

const fn callback_refused(reason: CallbackProblem) -> Error {
    Error::CallbackRefused { reason }
}
