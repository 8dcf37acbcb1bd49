//! Making a verifier.

use std::{fmt, sync::Arc, time::Duration};

use super::{Inner, Verifier, cache::Cache};
use crate::{
    config::{Limits, PRODUCTION},
    error::Error,
    host::Host,
    native::default_host,
    protocol::{retry::RetryPolicy, wire::Origin},
    road::Line,
};

/// Collects what a [`Verifier`] needs; [`build`](Self::build) checks it.
#[must_use]
pub struct VerifierBuilder {
    origin: String,
    limits: Limits,
    host: Option<Arc<dyn Host>>,
    keep_accepted: Duration,
    keep_refused: Duration,
    most: usize,
}

impl Default for VerifierBuilder {
    fn default() -> Self {
        Self {
            origin: PRODUCTION.to_owned(),
            // Somebody is waiting for an answer of the backend's own.
            limits: Limits {
                attempt_timeout: Duration::from_secs(3),
                timeout: Duration::from_secs(8),
                retry: RetryPolicy::default(),
            },
            host: None,
            keep_accepted: Duration::from_secs(30),
            keep_refused: Duration::from_secs(5),
            most: 10_000,
        }
    }
}

impl VerifierBuilder {
    /// Where the platform lives: `https://host[:port]`, or `http` on loopback. Production by
    /// default.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = origin.into();
        self
    }

    /// How long an accepted token is accepted without asking again; 30 seconds by default. It is how
    /// long a revoked token goes unnoticed.
    pub const fn keep_accepted(mut self, time: Duration) -> Self {
        self.keep_accepted = time;
        self
    }

    /// How long a refused token is refused without asking again; 5 seconds by default.
    pub const fn keep_refused(mut self, time: Duration) -> Self {
        self.keep_refused = time;
        self
    }

    /// Of how many tokens the answers are kept; 10,000 by default.
    pub const fn max_tokens(mut self, tokens: usize) -> Self {
        self.most = tokens;
        self
    }

    /// How long one attempt to ask may take; 3 seconds by default.
    pub const fn attempt_timeout(mut self, time: Duration) -> Self {
        self.limits.attempt_timeout = time;
        self
    }

    /// How long asking may take with all its attempts; 8 seconds by default.
    pub const fn timeout(mut self, time: Duration) -> Self {
        self.limits.timeout = time;
        self
    }

    /// How a question that failed in passing is repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.limits.retry = policy;
        self
    }

    /// The way to the world outside; with the feature `native`, reqwest and tokio by default.
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.host = Some(host);
        self
    }

    /// Checks everything and makes the verifier; nothing is sent.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field, what is wrong with it, and what to do about it.
    pub fn build(self) -> Result<Verifier, Error> {
        if self.most == 0 {
            return Err(Error::invalid("max_tokens", "is zero", "use 1 or more"));
        }
        self.limits.check()?;
        let origin = Origin::parse(&self.origin)?;
        let host = self.host.map_or_else(default_host, Ok)?;
        let line = Line::new(host, origin.clone(), self.limits);
        let cache = Cache::new(self.most, self.keep_accepted, self.keep_refused);
        Ok(Verifier(Arc::new(Inner { line, origin, cache })))
    }
}

impl fmt::Debug for VerifierBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifierBuilder")
            .field("origin", &self.origin)
            .field("keep_accepted", &self.keep_accepted)
            .field("keep_refused", &self.keep_refused)
            .finish_non_exhaustive()
    }
}
