//! `/api/v1/workspaces/billing`: plans, limits and payments (contract §5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    call::Call,
    described::WEB_ADDRESS,
    given::given,
    io::{Answer, Example, Json},
    views::{self, BillingView},
    whole::Whole,
};
use crate::domain::{BillingPatch, Checkout, Directory, NewCheckout, Refusal, UserCaller};

/// Where the fake provider's page is.
pub(super) const CHECKOUT_PAGE: &str = "/app/checkout/";

pub(super) async fn read<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<BillingView>> {
    Ok(Json(call.platform().billing(&caller).await?.into()))
}

/// What changes; nothing keeps it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BillingChange {
    /// free, base or pro.
    #[schemars(extend("enum" = ["free", "base", "pro", null]))]
    plan_name: Option<String>,
    /// For support only; null gives back the plan's own.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<u32>", range(max = 4_294_967_295_u32))]
    override_max_concurrent_sessions: Option<Option<Whole>>,
    /// For support only; null gives back the plan's own.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<u32>", range(max = 4_294_967_295_u32))]
    override_max_payload_bytes: Option<Option<Whole>>,
}

impl Example for BillingChange {
    fn example() -> Value {
        json!({ "planName": "base" })
    }
}

pub(super) async fn update<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Json(body): Json<BillingChange>,
) -> Answer<Json<BillingView>> {
    let patch = BillingPatch {
        plan: body.plan_name,
        override_sessions: limit(
            "overrideMaxConcurrentSessions",
            body.override_max_concurrent_sessions,
        )?,
        override_payload_bytes: limit("overrideMaxPayloadBytes", body.override_max_payload_bytes)?,
    };
    Ok(Json(call.platform().change_billing(&caller, patch).await?.into()))
}

fn limit(
    field: &'static str,
    given: Option<Option<Whole>>,
) -> Result<Option<Option<u64>>, Refusal> {
    let check = |Whole(limit)| {
        let limit = u32::try_from(limit).map(u64::from);
        limit.map_err(|_| Refusal::invalid(field, "give 0 to 4294967295, or null"))
    };
    given.map(|given| given.map(check).transpose()).transpose()
}

/// A payment to begin.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateCheckout {
    /// base or pro.
    #[schemars(extend("enum" = ["base", "pro"]))]
    plan_name: String,
    /// Where the buyer goes after paying.
    #[schemars(regex(pattern = WEB_ADDRESS))]
    success_url: String,
    /// Where the buyer goes after thinking better of it.
    #[schemars(regex(pattern = WEB_ADDRESS))]
    cancel_url: String,
}

impl Example for CreateCheckout {
    fn example() -> Value {
        json!({
            "planName": "base",
            "successUrl": "http://localhost:5173/paid",
            "cancelUrl": "http://localhost:5173/plans",
        })
    }
}

/// Where to pay.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckoutView {
    checkout_url: String,
    provider: &'static str,
    external_session_id: String,
    paddle_client_token: Option<&'static str>,
    paddle_environment: Option<&'static str>,
}

pub(super) async fn check_out<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Json(body): Json<CreateCheckout>,
) -> Answer<Json<CheckoutView>> {
    let CreateCheckout { plan_name, success_url, cancel_url } = body;
    let new = NewCheckout { plan: plan_name, success_url, cancel_url };
    let Checkout { id, .. } = call.platform().check_out(&caller, new).await?;
    Ok(Json(CheckoutView {
        checkout_url: format!("{}{CHECKOUT_PAGE}{id}", call.origin()),
        provider: views::PROVIDER,
        external_session_id: id,
        paddle_client_token: Some(views::CLIENT_TOKEN),
        paddle_environment: Some(views::ENVIRONMENT),
    }))
}

pub(super) async fn cancel<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<BillingView>> {
    Ok(Json(call.platform().cancel_plan(&caller).await?.into()))
}

pub(super) async fn resume<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<BillingView>> {
    Ok(Json(call.platform().resume_plan(&caller).await?.into()))
}

pub(super) async fn test_grace_lock<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<BillingView>> {
    Ok(Json(call.platform().test_grace_lock(&caller).await?.into()))
}

pub(super) async fn test_grace_wipe<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<BillingView>> {
    Ok(Json(call.platform().test_grace_wipe(&caller).await?.into()))
}
