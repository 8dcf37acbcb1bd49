//! The switches of a world's edge.

use std::{num::NonZeroU32, time::Duration};

use axum::extract::Request;
use http::header;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a world's edge behaves. CORS and security headers are on; all else is off.
///
/// ```
/// use secureflows_mock::{Edge, RateLimit, World};
///
/// let world = World::builder().edge(Edge::default().host("login.example.com")).build()?;
/// // And while it runs:
/// let limit = RateLimit::new(10, std::time::Duration::from_secs(1));
/// world.set_edge(world.edge().rate_limit(limit));
/// assert!(world.edge().cors_is_on());
/// # Ok::<(), secureflows_mock::SeedError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Edge {
    pub(super) cors: bool,
    pub(super) security_headers: bool,
    pub(super) framing_headers: bool,
    /// `None`: whatever host a request names.
    pub(super) hosts: Option<Vec<String>>,
    pub(super) rate_limit: Option<RateLimit>,
}

/// How many requests one address may send in how long. All of them may come at once; after that they
/// come back evenly, by the world's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimit {
    pub(super) requests: NonZeroU32,
    pub(super) per_seconds: NonZeroU32,
}

impl Default for Edge {
    fn default() -> Self {
        Self {
            cors: true,
            security_headers: true,
            framing_headers: false,
            hosts: None,
            rate_limit: None,
        }
    }
}

impl Edge {
    /// Whether other origins may call: those on which some application has an `http` or `https` redirect
    /// URI (contract ruling 11). On unless said.
    #[must_use]
    pub fn cors(self, cors: bool) -> Self {
        Self { cors, ..self }
    }

    /// Whether answers carry `nosniff`, a referrer policy and, under TLS, HSTS. On unless said.
    #[must_use]
    pub fn security_headers(self, security_headers: bool) -> Self {
        Self { security_headers, ..self }
    }

    /// Whether answers forbid being framed. Off unless said: the login page may be reached inside a
    /// preview's frame (contract §2).
    #[must_use]
    pub fn framing_headers(self, framing_headers: bool) -> Self {
        Self { framing_headers, ..self }
    }

    /// Serves this host too, and none that was not named so: others get `421`. A host without a port
    /// stands for all its ports.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.hosts.get_or_insert_default().push(host.into());
        self
    }

    /// Serves whatever host a request names, as at first.
    #[must_use]
    pub fn any_host(self) -> Self {
        Self { hosts: None, ..self }
    }

    /// Answers `429` to an address that sends more than this. Without a socket all callers are one address.
    #[must_use]
    pub fn rate_limit(self, limit: RateLimit) -> Self {
        Self { rate_limit: Some(limit), ..self }
    }

    /// Lifts the limit.
    #[must_use]
    pub fn no_rate_limit(self) -> Self {
        Self { rate_limit: None, ..self }
    }

    /// Whether other origins may call.
    #[must_use]
    pub fn cors_is_on(&self) -> bool {
        self.cors
    }

    /// Whether the host that the request names is served.
    pub(super) fn serves(&self, request: &Request) -> bool {
        let Some(hosts) = &self.hosts else { return true };
        let named = request.uri().authority().map(http::uri::Authority::as_str);
        let header = || request.headers().get(header::HOST)?.to_str().ok();
        let Some(named) = named.or_else(header) else { return false };
        // Neither the brackets of an IPv6 address nor its colons are a port.
        let bare = match named.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
            _ => named,
        };
        let known =
            |host: &String| host.eq_ignore_ascii_case(named) || host.eq_ignore_ascii_case(bare);
        hosts.iter().any(known)
    }
}

impl RateLimit {
    /// So many `requests` in the time `per`, each at least one: a request, a second.
    #[must_use]
    pub fn new(requests: u32, per: Duration) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let seconds = u32::try_from(per.as_secs()).unwrap_or(u32::MAX);
        Self { requests: at_least_one(requests), per_seconds: at_least_one(seconds) }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn hosts_are_served_by_name() {
        let edge = Edge::default().host("a.example").host("127.0.0.1:80").host("[::1]");
        let serves = |host: &str| {
            edge.serves(&Request::get("/").header("host", host).body(Body::empty()).unwrap())
        };
        for good in ["a.example", "A.Example:8443", "127.0.0.1:80", "[::1]", "[::1]:80"] {
            assert!(serves(good), "{good}");
        }
        for bad in ["b.example", "127.0.0.1", "127.0.0.1:81", "a.example.", "[::1", ""] {
            assert!(!serves(bad), "{bad}");
        }
        let nowhere = Request::get("/").body(Body::empty()).unwrap();
        assert!(!edge.serves(&nowhere) && edge.any_host().serves(&nowhere));
    }

    #[test]
    fn switches_read_as_they_are_written() {
        let edge = Edge::default().host("a").rate_limit(RateLimit::new(0, Duration::ZERO));
        let text = serde_json::to_string(&edge).unwrap();
        assert_eq!(serde_json::from_str::<Edge>(&text).unwrap(), edge);
        assert_eq!(serde_json::from_str::<Edge>("{}").unwrap(), Edge::default());
        assert!(serde_json::from_str::<Edge>(r#"{"corse":true}"#).is_err());
    }
}
