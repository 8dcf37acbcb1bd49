//! Faults: what goes wrong at the next calls of an operation, decided in advance and never by chance.

mod broken;
mod fault;
mod firing;
mod plan;

use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

pub(crate) use self::{
    broken::BrokenOff,
    firing::Firing,
    plan::{Plan, named},
};
pub use self::{
    fault::{Effect, Fault, FaultId},
    plan::{FaultError, FaultReport},
};
use super::journal::Caller;
use crate::domain::{Directory, UserId, Workspace as _};

/// Whose calls a fault waits for.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The account at the identity provider.
    pub(crate) uid: String,
    /// Only as this user; in any workspace when `None`.
    pub(crate) user: Option<UserId>,
}

/// The faults of one world.
#[derive(Default)]
pub(crate) struct Faults {
    plans: Mutex<Plans>,
    /// Whether any fault is left to fire: most worlds have none, and look no further.
    armed: AtomicBool,
}

#[derive(Debug, Clone, Default)]
struct Plans {
    all: Vec<Plan>,
    count: u64,
}

impl Faults {
    /// Lays a fault that has been checked.
    pub(crate) fn lay(&self, plan: impl FnOnce(FaultId) -> Plan) -> FaultId {
        let mut plans = self.plans();
        plans.count += 1;
        let id = FaultId(plans.count);
        plans.all.push(plan(id));
        self.rearm(&plans);
        id
    }

    /// Every fault, spent ones too, in the order they were laid.
    pub(crate) fn reports(&self) -> Vec<FaultReport> {
        self.plans().all.iter().map(Plan::report).collect()
    }

    /// Takes away the faults that `unwanted` names; how many there were.
    pub(crate) fn remove(&self, unwanted: impl Fn(FaultId) -> bool) -> usize {
        let mut plans = self.plans();
        let before = plans.all.len();
        plans.all.retain(|plan| !unwanted(plan.id));
        self.rearm(&plans);
        before - plans.all.len()
    }

    /// The fault that strikes a call before anybody asks who is calling.
    pub(super) fn strike_anybody(&self, operation: &str) -> Option<Firing> {
        self.strike(|plan| plan.person.is_none() && plan.covers(operation), false)
    }

    /// The fault that strikes a call of a known caller. One that has been `struck` already is only counted.
    pub(super) async fn strike_caller<S: Directory>(
        &self,
        operation: &str,
        caller: &Caller,
        store: &S,
        struck: bool,
    ) -> Option<Firing> {
        let armed = self.armed.load(Ordering::Acquire);
        if !armed || !self.plans().all.iter().any(|plan| plan.person.is_some()) {
            return None;
        }
        let (uid, user) = identify(caller, store).await?;
        let is_meant = |person: &Person| {
            person.uid == uid && person.user.is_none_or(|wanted| user.is_none_or(|is| is == wanted))
        };
        let meant = |plan: &Plan| plan.person.as_ref().is_some_and(is_meant);
        self.strike(|plan| meant(plan) && plan.covers(operation), struck)
    }

    /// Every fault that `meets` the call counts it; the first that is due fires.
    fn strike(&self, meets: impl Fn(&Plan) -> bool, mut struck: bool) -> Option<Firing> {
        if !self.armed.load(Ordering::Acquire) {
            return None;
        }
        let (mut plans, mut firing) = (self.plans(), None);
        for plan in plans.all.iter_mut().filter(|plan| meets(plan)) {
            if plan.is_due() && !struck {
                struck = true;
                firing = Some(plan.fire());
            }
        }
        self.rearm(&plans);
        firing
    }

    fn rearm(&self, plans: &Plans) {
        self.armed.store(plans.all.iter().any(Plan::is_left), Ordering::Release);
    }

    // Numbers are written one at a time: a panic elsewhere leaves nothing half-done.
    fn plans(&self) -> MutexGuard<'_, Plans> {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The account of a caller, and the user where that is known.
async fn identify<S: Directory>(caller: &Caller, store: &S) -> Option<(String, Option<UserId>)> {
    match caller {
        Caller::Nobody => None,
        Caller::Account(uid) => Some((uid.to_string(), None)),
        Caller::User { workspace, uid } => {
            let user = store.workspace(*workspace).await.ok()??.user_of_account(uid).await.ok()?;
            Some((uid.to_string(), user.map(|user| user.id)))
        }
        Caller::Session { workspace, user, .. } => {
            let row = store.workspace(*workspace).await.ok()??.user(*user).await.ok()??;
            Some((row.provider_uid, Some(row.id)))
        }
    }
}

/// A copy whose faults fire independently of these.
impl Clone for Faults {
    fn clone(&self) -> Self {
        let plans = self.plans().clone();
        let armed = AtomicBool::new(plans.all.iter().any(Plan::is_left));
        Self { plans: Mutex::new(plans), armed }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Faults({:?})", self.reports())
    }
}
