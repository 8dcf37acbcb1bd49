//! What the platform said of a token, for a while, by the token's hash; and one question at a time for
//! each token.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sha2::{Digest as _, Sha256};

use super::{Identity, VerifyError};

/// What became of a question.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    Named(Arc<Identity>),
    Refused,
    /// Nothing is known: it counts for those who waited for this answer, and for nobody later.
    Undecided(VerifyError),
}

impl Decision {
    fn outcome(self) -> Result<Identity, VerifyError> {
        match self {
            Self::Named(identity) => Ok(Identity::clone(&identity)),
            Self::Refused => Err(VerifyError::Refused),
            Self::Undecided(error) => Err(error),
        }
    }
}

pub(super) struct Cache {
    entries: quick_cache::sync::Cache<[u8; 32], Entry>,
    keep_accepted: Duration,
    keep_refused: Duration,
    /// How many decisions were made so far.
    decisions: AtomicU64,
}

#[derive(Clone)]
struct Entry {
    decision: Decision,
    number: u64,
    /// In milliseconds since 1970.
    since: u64,
    until: u64,
}

impl Entry {
    /// A clock that was turned back makes nothing last longer.
    const fn is_fresh(&self, now: u64) -> bool {
        self.since <= now && now < self.until
    }
}

impl Cache {
    pub(super) fn new(most: usize, keep_accepted: Duration, keep_refused: Duration) -> Self {
        let entries = quick_cache::sync::Cache::new(most);
        Self { entries, keep_accepted, keep_refused, decisions: AtomicU64::new(0) }
    }

    /// What is known of `token`, or what `ask` decides; those who come meanwhile wait for that.
    pub(super) async fn get_or_ask<F: Future<Output = Decision>>(
        &self,
        token: &str,
        now: impl Fn() -> u64,
        ask: impl FnOnce() -> F,
    ) -> Result<Identity, VerifyError> {
        let key: [u8; 32] = Sha256::digest(token).into();
        let before = self.decisions.load(Ordering::SeqCst);
        loop {
            match self.entries.get_value_or_guard_async(&key).await {
                Ok(entry) if entry.is_fresh(now()) || entry.number > before => {
                    return entry.decision.outcome();
                }
                Ok(stale) => {
                    self.entries.remove_if(&key, |entry| entry.number == stale.number);
                }
                // Dropped on the way, it leaves the question to the next who waits.
                Err(guard) => {
                    let decision = ask().await;
                    let _full = guard.insert(self.entry(decision.clone(), now()));
                    return decision.outcome();
                }
            }
        }
    }

    fn entry(&self, decision: Decision, now: u64) -> Entry {
        let keep = match &decision {
            Decision::Named(_) => self.keep_accepted,
            Decision::Refused => self.keep_refused,
            Decision::Undecided(_) => Duration::ZERO,
        };
        let keep = u64::try_from(keep.as_millis()).unwrap_or(u64::MAX);
        let number = self.decisions.fetch_add(1, Ordering::SeqCst) + 1;
        Entry { decision, number, since: now, until: now.saturating_add(keep) }
    }
}
