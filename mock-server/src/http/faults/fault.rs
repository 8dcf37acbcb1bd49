//! A fault, as it is described.

use std::{fmt, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What shall go wrong, at which calls.
///
/// It strikes the next call of its operation, or as many as [`times`](Self::times) says, after as many as
/// [`skip`](Self::skip) says, of everybody or of one [`user`](Self::user). One call is struck by one fault:
/// of several that are due it is the one that was laid first.
///
/// ```
/// use secureflows_mock::Fault;
/// use std::time::Duration;
///
/// // The second and third write of Ada's are stored, and the answers to them lost.
/// let lost = Fault::cut_after_commit("sessions.set").user("ada@example.com").skip(1).times(2);
/// // The edge is busy for a while.
/// let busy = Fault::rate_limit("sessions.get", Duration::from_secs(3));
/// # let _ = (lost, busy);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    pub(crate) operation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    #[serde(default)]
    pub(crate) skip: u32,
    #[serde(default = "once")]
    pub(crate) times: u32,
    #[serde(default)]
    pub(crate) delay_ms: u64,
    pub(crate) effect: Effect,
}

/// What a fault does to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[non_exhaustive]
pub enum Effect {
    /// An error in the platform's own body; the operation does not run.
    Status {
        /// 400 to 599.
        status: u16,
        /// The text; the platform's usual one for the status unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// The code; none unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// `Retry-After` in seconds; none unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    },
    /// Nothing but the delay.
    Latency,
    /// The connection is cut; the operation does not run.
    Cut,
    /// The operation runs and is committed; then the connection is cut.
    CutAfterCommit,
    /// The operation runs; of its answer's body only the first half comes, then the connection is cut.
    Truncated,
    /// A gateway's page in place of JSON; the operation does not run.
    Html {
        /// 200 to 599.
        status: u16,
    },
    /// Whatever needs the key that seals payloads is refused with `503`, and nothing is stored.
    KeyServiceDown,
    /// Whatever leaves an event in the audit trail is refused with `503`, and nothing is changed or shown.
    AuditDown,
}

/// The number of a fault in its world, counted from 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct FaultId(pub u64);

impl Fault {
    /// What `effect` does, once, to the next call of `operation`, by any user. The operation `*` is every
    /// operation.
    pub fn new(operation: impl Into<String>, effect: Effect) -> Self {
        Self { operation: operation.into(), user: None, skip: 0, times: 1, delay_ms: 0, effect }
    }

    /// An error of this status in the platform's own body.
    pub fn status(operation: impl Into<String>, status: u16) -> Self {
        let (error, code, retry_after) = (None, None, None);
        Self::new(operation, Effect::Status { status, error, code, retry_after })
    }

    /// The edge's rate limit: `429` without a code, with `Retry-After` in whole seconds.
    pub fn rate_limit(operation: impl Into<String>, retry_after: Duration) -> Self {
        let (error, code, retry_after) = (None, None, Some(retry_after.as_secs()));
        Self::new(operation, Effect::Status { status: 429, error, code, retry_after })
    }

    /// A quota that is used up, or any other error with a code, such as `429` and `BILLING_SESSION_LIMIT`.
    pub fn code(operation: impl Into<String>, status: u16, code: impl Into<String>) -> Self {
        let (error, code, retry_after) = (None, Some(code.into()), None);
        Self::new(operation, Effect::Status { status, error, code, retry_after })
    }

    /// The operation runs as ever, but `by` later. The wait is tokio's: on a paused runtime it takes no time.
    pub fn latency(operation: impl Into<String>, by: Duration) -> Self {
        Self::new(operation, Effect::Latency).delayed(by)
    }

    /// The connection is cut before the operation runs.
    pub fn cut(operation: impl Into<String>) -> Self {
        Self::new(operation, Effect::Cut)
    }

    /// The operation runs and is committed, then the answer is lost.
    pub fn cut_after_commit(operation: impl Into<String>) -> Self {
        Self::new(operation, Effect::CutAfterCommit)
    }

    /// The operation runs, then its answer breaks off in the middle of the body.
    pub fn truncated(operation: impl Into<String>) -> Self {
        Self::new(operation, Effect::Truncated)
    }

    /// A gateway's page in place of JSON, with status 200 or an error's.
    pub fn html(operation: impl Into<String>, status: u16) -> Self {
        Self::new(operation, Effect::Html { status })
    }

    /// The service that unwraps keys is down for an operation that needs payloads, or for all that do (`*`).
    pub fn key_service_down(operation: impl Into<String>) -> Self {
        Self::new(operation, Effect::KeyServiceDown)
    }

    /// The audit trail cannot be written by an operation that leaves an event, or by any that does (`*`).
    pub fn audit_down(operation: impl Into<String>) -> Self {
        Self::new(operation, Effect::AuditDown)
    }

    /// Waits for the calls of this user only: an e-mail, or a user's number.
    #[must_use]
    pub fn user(self, user: impl Into<String>) -> Self {
        Self { user: Some(user.into()), ..self }
    }

    /// Lets so many calls pass first.
    #[must_use]
    pub fn skip(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    /// Strikes so many calls, one after the other.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// Makes the call wait before anything else happens to it.
    #[must_use]
    pub fn delayed(self, by: Duration) -> Self {
        Self { delay_ms: u64::try_from(by.as_millis()).unwrap_or(u64::MAX), ..self }
    }
}

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn once() -> u32 {
    1
}
