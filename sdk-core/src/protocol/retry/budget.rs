//! The repeats that a client has in reserve.

use std::sync::atomic::{AtomicU32, Ordering};

/// What one repeat costs; a call that works earns 1.
const REPEAT: u32 = 10;

/// A reserve of repeats that all calls of a client share.
///
/// ```
/// use secureflows::protocol::retry::Budget;
///
/// let budget = Budget::new(1);
/// assert!(budget.spend());
/// assert!(!budget.spend(), "it is used up");
/// (0..10).for_each(|_| budget.earn());
/// assert!(budget.spend());
/// ```
#[derive(Debug)]
pub struct Budget {
    left: AtomicU32,
    most: u32,
}

impl Budget {
    /// A full reserve of so many `repeats`.
    #[must_use]
    pub const fn new(repeats: u32) -> Self {
        let most = repeats.saturating_mul(REPEAT);
        Self { left: AtomicU32::new(most), most }
    }

    /// Takes one repeat; `false` when there is none left.
    pub fn spend(&self) -> bool {
        let take = |left: u32| left.checked_sub(REPEAT);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// A call has worked: ten of these are one repeat.
    pub fn earn(&self) {
        // Mostly it is full, and nothing has to be written.
        let add = |left: u32| (left < self.most).then(|| left + 1);
        let _full = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}
