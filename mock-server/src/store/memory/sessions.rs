//! A workspace's sessions in memory.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use jiff::Timestamp;

use super::{
    census::{Census, Standing},
    lock,
};
use crate::domain::{Opened, Owner, Session, SessionId, Usage, UserId};

/// Sessions, each behind a lock of its own, so that one is changed while another one is.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    by_id: HashMap<SessionId, Arc<Mutex<Session>>>,
    by_owner: BTreeMap<Owner, Vec<SessionId>>,
    census: Mutex<Census>,
}

impl Sessions {
    pub(super) fn fork(&self) -> Self {
        let copy = |session: &Arc<Mutex<Session>>| Arc::new(Mutex::new(lock(session).clone()));
        Self {
            by_id: self.by_id.iter().map(|(id, session)| (*id, copy(session))).collect(),
            by_owner: self.by_owner.clone(),
            census: Mutex::new(lock(&self.census).clone()),
        }
    }

    pub(super) fn contains(&self, id: SessionId) -> bool {
        self.by_id.contains_key(&id)
    }

    pub(super) fn insert(&mut self, owner: Owner, session: Session) -> Opened {
        let opened = Opened { session: session.id, token_revision: session.token_revision };
        lock(&self.census).note(session.id, Standing::default(), Standing::of(&session));
        self.by_owner.entry(owner).or_default().push(session.id);
        self.by_id.insert(session.id, Arc::new(Mutex::new(session)));
        opened
    }

    /// Runs `change` on a session while nobody else does.
    pub(super) fn with<R>(
        &self,
        id: SessionId,
        change: impl FnOnce(&mut Session) -> R,
    ) -> Option<R> {
        Some(self.change(self.by_id.get(&id)?, change))
    }

    pub(super) fn each(&self, mut visit: impl FnMut(&mut Session)) {
        self.by_id.values().for_each(|session| self.change(session, &mut visit));
    }

    fn change<R>(&self, session: &Mutex<Session>, change: impl FnOnce(&mut Session) -> R) -> R {
        let mut session = lock(session);
        let before = Standing::of(&session);
        let changed = change(&mut session);
        let after = Standing::of(&session);
        if before != after {
            lock(&self.census).note(session.id, before, after);
        }
        changed
    }

    /// Every session as it is stored, oldest first.
    pub(super) fn stored(&self) -> Vec<Session> {
        let mut rows: Vec<_> = self.by_id.values().map(|row| lock(row).clone()).collect();
        rows.sort_by_key(|session| session.id);
        rows
    }

    /// Every session of a user, whatever its state, oldest first.
    pub(super) fn of_user(&self, user: UserId) -> Vec<SessionId> {
        let of_user = self.by_owner.iter().filter(|(owner, _)| owner.user == user);
        let mut ids: Vec<_> = of_user.flat_map(|(_, ids)| ids).copied().collect();
        ids.sort_unstable();
        ids
    }

    pub(super) fn newest_active(&self, owner: Owner, now: Timestamp) -> Option<Opened> {
        self.by_owner.get(&owner)?.iter().rev().find_map(|id| {
            self.with(*id, |session| {
                session.active(now).ok()?;
                Some(Opened { session: *id, token_revision: session.token_revision })
            })?
        })
    }

    /// How many are active, after those whose time has come have ended.
    pub(super) fn active(&self, now: Timestamp) -> u64 {
        let due = lock(&self.census).due(now);
        for id in due {
            self.with(id, |session| session.expire(now));
        }
        lock(&self.census).active()
    }

    pub(super) fn usage(&self, now: Timestamp) -> Usage {
        let sessions = self.active(now);
        let mut largest_payload_bytes = None;
        self.each(|session| {
            largest_payload_bytes = largest_payload_bytes.max(session.payload_bytes());
        });
        Usage { sessions, largest_payload_bytes }
    }

    /// Ends the active sessions that `which` names, as the platform itself does.
    pub(super) fn end(&self, now: Timestamp, which: impl Fn(&Session) -> bool) {
        self.each(|session| {
            if which(session) {
                // One that has ended already stays as it is.
                let _ = session.revoke(now, None);
            }
        });
    }
}
