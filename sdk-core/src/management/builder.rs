//! Making a client of the operators' API.

use std::{fmt, sync::Arc, time::Duration};

use futures_util::lock::Mutex;

use super::{
    Inner, Management,
    token::{Credentials, Held},
};
use crate::{
    config::{Limits, PRODUCTION},
    error::Error,
    host::{Host, IdentityProvider},
    native::default_host,
    protocol::{retry::RetryPolicy, wire::Origin},
    road::Line,
    secret::UserToken,
};

/// Collects what a [`Management`] needs; [`build`](Self::build) checks it.
#[derive(Default)]
#[must_use]
pub struct ManagementBuilder {
    origin: Option<String>,
    workspace: Option<String>,
    token: Option<UserToken>,
    provider: Option<Arc<dyn IdentityProvider>>,
    limits: Limits,
    host: Option<Arc<dyn Host>>,
}

impl ManagementBuilder {
    /// Where the platform lives: `https://host[:port]`, or `http` on loopback. Production by
    /// default.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// The workspace to log in to, by its unique name.
    pub fn workspace(mut self, name: impl Into<String>) -> Self {
        self.workspace = Some(name.into());
        self
    }

    /// The USER token to begin with.
    pub fn token(mut self, token: UserToken) -> Self {
        self.token = Some(token);
        self
    }

    /// Who logs in to the workspace, when a USER token is needed, and again when it is dead.
    pub fn identity_provider(mut self, provider: impl IdentityProvider + 'static) -> Self {
        self.provider = Some(Arc::new(provider));
        self
    }

    /// How long one attempt may take; 10 seconds by default.
    pub const fn attempt_timeout(mut self, time: Duration) -> Self {
        self.limits.attempt_timeout = time;
        self
    }

    /// How long a call may take with all its attempts; 30 seconds by default.
    pub const fn timeout(mut self, time: Duration) -> Self {
        self.limits.timeout = time;
        self
    }

    /// How calls that failed in passing are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.limits.retry = policy;
        self
    }

    /// The way to the world outside; with the feature `native`, reqwest and tokio by default.
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.host = Some(host);
        self
    }

    /// Checks everything and makes the client; nothing is sent.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field, what is wrong with it, and what to do about it.
    pub fn build(self) -> Result<Management, Error> {
        let origin = Origin::parse(self.origin.as_deref().unwrap_or(PRODUCTION))?;
        if self.token.as_ref().is_some_and(|token| token.origin() != origin.as_str()) {
            return Err(Error::invalid(
                "token",
                "was issued by another origin",
                "give a token of the origin that this client is for",
            ));
        }
        if self.token.is_none() && self.provider.is_none() {
            return Err(Error::invalid(
                "token",
                "is missing",
                "give a USER token, or an identity provider",
            ));
        }
        let credentials = Credentials {
            origin: origin.as_str().into(),
            workspace: self.workspace,
            provider: self.provider,
            token: Mutex::new(self.token.map(Held::given)),
        };
        self.limits.check()?;
        let host = self.host.map_or_else(default_host, Ok)?;
        let line = Line::new(host, origin, self.limits);
        Ok(Management(Arc::new(Inner { line, credentials })))
    }
}

impl fmt::Debug for ManagementBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagementBuilder")
            .field("origin", &self.origin)
            .field("workspace", &self.workspace)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}
