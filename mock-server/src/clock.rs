//! The world's time: the only file that may ask the system what time it is.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jiff::Timestamp;

/// The clock of one world. Everything that expires, expires by it.
///
/// A *frozen* clock stands still until a test moves it, so that a test never waits and never races.
/// A *running* clock follows the system's, shifted by what it was advanced. Clones share one reading.
///
/// ```
/// use std::time::Duration;
/// use secureflows_mock::Clock;
///
/// let clock = Clock::frozen("2026-01-01T00:00:00Z".parse()?);
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(clock.now().to_string(), "2026-01-01T00:01:30Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Clock {
    running: bool,
    hands: Arc<Hands>,
}

struct Hands {
    /// Microseconds: since the Unix epoch when frozen, ahead of the system when running.
    micros: AtomicI64,
    /// What was done to it that nobody has taken note of.
    turned: Mutex<Turn>,
}

/// What somebody did to a clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Turn {
    /// To which reading it was set, if it was.
    pub(crate) set: Option<i64>,
    /// By how many microseconds it was moved, after that if it was set.
    pub(crate) moved: i64,
}

impl Turn {
    /// The reading that `micros` becomes.
    #[cfg(feature = "postgres")]
    fn from(self, micros: i64) -> i64 {
        self.set.unwrap_or(micros).saturating_add(self.moved)
    }
}

impl Clock {
    /// A clock that shows `at` until it is moved.
    #[must_use]
    pub fn frozen(at: Timestamp) -> Self {
        Self::new(false, at.as_microsecond())
    }

    /// A clock that shows the system's time plus `offset`, to the microsecond.
    #[must_use]
    pub fn running(offset: Duration) -> Self {
        let micros = i64::try_from(offset.as_micros()).unwrap_or(i64::MAX);
        Self::new(true, micros)
    }

    /// A clock as [`reading`](Self::reading) has it.
    pub(crate) fn new(running: bool, micros: i64) -> Self {
        let (micros, turned) = (AtomicI64::new(micros), Mutex::default());
        Self { running, hands: Arc::new(Hands { micros, turned }) }
    }

    /// A clock of the same kind that shows what this one shows, and is moved on its own.
    pub(crate) fn fork(&self) -> Self {
        Self::new(self.running, self.reading())
    }

    /// Microseconds: since the Unix epoch when frozen, ahead of the system when running.
    pub(crate) fn reading(&self) -> i64 {
        self.hands.micros.load(Ordering::SeqCst)
    }

    /// What was done to it since it was asked last, or since it began.
    #[cfg(feature = "postgres")]
    pub(crate) fn take_turn(&self) -> Turn {
        std::mem::take(&mut *self.turned())
    }

    /// This clock where it is of the kind, or another, showing what the platform's does.
    #[cfg(feature = "postgres")]
    pub(crate) fn adopting(&self, running: bool, micros: i64) -> Self {
        if running != self.running {
            return Self::new(running, micros);
        }
        self.take_turn();
        self.follow(micros);
        self.clone()
    }

    /// Shows what others have come to, and what was done to it since.
    #[cfg(feature = "postgres")]
    pub(crate) fn follow(&self, micros: i64) {
        let turned = self.turned();
        self.hands.micros.store(turned.from(micros), Ordering::SeqCst);
    }

    /// Puts back what was taken and could not be handed on.
    #[cfg(feature = "postgres")]
    pub(crate) fn put_back(&self, turn: Turn) {
        let mut turned = self.turned();
        *turned = match turned.set {
            // What was set since counts for all before.
            Some(_) => *turned,
            None => Turn { moved: turn.moved.saturating_add(turned.moved), ..turn },
        };
    }

    fn turned(&self) -> MutexGuard<'_, Turn> {
        self.hands.turned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the clock shows. A time beyond the calendar (year 9999) shows as its last moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let base = if self.running { system_micros() } else { 0 };
        let micros = base.saturating_add(self.reading());
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    /// Whether the clock goes on by itself.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// Moves the clock forward by `by`. What is due by then has expired at the next call that meets it;
    /// [`World::advance`](crate::World::advance) ends it at once and tells what it was.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        let mut turned = self.turned();
        turned.moved = turned.moved.saturating_add(by);
        let micros = self.reading().saturating_add(by);
        self.hands.micros.store(micros, Ordering::SeqCst);
    }

    /// Sets the clock to `at`, later or earlier. A running clock goes on running from there. Going back
    /// brings nothing back: a session that was met after its end stays ended.
    pub fn set(&self, at: Timestamp) {
        let base = if self.running { system_micros() } else { 0 };
        let micros = at.as_microsecond().saturating_sub(base);
        let mut turned = self.turned();
        *turned = Turn { set: Some(micros), moved: 0 };
        self.hands.micros.store(micros, Ordering::SeqCst);
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.running { "running" } else { "frozen" };
        write!(f, "Clock({kind}, {})", self.now())
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's time")]
fn system_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = Clock::frozen(at("2026-01-01T00:00:00Z"));
        let other = clock.clone();
        other.advance(Duration::from_millis(1_500));
        assert_eq!(clock.now(), at("2026-01-01T00:00:01.5Z"));
        other.set(at("2025-06-01T00:00:00Z"));
        assert_eq!(clock.now(), at("2025-06-01T00:00:00Z"));
    }

    #[test]
    fn a_running_clock_keeps_its_shift() {
        let clock = Clock::running(Duration::ZERO);
        clock.set(at("2030-01-01T00:00:00Z"));
        clock.advance(Duration::from_secs(3_600));
        let shown = clock.now();
        assert!(shown >= at("2030-01-01T01:00:00Z") && shown < at("2030-01-01T01:01:00Z"));
    }

    #[test]
    fn no_advance_is_too_far() {
        let clock = Clock::frozen(at("2026-01-01T00:00:00Z"));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
