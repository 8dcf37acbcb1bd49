//! A workspace's audit trail in memory.

use std::{
    collections::{HashSet, VecDeque},
    sync::atomic::AtomicI64,
};

use super::take;
use crate::domain::{AuditId, AuditRow, Event, Page, Window};

/// So many events of a workspace are kept in memory; the oldest give way.
const KEPT: usize = 100_000;

/// Events in the order in which they were written.
#[derive(Debug, Default, Clone)]
pub(super) struct Kept {
    rows: VecDeque<AuditRow>,
    once: HashSet<String>,
}

impl Kept {
    /// Adds events. Of those that happen once only the first is taken.
    pub(super) fn add(&mut self, events: Vec<Event>, next: &AtomicI64) {
        for event in events {
            if event.once.as_ref().is_some_and(|name| !self.once.insert(name.clone())) {
                continue;
            }
            if self.rows.len() == KEPT {
                self.rows.pop_front();
            }
            self.rows.push_back(AuditRow { id: AuditId(take(next, None)), event });
        }
    }

    /// A page, the newest first.
    pub(super) fn page(&self, window: Window) -> Page<AuditRow> {
        let total = self.rows.len() as u64;
        let skip = usize::try_from(window.page.saturating_mul(window.size)).unwrap_or(usize::MAX);
        let size = usize::try_from(window.size).unwrap_or(usize::MAX);
        let items = self.rows.iter().rev().skip(skip).take(size).cloned().collect();
        Page { items, window, total }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::EventKind;

    fn event(once: Option<&str>) -> Event {
        let event = Event::new(EventKind::BillingGraceLockEntered, Timestamp::UNIX_EPOCH);
        once.map_or(event.clone(), |name| event.once(name.to_owned()))
    }

    #[test]
    fn a_transition_is_kept_once_and_the_newest_come_first() {
        let (mut kept, next) = (Kept::default(), AtomicI64::new(0));
        kept.add(vec![event(Some("lock")), event(None), event(Some("lock")), event(None)], &next);
        kept.clone().add(vec![event(Some("lock"))], &next);
        kept.add(vec![event(Some("lock")), event(Some("wipe"))], &next);
        let page = kept.page(Window { page: 0, size: 3 });
        let ids: Vec<_> = page.items.iter().map(|row| row.id.0).collect();
        assert_eq!((ids, page.total), (vec![4, 3, 2], 4));
    }
}
