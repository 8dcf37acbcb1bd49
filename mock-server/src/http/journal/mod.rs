//! What was asked and answered: one row a request, the newest of them kept. The journal that tests read and
//! the platform's access log are two views of these rows.
//!
//! A row holds what the platform knows, never what a client sent: a template in place of a path, no query,
//! no body, no header but the name of the client's program (contract ruling 10).

mod row;

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, futures::Notified};

pub(super) use self::row::BASE;
pub(crate) use self::row::{Caller, Row, method_name};

/// So many rows are kept; older ones are only counted.
const KEPT: usize = 10_000;

/// A longer name of a client's program is cut.
const LONGEST_AGENT: usize = 200;

/// The rows of one world.
#[derive(Default)]
pub(crate) struct Journal {
    rows: Mutex<Rows>,
    written: Notify,
}

#[derive(Clone, Default)]
struct Rows {
    kept: VecDeque<Row>,
    count: u64,
    /// The newest client's name: most requests come from the client of the one before.
    agent: Option<Arc<str>>,
}

impl Journal {
    /// Writes a row and gives it its number, counted from 1.
    pub(super) fn write(&self, mut row: Row) {
        let mut rows = self.rows();
        rows.count += 1;
        row.id = rows.count;
        if rows.kept.len() == KEPT {
            rows.kept.pop_front();
        }
        rows.kept.push_back(row);
        drop(rows);
        self.written.notify_waiters();
    }

    /// The kept rows that `choose` makes something of, oldest first.
    pub(crate) fn select<T>(&self, choose: impl FnMut(&Row) -> Option<T>) -> Vec<T> {
        self.rows().kept.iter().filter_map(choose).collect()
    }

    /// How many rows are no longer kept.
    pub(crate) fn dropped(&self) -> u64 {
        let rows = self.rows();
        rows.count - rows.kept.len() as u64
    }

    /// Resolves at the next row. It counts from the moment it is enabled or first polled.
    pub(crate) fn next(&self) -> Notified<'_> {
        self.written.notified()
    }

    /// One copy of a client's name for all its rows.
    pub(super) fn agent(&self, name: &str) -> Arc<str> {
        let end = name.char_indices().nth(LONGEST_AGENT).map_or(name.len(), |(at, _)| at);
        let name = name.get(..end).unwrap_or_default();
        let mut rows = self.rows();
        match &rows.agent {
            Some(known) if **known == *name => Arc::clone(known),
            _ => {
                let name: Arc<str> = name.into();
                rows.agent = Some(Arc::clone(&name));
                name
            }
        }
    }

    // A row is written whole: a panic elsewhere leaves nothing half-done.
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A copy with rows of its own; nobody waits on it yet.
impl Clone for Journal {
    fn clone(&self) -> Self {
        Self { rows: Mutex::new(self.rows().clone()), written: Notify::new() }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Journal({} rows)", self.rows().count)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn the_newest_are_kept_and_the_rest_counted() {
        let journal = Journal::default();
        for _ in 0..KEPT + 3 {
            journal.write(Row::begun(Timestamp::UNIX_EPOCH, "GET"));
        }
        let ids = journal.select(|row| Some(row.id));
        assert_eq!((ids.len(), ids.first(), journal.dropped()), (KEPT, Some(&4), 3));
        assert_eq!(journal.clone().dropped(), 3);
    }

    #[test]
    fn one_client_is_named_once() {
        let journal = Journal::default();
        let (one, two) = (journal.agent("curl/8"), journal.agent("curl/8"));
        assert!(Arc::ptr_eq(&one, &two));
        assert_eq!(journal.agent(&"é".repeat(500)).chars().count(), LONGEST_AGENT);
    }
}
