//! What a workspace's payments bring about by themselves, and the events about its limits.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Directory, Event, EventKind, Platform, Refusal, Workspace,
    audit::Doer,
    billing::{Due, LimitKind},
    deadlines::Deadline,
};

impl<S: Directory> Platform<S> {
    /// Takes the steps of the walk whose time has come; what ended by that. Whoever meets a workspace does
    /// this first, so that nobody finds it as it was.
    pub(super) async fn settle(&self, workspace: &S::Workspace) -> Result<Vec<Deadline>, Refusal> {
        let mut ended = Vec::new();
        while let Some((due, at)) = workspace.row().billing.due(self.clock.now()) {
            match due {
                Due::GraceLock => self.enter_grace_lock(workspace, at, None).await?,
                Due::Wipe => self.wipe(workspace, at, None).await?,
            }
            ended.push(due.deadline(at, workspace.row().id));
        }
        Ok(ended)
    }

    /// Locks a workspace whose paid period is over; doing it again changes nothing.
    pub(super) async fn enter_grace_lock(
        &self,
        workspace: &S::Workspace,
        at: Timestamp,
        actor: Option<Doer>,
    ) -> Result<(), Refusal> {
        let now = self.clock.now();
        let lock = workspace.change_row(now, |row, _, trail| {
            let mut billing = row.billing.clone();
            if billing.enter_grace_lock()? {
                let event = Event::new(EventKind::BillingGraceLockEntered, at);
                trail.write(Event { actor, ..event.once(transition("lock", &billing)) })?;
                row.billing = billing;
            }
            Ok(())
        });
        lock.await?
    }

    /// Ends a locked workspace's sessions and makes it free; doing it again changes nothing.
    pub(super) async fn wipe(
        &self,
        workspace: &S::Workspace,
        at: Timestamp,
        actor: Option<Doer>,
    ) -> Result<(), Refusal> {
        let wipe = workspace.wipe(self.clock.now(), |row, trail| {
            let is_news = row.billing.may_wipe()?;
            if is_news {
                let event = Event::new(EventKind::BillingGraceWipe, at);
                trail.write(Event { actor, ..event.once(transition("wipe", &row.billing)) })?;
                row.billing.wiped();
            }
            Ok(is_news)
        });
        wipe.await?
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
        let note = workspace.change_row(now, |row, _, trail| {
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

/// A transition's name: there is one of each in a paid period.
fn transition(name: &str, billing: &super::Billing) -> String {
    let end = billing.paid_period_ends_at.unwrap_or(Timestamp::MAX);
    let since = billing.cancel_requested_at.unwrap_or(Timestamp::MAX);
    format!("{name} {since} {end}")
}
