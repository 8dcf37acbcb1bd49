//! What a workspace pays, and the walk from a paid plan back to the free one (contract §5):
//! `beta` or `active`, `canceling`, `grace_lock`, wiped and free again.

use std::time::Duration;

use jiff::Timestamp;

use super::{Plan, Refusal, lifetime, plan::PlanLimits};

/// What is paid for at once.
const PERIOD: Duration = Duration::from_secs(30 * 24 * 3_600);

/// How long a locked workspace keeps its data.
const GRACE: Duration = Duration::from_secs(14 * 24 * 3_600);

/// An event about a limit that was met is noted once in so long.
const TOLD_AGAIN: Duration = Duration::from_secs(3_600);

/// Where a workspace stands with its payments.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BillingStatus {
    Beta,
    Active,
    Canceling,
    GraceLock,
}

/// What is kept about a workspace's payments.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Billing {
    pub(crate) plan: Plan,
    pub(crate) status: BillingStatus,
    pub(crate) override_sessions: Option<u64>,
    pub(crate) override_payload_bytes: Option<u64>,
    pub(crate) paid_period_ends_at: Option<Timestamp>,
    pub(crate) cancel_requested_at: Option<Timestamp>,
    pub(crate) checkout: Option<Checkout>,
    /// When the first period that was paid for began.
    paid_since: Option<Timestamp>,
    was_wiped: bool,
    /// How many walks back to free were begun. It tells the events of one from those of the next.
    walks: u64,
    /// What was before a lock without a walk.
    locked_from: Option<Box<Billing>>,
    told: Told,
}

/// A payment that was begun with the provider.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Checkout {
    pub(crate) id: String,
    pub(crate) plan: Plan,
    pub(crate) success_url: String,
    pub(crate) cancel_url: String,
}

/// What a workspace's active sessions take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) sessions: u64,
    pub(crate) largest_payload_bytes: Option<u64>,
}

/// Why a plan is too small for what a workspace has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overrun {
    pub(crate) target: Plan,
    pub(crate) usage: Usage,
    pub(crate) limits: PlanLimits,
}

/// A limit that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LimitKind {
    Sessions,
    Payload,
}

/// What comes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    GraceLock,
    Wipe,
}

/// When the last event about each limit was noted.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Told {
    sessions: Option<Timestamp>,
    payload: Option<Timestamp>,
}

impl BillingStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::Active => "active",
            Self::Canceling => "canceling",
            Self::GraceLock => "grace_lock",
        }
    }
}

impl Billing {
    /// A new workspace's: a plan to try, nothing to pay.
    pub(crate) fn beta(plan: Plan) -> Self {
        Self {
            plan,
            status: BillingStatus::Beta,
            override_sessions: None,
            override_payload_bytes: None,
            paid_period_ends_at: None,
            cancel_requested_at: None,
            checkout: None,
            paid_since: None,
            was_wiped: false,
            walks: 0,
            locked_from: None,
            told: Told::default(),
        }
    }

    /// What holds now: the plan's limits, unless support set others.
    pub(crate) fn limits(&self) -> PlanLimits {
        self.limits_of(self.plan)
    }

    fn limits_of(&self, plan: Plan) -> PlanLimits {
        let PlanLimits { sessions, payload_bytes } = plan.limits();
        PlanLimits {
            sessions: self.override_sessions.unwrap_or(sessions),
            payload_bytes: self.override_payload_bytes.unwrap_or(payload_bytes),
        }
    }

    /// Until when a locked workspace keeps its data.
    pub(crate) fn grace_ends_at(&self) -> Option<Timestamp> {
        let end = self.paid_period_ends_at.map(|end| lifetime::later(end, GRACE));
        end.filter(|_| self.status == BillingStatus::GraceLock)
    }

    /// Changes the plan where that costs nothing: between any in `beta`, and down to free from anywhere.
    pub(crate) fn change_plan(&mut self, target: Plan, usage: Usage) -> Result<(), Refusal> {
        let is_free_of_charge = self.status == BillingStatus::Beta || target == Plan::Free;
        if !is_free_of_charge {
            return Err(Refusal::NeedsCheckout);
        }
        self.fits(target, usage)?;
        *self = Self { plan: target, ..self.cleared() };
        Ok(())
    }

    fn fits(&self, target: Plan, usage: Usage) -> Result<(), Refusal> {
        let overrun = Overrun { target, usage, limits: self.limits_of(target) };
        if overrun.sessions() || overrun.payload() {
            return Err(Refusal::DowngradeBlocked(overrun));
        }
        Ok(())
    }

    /// The same without markers of a payment.
    fn cleared(&self) -> Self {
        Self {
            override_sessions: self.override_sessions,
            override_payload_bytes: self.override_payload_bytes,
            walks: self.walks,
            told: self.told,
            ..Self::beta(self.plan)
        }
    }

    /// A payment came in.
    pub(crate) fn paid(&mut self, plan: Plan, now: Timestamp) {
        *self =
            Self { plan, status: BillingStatus::Active, paid_since: Some(now), ..self.cleared() };
    }

    /// Ends the plan with the period that is paid for; whether that is news. A payment that is under way is
    /// called off.
    pub(crate) fn cancel(&mut self, now: Timestamp) -> Result<bool, Refusal> {
        match self.status {
            BillingStatus::Canceling => Ok(false),
            BillingStatus::Active => {
                self.status = BillingStatus::Canceling;
                self.cancel_requested_at = Some(now);
                self.paid_period_ends_at = Some(period_end(self.paid_since.unwrap_or(now), now));
                self.checkout = None;
                self.walks += 1;
                Ok(true)
            }
            BillingStatus::Beta | BillingStatus::GraceLock => {
                Err(Refusal::BillingState("There is no paid plan to cancel"))
            }
        }
    }

    /// Takes the cancellation back.
    pub(crate) fn resume(&mut self) -> Result<(), Refusal> {
        if self.status != BillingStatus::Canceling {
            return Err(Refusal::BillingState("There is no cancellation to take back"));
        }
        self.status = BillingStatus::Active;
        self.cancel_requested_at = None;
        self.paid_period_ends_at = None;
        Ok(())
    }

    /// Locks the workspace, the paid period being over; whether that is news.
    pub(crate) fn enter_grace_lock(&mut self) -> Result<bool, Refusal> {
        match self.status {
            BillingStatus::GraceLock => Ok(false),
            BillingStatus::Canceling => {
                self.status = BillingStatus::GraceLock;
                Ok(true)
            }
            BillingStatus::Beta | BillingStatus::Active => {
                Err(Refusal::BillingState("The workspace must be canceling"))
            }
        }
    }

    /// Whether a wipe is allowed, and news.
    pub(crate) fn may_wipe(&self) -> Result<bool, Refusal> {
        match self.status {
            BillingStatus::GraceLock => Ok(true),
            BillingStatus::Beta if self.was_wiped => Ok(false),
            _ => Err(Refusal::BillingState("The workspace must be in its grace lock")),
        }
    }

    /// The grace is over: free again. The sessions are the caller's to end.
    pub(crate) fn wiped(&mut self) {
        *self = Self { plan: Plan::Free, was_wiped: true, ..self.cleared() };
    }

    /// What has come by itself until `now`, and since when it was due.
    pub(crate) fn due(&self, now: Timestamp) -> Option<(Due, Timestamp)> {
        self.next().filter(|(_, at)| *at <= now)
    }

    /// What is going to come by itself.
    pub(crate) fn next(&self) -> Option<(Due, Timestamp)> {
        match self.status {
            BillingStatus::Canceling => self.paid_period_ends_at.map(|at| (Due::GraceLock, at)),
            BillingStatus::GraceLock => self.grace_ends_at().map(|at| (Due::Wipe, at)),
            BillingStatus::Beta | BillingStatus::Active => None,
        }
    }

    /// Locks without a walk, for a test that wants only that; whether that is news.
    pub(crate) fn force_lock(&mut self, now: Timestamp) -> bool {
        if self.status == BillingStatus::GraceLock {
            return false;
        }
        let locked_from = Some(Box::new(self.clone()));
        *self = Self {
            status: BillingStatus::GraceLock,
            cancel_requested_at: self.cancel_requested_at.or(Some(now)),
            paid_period_ends_at: self.paid_period_ends_at.or(Some(now)),
            walks: self.walks + 1,
            locked_from,
            ..self.cleared()
        };
        true
    }

    /// Lifts a lock: back to what was before it, or after a walk to the plan that was paid for.
    pub(crate) fn force_unlock(&mut self) {
        if self.status != BillingStatus::GraceLock {
            return;
        }
        let (paid_since, status) = (self.paid_since, BillingStatus::Active);
        let before = match self.locked_from.take() {
            Some(before) => *before,
            None => Self { status, paid_since, ..self.cleared() },
        };
        // What happened meanwhile stays.
        let Self { override_sessions, override_payload_bytes, walks, told, .. } = *self;
        *self = Self { override_sessions, override_payload_bytes, walks, told, ..before };
    }

    /// The name of a step of the walk that the workspace is on, unlike any other walk's.
    pub(crate) fn step_name(&self, due: Due) -> String {
        let step = match due {
            Due::GraceLock => "lock",
            Due::Wipe => "wipe",
        };
        format!("{step} {}", self.walks)
    }

    /// Whether an event about this limit is to be noted: at most one an hour.
    pub(crate) fn tell(&mut self, limit: LimitKind, now: Timestamp) -> bool {
        let told = match limit {
            LimitKind::Sessions => &mut self.told.sessions,
            LimitKind::Payload => &mut self.told.payload,
        };
        let is_due = told.is_none_or(|at| lifetime::later(at, TOLD_AGAIN) <= now);
        if is_due {
            *told = Some(now);
        }
        is_due
    }
}

impl Usage {
    /// Whether the free plan would be too small.
    pub(crate) fn is_over_free(self) -> bool {
        let overrun = Overrun { target: Plan::Free, usage: self, limits: Plan::Free.limits() };
        overrun.sessions() || overrun.payload()
    }
}

impl Overrun {
    pub(crate) fn sessions(&self) -> bool {
        self.usage.sessions > self.limits.sessions
    }

    pub(crate) fn payload(&self) -> bool {
        self.usage.largest_payload_bytes.is_some_and(|bytes| bytes > self.limits.payload_bytes)
    }
}

/// The end of the period that `now` is in.
fn period_end(since: Timestamp, now: Timestamp) -> Timestamp {
    let mut end = lifetime::later(since, PERIOD);
    while end <= now && end < Timestamp::MAX {
        end = lifetime::later(end, PERIOD);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_cancelled_plan_lasts_until_its_period_ends() {
        let mut billing = Billing::beta(Plan::Free);
        assert!(billing.cancel(at("2026-01-01T00:00:00Z")).is_err());
        billing.paid(Plan::Base, at("2026-01-01T00:00:00Z"));
        assert_eq!(billing.cancel(at("2026-02-10T00:00:00Z")), Ok(true));
        assert_eq!(billing.cancel(at("2026-02-11T00:00:00Z")), Ok(false));
        assert_eq!(billing.paid_period_ends_at, Some(at("2026-03-02T00:00:00Z")));
        assert_eq!(billing.due(at("2026-03-01T00:00:00Z")), None);
        let due = Some((Due::GraceLock, at("2026-03-02T00:00:00Z")));
        assert_eq!(billing.due(at("2026-03-02T00:00:00Z")), due);
        billing.enter_grace_lock().unwrap();
        assert_eq!(billing.grace_ends_at(), Some(at("2026-03-16T00:00:00Z")));
        billing.wiped();
        assert_eq!((billing.plan, billing.status), (Plan::Free, BillingStatus::Beta));
        assert_eq!(billing.may_wipe(), Ok(false), "asking again is no error");
    }

    #[test]
    fn limits_are_told_once_an_hour() {
        let mut billing = Billing::beta(Plan::Free);
        let (ten, almost_eleven) = (at("2026-01-01T10:30:00Z"), at("2026-01-01T11:29:59Z"));
        assert!(billing.tell(LimitKind::Sessions, ten));
        assert!(!billing.tell(LimitKind::Sessions, almost_eleven));
        assert!(billing.tell(LimitKind::Payload, almost_eleven));
        assert!(billing.tell(LimitKind::Sessions, at("2026-01-01T11:30:00Z")));
    }
}
