//! The sign-in machine: one user's token through its generations, and the single flight of a
//! re-login. Pure: every interleaving of its events can be played in a plain test.
//!
//! ```text
//!                 begin_login               token arrives
//!  ┌─────────────┐ ─────────▶ ┌───────────┐ ─────────────▶ ┌──────────┐ ─── locked ──▶ ┌────────┐
//!  │  SignedOut  │            │ SigningIn │                │ SignedIn │                │ Locked │
//!  └─────────────┘ ◀───────── └───────────┘                └──────────┘ ◀── success ── └────────┘
//!      ▲      ▲     refused      │     ▲                     │      │                    │  │
//!      │      │                  │     │ begin_login,        │      └── dead answer to ──┘  │
//!      │      │          refused │     │ re-login            │          this generation     │
//!      │      │                  ▼     │                     ▼                              │
//!      │      │               ┌───────────┐ ◀────────────────┘                              │
//!      │      └── sign_out ── │  Expired  │                                                 │
//!      │                      └───────────┘                                                 │
//!      └────────────── sign_out, destroyed ─────────────────────────────────────────────────┘
//! ```
//!
//! Two counters carry the rules. Every token has a **generation**, and only a dead answer to the
//! current one signs out: a late answer to an old token changes nothing. Every user has an **era**:
//! it ends when the user signs out or somebody else, or nobody known, comes back; a call belongs to
//! the era it began in and is never sent in another (contract, ruling 14).

mod machine;
#[cfg(test)]
mod tests;

use std::fmt;

pub use machine::{Admission, Era, Machine, Permit};

use crate::error::{DataState, SignedOutReason};

/// Which token, counted from the first sign-in of a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u64);

/// Which re-login, counted from the first of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FlightId(u64);

/// Whether somebody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Nobody is; no login is under way.
    SignedOut {
        /// Why.
        reason: SignedOutReason,
        /// What is known of the data.
        data: DataState,
    },
    /// A login is under way.
    SigningIn,
    /// Somebody is.
    SignedIn,
    /// Somebody is, but the workspace is locked: the data cannot be reached for now.
    Locked,
    /// Somebody was: the token is dead, and the user has to sign in again.
    Expired {
        /// Why.
        reason: SignedOutReason,
        /// What is known of the data.
        data: DataState,
    },
}

impl Status {
    /// Whether a live token is at hand, locked or not.
    #[must_use]
    pub const fn is_signed_in(self) -> bool {
        matches!(self, Self::SignedIn | Self::Locked)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut { reason, .. } => write!(f, "signed out ({reason})"),
            Self::SigningIn => f.write_str("signing in"),
            Self::SignedIn => f.write_str("signed in"),
            Self::Locked => f.write_str("signed in, the workspace is locked"),
            Self::Expired { reason, data } => {
                write!(f, "sign in again ({reason}; the data is {data})")
            }
        }
    }
}

/// A change that an app can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// The status is another one.
    Status(Status),
    /// Somebody else, or nobody known, is signed in: what was read before is not theirs.
    UserChanged,
}
