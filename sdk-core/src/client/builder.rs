//! Making a client.

use std::{fmt, sync::Arc, time::Duration};

use super::Client;
use crate::{
    config::Settings,
    error::Error,
    host::{Host, Reauthenticate},
    native::default_host,
    protocol::retry::RetryPolicy,
    road::{Again, Road},
};

/// Collects what a [`Client`] needs; [`build`](Self::build) checks it.
#[derive(Default)]
#[must_use]
pub struct ClientBuilder {
    settings: Settings,
    host: Option<Arc<dyn Host>>,
    again: Again,
}

impl ClientBuilder {
    /// Where the platform lives: `https://host[:port]`, or `http` on loopback. Production by
    /// default.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.settings.origin = origin.into();
        self
    }

    /// The workspace's unique name.
    pub fn workspace(mut self, name: impl Into<String>) -> Self {
        self.settings.workspace = Some(name.into());
        self
    }

    /// The application's id.
    pub fn app_id(mut self, app_id: impl Into<String>) -> Self {
        self.settings.app_id = Some(app_id.into());
        self
    }

    /// Where hosted login comes back to, byte for byte as it is registered.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.settings.redirect_uri = Some(uri.into());
        self
    }

    /// How long one attempt may take; 10 seconds by default.
    pub const fn attempt_timeout(mut self, time: Duration) -> Self {
        self.settings.limits.attempt_timeout = time;
        self
    }

    /// How long a call may take with all its attempts; 30 seconds by default. A re-login takes its
    /// own time, and the call begins anew after it.
    pub const fn timeout(mut self, time: Duration) -> Self {
        self.settings.limits.timeout = time;
        self
    }

    /// The way to the world outside; with the feature `native`, reqwest and tokio by default.
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.host = Some(host);
        self
    }

    /// Who signs the user in again when a token turns out to be dead. Without it, calls fail with
    /// [`Error::SignedOut`].
    ///
    /// All calls that meet the dead token wait for one re-login. When the same user came back, each
    /// is tried once more; when somebody else or nobody known did, they fail with
    /// [`Error::UserChanged`] and nothing is sent (contract, ruling 14).
    pub fn reauthenticate(mut self, by: impl Reauthenticate + 'static) -> Self {
        self.again = Again::Pages(Arc::new(by));
        self
    }

    /// Who signs in where nobody sits at a browser: in scripts and workflow tools. It takes the place
    /// of [`reauthenticate`](Self::reauthenticate), and needs no redirect URI.
    ///
    /// [`Client::sign_in`] opens the session; when its token turns out to be dead, it is renewed once
    /// for all calls that wait, for the same session only.
    #[cfg(feature = "headless")]
    pub fn identity_provider(
        mut self,
        provider: impl crate::host::IdentityProvider + 'static,
    ) -> Self {
        self.again = Again::Headless(Arc::new(provider));
        self
    }

    /// How calls that failed in passing are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.limits.retry = policy;
        self
    }

    /// The most bytes that the user's data may take, as [`Client::budget`] counts them: a write that
    /// would make it more fails with [`Error::QuotaExceeded`] before it is sent. Without it nothing is
    /// refused here, since the platform never tells the plan's limit.
    #[cfg(feature = "budget")]
    pub const fn payload_limit(mut self, bytes: usize) -> Self {
        self.settings.payload_limit = Some(bytes);
        self
    }

    /// A backend of the app's own, by its exact origin (`https://host[:port]`, or `http` on loopback):
    /// [`Client::authorize`] and [`Client::fetch`] give the token to these and to nobody else. May be
    /// called several times.
    pub fn backend(mut self, origin: impl Into<String>) -> Self {
        self.settings.backends.push(origin.into());
        self
    }

    /// Checks everything and makes the client; nothing is sent.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field, what is wrong with it, and what to do about it.
    pub fn build(self) -> Result<Client, Error> {
        let config = self.settings.check(self.again.needs_no_pages())?;
        let host = self.host.map_or_else(default_host, Ok)?;
        Ok(Client { road: Arc::new(Road::new(config, host, self.again)) })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
