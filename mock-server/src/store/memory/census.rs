//! How many sessions are active, known without counting them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::{Session, SessionId, SessionState};

/// The active sessions of a workspace.
#[derive(Debug, Default, Clone)]
pub(super) struct Census {
    active: u64,
    /// Those that end by themselves.
    ending: BTreeSet<(Timestamp, SessionId)>,
}

/// What the census needs to know of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Standing {
    is_active: bool,
    ends_at: Option<Timestamp>,
}

impl Standing {
    pub(super) fn of(session: &Session) -> Self {
        let is_active = matches!(session.state, SessionState::Active(_));
        Self { is_active, ends_at: session.expires_at.filter(|_| is_active) }
    }
}

impl Census {
    /// Takes note of what became of a session.
    pub(super) fn note(&mut self, id: SessionId, before: Standing, after: Standing) {
        self.active = self.active + u64::from(after.is_active) - u64::from(before.is_active);
        if let Some(at) = before.ends_at {
            self.ending.remove(&(at, id));
        }
        if let Some(at) = after.ends_at {
            self.ending.insert((at, id));
        }
    }

    /// The sessions whose time has come.
    pub(super) fn due(&self, now: Timestamp) -> Vec<SessionId> {
        let due = self.ending.iter().take_while(|(at, _)| *at <= now);
        due.map(|(_, id)| *id).collect()
    }

    pub(super) fn active(&self) -> u64 {
        self.active
    }
}
