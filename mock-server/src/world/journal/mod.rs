//! A world's journal, as a test reads it.

mod entry;
mod filter;
mod names;

use std::{fmt, pin::pin, time::Duration};

use tokio::time::{Instant, timeout};

use self::names::Names;
pub use self::{entry::Entry, filter::Filter};
use super::{World, wait};

/// What was asked of a world and how it answered, redacted: no token, no payload, no query. The newest
/// 10,000 requests are kept. A cheap handle.
///
/// ```
/// use std::time::Duration;
/// use axum::{body::Body, http::Request};
/// use secureflows_mock::{Filter, World};
/// use tower::ServiceExt as _;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let world = World::builder().build()?;
/// world.router().oneshot(Request::get("/api/v1/sessions").body(Body::empty())?).await?;
///
/// let read = Filter::default().operation("sessions.payload");
/// let entry = world.journal().wait_for(&read, Duration::from_secs(1)).await?;
/// assert_eq!(entry.status, Some(401));
/// assert_eq!(entry.reason.map(|reason| reason.check), Some("credential.present"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Journal(World);

/// No request that was waited for came in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such request came within {waited:?}; there were {seen} others")]
#[non_exhaustive]
pub struct NothingYet {
    /// How long was waited.
    pub waited: Duration,
    /// How many entries there are, of whatever kind.
    pub seen: u64,
}

impl World {
    /// What was asked of this world, and how it answered.
    #[must_use]
    pub fn journal(&self) -> Journal {
        Journal(self.inside())
    }
}

impl Journal {
    /// The kept entries, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.matching(&Filter::default())
    }

    /// The kept entries that `filter` lets through, oldest first.
    #[must_use]
    pub fn matching(&self, filter: &Filter) -> Vec<Entry> {
        wait(self.read(filter))
    }

    pub(crate) async fn read(&self, filter: &Filter) -> Vec<Entry> {
        let site = self.0.site();
        let rows = site.journal.select(|row| filter.wants(row).then(|| row.clone()));
        let (mut names, mut entries) = (Names::default(), Vec::with_capacity(rows.len()));
        for row in rows {
            let entry = Entry::of(&row, &names.of(&row.caller, &site.platform.store).await);
            entries.extend(Some(entry).filter(|entry| filter.takes(entry)));
        }
        entries
    }

    /// How many entries are no longer kept.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.0.site().journal.dropped()
    }

    /// The first entry that `filter` lets through, as soon as there is one. What came before counts, unless
    /// the filter says [`after`](Filter::after).
    ///
    /// # Errors
    ///
    /// [`NothingYet`] when none came in time, by tokio's clock.
    pub async fn wait_for(&self, filter: &Filter, time: Duration) -> Result<Entry, NothingYet> {
        let began = Instant::now();
        loop {
            let site = self.0.site();
            let mut next = pin!(site.journal.next());
            // Before looking, or a row between the look and the wait would go unseen.
            next.as_mut().enable();
            // A look takes the time that it takes: what was there is found also by who does not wait.
            if let Some(entry) = self.read(filter).await.into_iter().next() {
                return Ok(entry);
            }
            if timeout(time.saturating_sub(began.elapsed()), next).await.is_err() {
                let seen = self.dropped() + site.journal.select(|row| Some(row.id)).len() as u64;
                return Err(NothingYet { waited: time, seen });
            }
        }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.site().journal.fmt(f)
    }
}
