//! A workspace's payments, as its operators and support see and change them.

use serde::Serialize;

use super::{SUPPORT_WORKSPACE, UserCaller};
use crate::domain::{
    Billing, BillingStatus, Directory, Event, EventKind, Plan, Platform, Refusal, Role, Usage,
    Workspace, WorkspaceId, billing::Checkout, payment::Payment, settlement::Cause,
};

/// What changes: a plan, and limits in place of the plan's. `None` keeps, `Some(None)` clears.
#[derive(Debug, Default)]
pub(crate) struct BillingPatch {
    pub(crate) plan: Option<String>,
    pub(crate) override_sessions: Option<Option<u64>>,
    pub(crate) override_payload_bytes: Option<Option<u64>>,
}

/// A payment to begin.
#[derive(Debug)]
pub(crate) struct NewCheckout {
    pub(crate) plan: String,
    pub(crate) success_url: String,
    pub(crate) cancel_url: String,
}

/// Where a workspace stands, what it uses, and whether it can pay.
#[derive(Debug)]
pub(crate) struct BillingState {
    pub(crate) billing: Billing,
    pub(crate) usage: Usage,
    pub(crate) payment: Payment,
}

#[derive(Serialize)]
struct PlanChange {
    from: &'static str,
    to: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Overrides {
    override_max_concurrent_sessions: Option<u64>,
    override_max_payload_bytes: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Begun<'a> {
    plan_name: &'static str,
    external_session_id: &'a str,
}

impl<S: Directory> Platform<S> {
    pub(crate) async fn billing(&self, caller: &UserCaller<S>) -> Result<BillingState, Refusal> {
        let row = caller.workspace.row();
        if row.name == SUPPORT_WORKSPACE {
            return Err(Refusal::NoBilling);
        }
        let usage = caller.workspace.usage(self.clock.now()).await?;
        Ok(BillingState { billing: row.billing.clone(), usage, payment: self.payment() })
    }

    /// Changes the plan where that costs nothing, and for support the limits.
    pub(crate) async fn change_billing(
        &self,
        caller: &UserCaller<S>,
        patch: BillingPatch,
    ) -> Result<BillingState, Refusal> {
        self.billing(caller).await?;
        let overrides = patch.override_sessions.is_some() || patch.override_payload_bytes.is_some();
        if overrides && caller.user.role != Role::Support {
            return Err(Refusal::SupportOnly);
        }
        let plan = patch.plan.as_deref().map(Plan::parse).transpose()?;
        let event = |kind| caller.event(self, kind);
        let change = caller.workspace.change_row_by_usage(self.clock.now(), |row, usage, trail| {
            let mut billing = row.billing.clone();
            let mut events: Vec<Event> = Vec::new();
            let before = (billing.override_sessions, billing.override_payload_bytes);
            let sessions = patch.override_sessions.unwrap_or(before.0);
            let payload_bytes = patch.override_payload_bytes.unwrap_or(before.1);
            if (sessions, payload_bytes) != before {
                (billing.override_sessions, billing.override_payload_bytes) =
                    (sessions, payload_bytes);
                events.push(event(EventKind::BillingOverrideUpdated).with(&Overrides {
                    override_max_concurrent_sessions: billing.override_sessions,
                    override_max_payload_bytes: billing.override_payload_bytes,
                }));
            }
            if let Some(to) = plan.filter(|plan| is_change(&billing, *plan)) {
                let change = PlanChange { from: billing.plan.wire_name(), to: to.wire_name() };
                billing.change_plan(to, usage)?;
                events.push(event(EventKind::BillingPlanChanged).with(&change));
            }
            for event in events {
                trail.write(event)?;
            }
            row.billing = billing;
            Ok::<_, Refusal>(())
        });
        change.await??;
        self.billing(caller).await
    }

    /// Begins a payment with the provider: where its page is.
    pub(crate) async fn check_out(
        &self,
        caller: &UserCaller<S>,
        new: NewCheckout,
    ) -> Result<Checkout, Refusal> {
        self.payment_is_on()?;
        let plan = Plan::parse(&new.plan)?;
        if plan == Plan::Free {
            return Err(Refusal::invalid(
                "planName",
                "the free plan needs no payment; use base or pro",
            ));
        }
        for (field, url) in [("successUrl", &new.success_url), ("cancelUrl", &new.cancel_url)] {
            let is_web = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
            if !is_web || crate::domain::check_redirect_uri(url).is_err() {
                return Err(Refusal::invalid(field, "give an http or https address"));
            }
        }
        let id = format!("{}-{}", caller.workspace_id(), self.random.hex::<12>());
        let NewCheckout { success_url, cancel_url, .. } = new;
        let checkout = Checkout { id, plan, success_url, cancel_url };
        let event = caller
            .event(self, EventKind::BillingCheckoutStarted)
            .with(&Begun { plan_name: plan.wire_name(), external_session_id: &checkout.id });
        let begin = caller.workspace.change_row(|row, trail| {
            if matches!(row.billing.status, BillingStatus::Canceling | BillingStatus::GraceLock) {
                return Err(Refusal::BillingState(
                    "The plan is ending; resume it or change to free",
                ));
            }
            trail.write(event)?;
            row.billing.checkout = Some(checkout.clone());
            Ok(())
        });
        begin.await??;
        Ok(checkout)
    }

    /// The payment that was begun under this id, in whatever workspace.
    pub(crate) async fn checkout(
        &self,
        id: &str,
    ) -> Result<Option<(S::Workspace, Checkout)>, Refusal> {
        let number = id.split_once('-').and_then(|(number, _)| number.parse().ok());
        let Some(number) = number.map(WorkspaceId) else { return Ok(None) };
        let Some(workspace) = self.store.workspace(number).await? else { return Ok(None) };
        let checkout = workspace.row().billing.checkout.clone();
        Ok(checkout.filter(|checkout| checkout.id == id).map(|checkout| (workspace, checkout)))
    }

    /// The provider took the payment, or the buyer thought better of it. Where the browser goes then;
    /// `None` for a payment that is not under way.
    pub(crate) async fn end_checkout(
        &self,
        id: &str,
        paid: bool,
    ) -> Result<Option<String>, Refusal> {
        let Some((workspace, _)) = self.checkout(id).await? else { return Ok(None) };
        let now = self.clock.now();
        let end = workspace.change_row(|row, trail| {
            let Some(checkout) = row.billing.checkout.clone().filter(|begun| begun.id == id) else {
                return Ok(None);
            };
            if !paid {
                row.billing.checkout = None;
                return Ok(Some(checkout.cancel_url));
            }
            let completed = Event::new(EventKind::BillingCheckoutCompleted, now);
            let begun = Begun { plan_name: checkout.plan.wire_name(), external_session_id: id };
            trail.write(completed.with(&begun).once(format!("checkout {id}")))?;
            row.billing.paid(checkout.plan, now);
            Ok::<_, Refusal>(Some(checkout.success_url))
        });
        end.await?
    }

    /// Ends the plan with the period that is paid for.
    pub(crate) async fn cancel_plan(
        &self,
        caller: &UserCaller<S>,
    ) -> Result<BillingState, Refusal> {
        self.payment_is_on()?;
        let (event, now) =
            (caller.event(self, EventKind::BillingCancelRequested), self.clock.now());
        let cancel = caller.workspace.change_row(|row, trail| {
            let mut billing = row.billing.clone();
            if billing.cancel(now)? {
                trail.write(event)?;
                row.billing = billing;
            }
            Ok::<_, Refusal>(())
        });
        cancel.await??;
        self.billing(caller).await
    }

    /// Takes the cancellation back.
    pub(crate) async fn resume_plan(
        &self,
        caller: &UserCaller<S>,
    ) -> Result<BillingState, Refusal> {
        self.payment_is_on()?;
        let event = caller.event(self, EventKind::BillingResumeRequested);
        let resume = caller.workspace.change_row(|row, trail| {
            let mut billing = row.billing.clone();
            billing.resume()?;
            trail.write(event)?;
            row.billing = billing;
            Ok::<_, Refusal>(())
        });
        resume.await??;
        self.billing(caller).await
    }

    /// Ends the paid period at once, for a test.
    pub(crate) async fn test_grace_lock(
        &self,
        caller: &UserCaller<S>,
    ) -> Result<BillingState, Refusal> {
        self.test_switches_are_on()?;
        self.enter_grace_lock(&caller.workspace, Cause::Asked((&caller.user).into())).await?;
        self.billing(caller).await
    }

    /// Ends the grace at once, for a test.
    pub(crate) async fn test_grace_wipe(
        &self,
        caller: &UserCaller<S>,
    ) -> Result<BillingState, Refusal> {
        self.test_switches_are_on()?;
        self.wipe(&caller.workspace, Cause::Asked((&caller.user).into())).await?;
        self.billing(caller).await
    }

    fn payment_is_on(&self) -> Result<(), Refusal> {
        if self.payment().provider { Ok(()) } else { Err(Refusal::PaymentOff) }
    }

    fn test_switches_are_on(&self) -> Result<(), Refusal> {
        if self.payment().test_switches { Ok(()) } else { Err(Refusal::TestSwitchesOff) }
    }
}

impl BillingState {
    pub(crate) fn checkout_available(&self) -> bool {
        let open = matches!(self.billing.status, BillingStatus::Beta | BillingStatus::Active);
        self.payment.provider && open
    }

    pub(crate) fn cancel_available(&self) -> bool {
        let status = self.billing.status;
        let is_paid = matches!(status, BillingStatus::Active | BillingStatus::Canceling);
        self.payment.provider && is_paid
    }

    pub(crate) fn resume_available(&self) -> bool {
        self.payment.provider && self.billing.status == BillingStatus::Canceling
    }
}

/// Free from a paid state is a change even where the plan is called free already.
fn is_change(billing: &Billing, to: Plan) -> bool {
    let frees = to == Plan::Free && billing.status != BillingStatus::Beta;
    billing.plan != to || frees
}
