//! Whether workspaces can pay, and whether a test may hurry them along.

use std::sync::{PoisonError, RwLock};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Platform;

/// The switches of the payment provider; both are off unless said, as on the platform (contract §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Payment {
    /// Whether there is a provider: a fake one, whose page takes every payment. Without it checkout, cancel
    /// and resume answer `501`.
    pub provider: bool,
    /// Whether `POST /workspaces/billing/test/…` works; otherwise it is `404`.
    pub test_switches: bool,
}

impl Payment {
    /// Both switches on.
    ///
    /// ```
    /// use secureflows_mock::{Payment, World};
    ///
    /// let world = World::builder().payment(Payment::on()).build()?;
    /// assert!(world.payment().provider);
    /// # Ok::<(), secureflows_mock::SeedError>(())
    /// ```
    #[must_use]
    pub fn on() -> Self {
        Self { provider: true, test_switches: true }
    }
}

/// The switches of one platform.
#[derive(Debug, Default)]
pub(super) struct Switches(RwLock<Payment>);

impl Switches {
    pub(super) fn fork(&self) -> Self {
        Self(RwLock::new(self.read()))
    }

    fn read(&self) -> Payment {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Platform<S> {
    pub(crate) fn payment(&self) -> Payment {
        self.payment.read()
    }

    pub(crate) fn set_payment(&self, payment: Payment) {
        *self.payment.0.write().unwrap_or_else(PoisonError::into_inner) = payment;
    }
}
