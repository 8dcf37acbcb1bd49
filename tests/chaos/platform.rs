//! What a run is played on.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use secureflows::Host;
use secureflows_mock::{Fault, SignIn, World};
use secureflows_tests::{APP, Indoors};
use serde_json::Value;

/// A platform, as its clients reach it and as a test steers it.
pub(crate) trait Platform: Send + Sync {
    /// What clients call it.
    fn origin(&self) -> &str;

    /// A way in, for one client.
    fn host(&self) -> Arc<dyn Host>;

    /// How long `time` is here.
    fn span(&self, time: Duration) -> Duration;

    /// Signs somebody in without pages: a token, unless that fails.
    fn token(&self, email: String) -> BoxFuture<'_, Option<String>>;

    /// The same by hosted login: the URL that it comes back to, with the `state` it was begun with.
    fn callback(&self, email: String, state: String) -> BoxFuture<'_, Option<String>>;

    /// Lays a fault.
    fn lay(&self, fault: Fault) -> BoxFuture<'_, ()>;

    /// Takes up all faults.
    fn clear(&self) -> BoxFuture<'_, ()>;

    /// Moves the clock forward.
    fn advance(&self, by: Duration) -> BoxFuture<'_, ()>;

    /// Destroys what somebody has, as an administrator would; whether that is known to have happened.
    fn revoke(&self, email: String) -> BoxFuture<'_, bool>;

    /// What somebody has stored.
    fn payload(&self, email: String) -> BoxFuture<'_, Option<Value>>;
}

impl Platform for World {
    fn origin(&self) -> &str {
        self.origin()
    }

    fn host(&self) -> Arc<dyn Host> {
        Arc::new(Indoors::new(self))
    }

    fn span(&self, time: Duration) -> Duration {
        time
    }

    fn token(&self, email: String) -> BoxFuture<'_, Option<String>> {
        Box::pin(async move { self.sign_in(&email, APP).await.ok() })
    }

    fn callback(&self, email: String, state: String) -> BoxFuture<'_, Option<String>> {
        Box::pin(async move {
            let signed_in = self.sign_in_fully(&SignIn::new(email, APP).state(state)).await;
            signed_in.ok()?.callback_url
        })
    }

    fn lay(&self, fault: Fault) -> BoxFuture<'_, ()> {
        Box::pin(async move { _ = self.faults().add(fault).unwrap() })
    }

    fn clear(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move { _ = self.faults().clear() })
    }

    fn advance(&self, by: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.clock().advance(by) })
    }

    fn revoke(&self, email: String) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            self.revoke_sessions(&email).await;
            true
        })
    }

    fn payload(&self, email: String) -> BoxFuture<'_, Option<Value>> {
        Box::pin(async move { self.payload(&email, APP).await })
    }
}
