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
