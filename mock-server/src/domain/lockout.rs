//! Guessing passwords: after some failures in a row an e-mail is closed for a while.
//!
//! Failures are counted for a text, whether or not somebody has that e-mail, so that neither the count nor
//! the lock tells who has an account.

use std::time::Duration;

use jiff::Timestamp;

use super::lifetime::later;

/// So many failures in a row close an e-mail.
pub(super) const MAX_FAILURES: u32 = 10;

/// For so long it stays closed; so long after the last one, failures are forgotten too.
pub(super) const LOCKOUT: Duration = Duration::from_secs(15 * 60);

/// Failed attempts for one e-mail.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attempts {
    failures: u32,
    /// When the count begins anew.
    until: Option<Timestamp>,
}

impl Attempts {
    /// Counts an attempt as failed before its password is looked at, so that attempts at the same time are
    /// no way around the count. When it is closed: until when.
    pub(crate) fn begin(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        if self.is_over(now) {
            *self = Self::default();
        }
        if let Some(until) = self.until.filter(|_| self.failures >= MAX_FAILURES) {
            return Err(until);
        }
        self.failures += 1;
        self.until = Some(later(now, LOCKOUT));
        Ok(())
    }

    /// The password was right.
    pub(crate) fn succeed(&mut self) {
        *self = Self::default();
    }

    /// Whether there is nothing to remember any more.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(minutes * 60).unwrap()
    }

    #[test]
    fn ten_failures_close_for_a_quarter_of_an_hour() {
        let mut attempts = Attempts::default();
        for _ in 0..10 {
            assert_eq!(attempts.begin(at(0)), Ok(()));
        }
        assert_eq!(attempts.begin(at(14)), Err(at(15)), "and trying on does not prolong it");
        assert_eq!(attempts.begin(at(15)), Ok(()));
        assert_eq!(attempts.failures, 1);
    }

    #[test]
    fn a_success_and_a_pause_begin_the_count_anew() {
        let mut attempts = Attempts::default();
        for _ in 0..9 {
            assert!(attempts.begin(at(0)).is_ok());
        }
        assert!(attempts.begin(at(0)).is_ok(), "the tenth may be right");
        attempts.succeed();
        assert!(attempts.is_over(at(0)));
        for _ in 0..9 {
            assert!(attempts.begin(at(1)).is_ok());
        }
        assert!(attempts.begin(at(16)).is_ok());
        assert!(attempts.begin(at(16)).is_ok(), "the nine are forgotten");
    }
}
