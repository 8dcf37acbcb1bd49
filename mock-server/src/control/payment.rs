//! `/_mock/payment`: whether workspaces can pay, and whether a test may hurry them along.

use schemars::JsonSchema;
use serde::Deserialize;

use super::dispatch::{Answer, Call};
use crate::domain::Payment;

/// The switches to turn; those that are not named stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Turned {
    /// Whether there is a provider: a fake one, whose page takes every payment.
    provider: Option<bool>,
    /// Whether `POST /workspaces/billing/test/…` works.
    test_switches: Option<bool>,
}

pub(super) async fn read(call: Call) -> Answer<Payment> {
    Ok(call.world.payment())
}

pub(super) async fn turn(call: Call, turned: Turned) -> Answer<Payment> {
    let Payment { provider, test_switches } = call.world.payment();
    let payment = Payment {
        provider: turned.provider.unwrap_or(provider),
        test_switches: turned.test_switches.unwrap_or(test_switches),
    };
    call.world.set_payment(payment);
    Ok(payment)
}
