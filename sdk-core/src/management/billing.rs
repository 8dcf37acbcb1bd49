//! Plans, limits and payments.

use serde::{Deserialize, Deserializer, Serialize};

use super::{
    Management, endpoints,
    names::{BillingStatus, Plan},
    not_the_platform,
};
use crate::{
    client::json,
    error::Error,
    protocol::{call::Call, verdict::Accepted},
};

/// Plan, limits, usage and payments of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Billing {
    /// The plan.
    pub plan_name: Plan,
    /// How many sessions may be active at once.
    pub effective_max_concurrent_sessions: u64,
    /// How many bytes one user's data may take.
    pub effective_max_payload_bytes: u64,
    /// Support's own limit of sessions, where there is one.
    pub override_max_concurrent_sessions: Option<u64>,
    /// Support's own limit of bytes, where there is one.
    pub override_max_payload_bytes: Option<u64>,
    /// Where the workspace is on the way of its payments.
    pub billing_status: BillingStatus,
    /// What is in use.
    pub usage: BillingUsage,
    /// Whether a payment can be begun.
    pub checkout_available: bool,
    /// Who takes payments, where somebody does.
    pub payment_provider: Option<String>,
    /// For the provider's own script.
    pub paddle_client_token: Option<String>,
    /// For the provider's own script.
    pub paddle_environment: Option<String>,
    /// Whether the plan can be cancelled.
    pub cancel_available: bool,
    /// When the period that is paid for ends (ISO 8601).
    pub paid_period_ends_at: Option<String>,
    /// When the plan was cancelled (ISO 8601).
    pub cancel_requested_at: Option<String>,
    /// Whether what is there is more than the free plan allows.
    pub over_free_tier_limits: bool,
    /// Whether a cancellation can be taken back.
    pub resume_available: bool,
    /// When the grace ends and everything is wiped (ISO 8601).
    pub grace_ends_at: Option<String>,
}

/// What is in use of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BillingUsage {
    /// How many sessions are active.
    pub active_session_count: u64,
    /// The bytes of the largest data among them.
    pub largest_active_payload_bytes: Option<u64>,
}

/// What to change of the billing; what is not named stays. The overrides are for support.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct BillingPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_name: Option<Plan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    override_max_concurrent_sessions: Option<Option<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    override_max_payload_bytes: Option<Option<u64>>,
}

impl BillingPatch {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another plan.
    pub fn plan(mut self, plan: Plan) -> Self {
        self.plan_name = Some(plan);
        self
    }

    /// Support's own limit of sessions; `None` takes it away.
    pub const fn override_max_concurrent_sessions(mut self, limit: Option<u64>) -> Self {
        self.override_max_concurrent_sessions = Some(limit);
        self
    }

    /// Support's own limit of bytes; `None` takes it away.
    pub const fn override_max_payload_bytes(mut self, limit: Option<u64>) -> Self {
        self.override_max_payload_bytes = Some(limit);
        self
    }
}

/// What came of a change of plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanChange {
    /// It is made.
    Done(Box<Billing>),
    /// What is there does not fit the plan: nothing was changed.
    Blocked(DowngradeBlocked),
}

/// Why a plan cannot be had: revoke sessions or shrink data, then try again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DowngradeBlocked {
    /// The plan that was asked for.
    pub target_plan: Plan,
    /// How many sessions are active.
    pub active_session_count: u64,
    /// How many that plan allows.
    pub max_concurrent_sessions_allowed: u64,
    /// Whether there are more sessions than that.
    #[serde(deserialize_with = "flag_or_count")]
    pub sessions_over_limit: bool,
    /// The bytes of the largest data.
    pub largest_active_payload_bytes: Option<u64>,
    /// How many bytes that plan allows.
    pub max_payload_bytes_allowed: u64,
    /// Whether some user's data is larger than that.
    pub payload_over_limit: bool,
}

/// The platform's documents do not say whether it is a flag or a number of sessions.
fn flag_or_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Over {
        Flag(bool),
        Count(u64),
    }
    Ok(match Over::deserialize(deserializer)? {
        Over::Flag(over) => over,
        Over::Count(sessions) => sessions > 0,
    })
}

/// A payment to be begun.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutRequest {
    /// The plan to pay for: base or pro.
    pub plan_name: Plan,
    /// Where the payer comes back to afterwards.
    pub success_url: String,
    /// Where the payer comes back to without having paid.
    pub cancel_url: String,
}

/// A payment that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkout {
    /// Where to send the payer.
    pub checkout_url: String,
    /// Who takes the payment.
    pub provider: String,
    /// The provider's own id of it.
    pub external_session_id: String,
    /// For the provider's own script.
    pub paddle_client_token: Option<String>,
    /// For the provider's own script.
    pub paddle_environment: Option<String>,
}

impl Management {
    /// Plan, limits, usage and payments. For owners, admins and support.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn billing(&self) -> Result<Billing, Error> {
        self.read(Call::to(&endpoints::BILLING)).await
    }

    /// Changes the plan, and for support the limits.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 402 when the plan has to be paid for first;
    /// [`Error::Forbidden`] for overrides by anybody but support.
    pub async fn update_billing(&self, patch: &BillingPatch) -> Result<PlanChange, Error> {
        let call = Call::to(&endpoints::BILLING_PATCH).with_body(json::write(patch)?);
        match self.accepted(&call).await? {
            Accepted::Json(text) => Ok(PlanChange::Done(Box::new(json::read(&text)?))),
            Accepted::Blocked(text) => json::read(&text).map(PlanChange::Blocked),
            _ => Err(not_the_platform()),
        }
    }

    /// Begins a payment. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 501 where payments are off.
    pub async fn checkout(&self, request: &CheckoutRequest) -> Result<Checkout, Error> {
        self.send(Call::to(&endpoints::CHECKOUT), request).await
    }

    /// Ends the plan with the period that is paid for. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 501 where payments are off, 400 on a plan that is not paid for.
    pub async fn cancel_plan(&self) -> Result<Billing, Error> {
        self.read(Call::to(&endpoints::CANCEL)).await
    }

    /// Takes a cancellation back. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 501 where payments are off, 400 when nothing was cancelled.
    pub async fn resume_plan(&self) -> Result<Billing, Error> {
        self.read(Call::to(&endpoints::RESUME)).await
    }

    /// Ends the paid period of a cancelled plan at once: a switch of test platforms.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 where there is no such switch.
    pub async fn test_enter_grace_lock(&self) -> Result<(), Error> {
        self.done(Call::to(&endpoints::TEST_GRACE_LOCK)).await
    }

    /// Ends the grace at once, and wipes everything: a switch of test platforms.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 where there is no such switch.
    pub async fn test_complete_grace_wipe(&self) -> Result<(), Error> {
        self.done(Call::to(&endpoints::TEST_GRACE_WIPE)).await
    }
}
