//! What a workspace's payments bring about by themselves, and the events about its limits.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Billing, Directory, Event, EventKind, Platform, Refusal, Workspace,
    audit::Doer,
    billing::{Due, LimitKind},
    deadlines::Deadline,
};

/// What brings a step of the walk about.
pub(super) enum Cause {
    /// Its time has come. Somebody else may have taken it meanwhile.
    Due(Timestamp),
    /// Somebody wants it now.
    Asked(Doer),
}

impl<S: Directory> Platform<S> {
    /// Takes the steps of the walk whose time has come. Whoever meets a workspace does this first, so that
    /// nobody finds it as it was.
    pub(super) async fn settle(&self, workspace: &S::Workspace) -> Result<(), Refusal> {
        while self.step(workspace).await?.is_some() {}
        Ok(())
    }

    /// Takes one step whose time has come; what ended by that.
    pub(super) async fn step(&self, workspace: &S::Workspace) -> Result<Option<Deadline>, Refusal> {
        let row = workspace.row();
        let Some((due, at)) = row.billing.due(self.clock.now()) else { return Ok(None) };
        match due {
            Due::GraceLock => self.enter_grace_lock(workspace, Cause::Due(at)).await?,
            Due::Wipe => self.wipe(workspace, Cause::Due(at)).await?,
        }
        Ok(Some(due.deadline(at, row.id)))
    }

    /// Ends what is due in every workspace, whether or not anybody comes by. What fails in one does not
    /// keep the others waiting.
    pub(crate) async fn purge(&self) -> Result<(), Refusal> {
        let mut purged = Ok(());
        for workspace in self.store.workspaces().await? {
            purged = purged.and(self.purge_one(&workspace).await);
        }
        purged
    }

    async fn purge_one(&self, workspace: &S::Workspace) -> Result<(), Refusal> {
        self.settle(workspace).await?;
        Ok(workspace.purge(self.clock.now()).await?)
    }

    /// Locks a workspace whose paid period is over; doing it again changes nothing.
    pub(super) async fn enter_grace_lock(
        &self,
        workspace: &S::Workspace,
        cause: Cause,
    ) -> Result<(), Refusal> {
        let at = cause.at(self.clock.now());
        let lock = workspace.change_row(|row, trail| {
            if cause.is_over(&row.billing, Due::GraceLock) {
                return Ok(());
            }
            let mut billing = row.billing.clone();
            if billing.enter_grace_lock()? {
                let event = cause.event(EventKind::BillingGraceLockEntered, at);
                trail.write(event.once(billing.step_name(Due::GraceLock)))?;
                row.billing = billing;
            }
            Ok(())
        });
        lock.await?
    }

    /// Ends a locked workspace's sessions and makes it free; doing it again changes nothing.
    pub(super) async fn wipe(&self, workspace: &S::Workspace, cause: Cause) -> Result<(), Refusal> {
        let at = cause.at(self.clock.now());
        let wipe = workspace.wipe(at, |row, trail| {
            let is_news = !cause.is_over(&row.billing, Due::Wipe) && row.billing.may_wipe()?;
            if is_news {
                let event = cause.event(EventKind::BillingGraceWipe, at);
                trail.write(event.once(row.billing.step_name(Due::Wipe)))?;
                row.billing.wiped();
            }
            Ok(is_news)
        });
        wipe.await?
    }

    /// Locks a workspace without a walk, for a test that wants only that.
    pub(crate) async fn lock(&self, workspace: &S::Workspace) -> Result<(), Refusal> {
        let now = self.clock.now();
        let lock = workspace.change_row(|row, trail| {
            let mut billing = row.billing.clone();
            if billing.force_lock(now) {
                let event = Event::new(EventKind::BillingGraceLockEntered, now);
                trail.write(event.once(billing.step_name(Due::GraceLock)))?;
                row.billing = billing;
            }
            Ok(())
        });
        lock.await?
    }

    /// Lifts a lock, which the platform itself never does.
    pub(crate) async fn unlock(&self, workspace: &S::Workspace) -> Result<(), Refusal> {
        Ok(workspace.change_row(|row, _| row.billing.force_unlock()).await?)
    }

    /// Notes that a limit was met, at most once an hour.
    pub(super) async fn note_limit(
        &self,
        workspace: &S::Workspace,
        (kind, limit, observed): (LimitKind, u64, u64),
        app_id: Option<String>,
    ) -> Result<(), Refusal> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Met {
            code: &'static str,
            plan_limit: u64,
            observed_value: u64,
            #[serde(skip_serializing_if = "Option::is_none")]
            app_id: Option<String>,
        }
        let (event, code) = match kind {
            LimitKind::Sessions => {
                (EventKind::BillingSessionLimitExceeded, "BILLING_SESSION_LIMIT")
            }
            LimitKind::Payload => (EventKind::BillingPayloadLimitExceeded, "BILLING_PAYLOAD_LIMIT"),
        };
        let now = self.clock.now();
        let met = Met { code, plan_limit: limit, observed_value: observed, app_id };
        let note = workspace.change_row(|row, trail| {
            let mut billing = row.billing.clone();
            if billing.tell(kind, now) {
                trail.write(Event::new(event, now).with(&met))?;
                row.billing = billing;
            }
            Ok(())
        });
        note.await?
    }
}

impl Cause {
    /// When the step is taken, or was due.
    fn at(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::Due(at) => *at,
            Self::Asked(_) => now,
        }
    }

    /// Whether a step that was due is not any more: somebody else was faster.
    fn is_over(&self, billing: &Billing, due: Due) -> bool {
        match self {
            Self::Due(at) => billing.next() != Some((due, *at)),
            Self::Asked(_) => false,
        }
    }

    fn event(self, kind: EventKind, at: Timestamp) -> Event {
        let event = Event::new(kind, at);
        match self {
            Self::Due(_) => event,
            Self::Asked(doer) => event.by(doer),
        }
    }
}
