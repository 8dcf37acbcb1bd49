//! What an app may set about repeats.

use std::time::Duration;

use crate::error::Error;

/// How a client repeats calls that failed in passing.
///
/// ```
/// use std::time::Duration;
/// use secureflows::RetryPolicy;
///
/// let policy = RetryPolicy::new()
///     .attempts(5)
///     .longest_wait(Duration::from_secs(30))
///     .repeat_writes_in_doubt(false);
/// # let _ = policy;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    pub(super) attempts: u32,
    pub(super) longest_wait: Duration,
    pub(super) repeat_in_doubt: bool,
    budget: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            longest_wait: Duration::from_secs(10),
            repeat_in_doubt: true,
            budget: 50,
        }
    }
}

impl RetryPolicy {
    /// Three attempts, waits of at most ten seconds, a budget of fifty repeats.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// No call goes out twice.
    #[must_use]
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    /// How often one call goes out at most, the first time included; 3 by default.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The longest wait between two attempts; 10 seconds by default. When the platform asks for
    /// more (`Retry-After`), the call fails instead, and its error says how long.
    #[must_use]
    pub const fn longest_wait(mut self, time: Duration) -> Self {
        self.longest_wait = time;
        self
    }

    /// Whether `set` and `delete` are repeated when nobody knows whether the first one took effect
    /// (a timeout, a cut connection, `502` `503` `504`); they are by default.
    ///
    /// Repeated, a write reaches the platform with far more certainty. But when the first one did
    /// take effect and another device wrote to the same key since, the second overwrites what it
    /// wrote. Switched off, such a call ends with [`Error::OutcomeUnknown`] at once: read, then
    /// decide.
    #[must_use]
    pub const fn repeat_writes_in_doubt(mut self, repeat: bool) -> Self {
        self.repeat_in_doubt = repeat;
        self
    }

    /// How many repeats a client has in reserve, for all its calls together; 50 by default, and
    /// every ten calls that work earn one back. A client whose reserve is used up, as in a long
    /// outage, sends each call once.
    #[must_use]
    pub const fn budget(mut self, repeats: u32) -> Self {
        self.budget = repeats;
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.attempts == 0 {
            return Err(Error::invalid("retry", "allows no attempt at all", "use 1 or more"));
        }
        Ok(())
    }

    pub(crate) fn new_budget(&self) -> super::Budget {
        super::Budget::new(self.budget)
    }
}
