//! What stands before the platform: other origins, hosts, rates, and headers that protect browsers.

mod cors;
mod protect;
mod rate;
mod switches;

use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use axum::{extract::Request, response::Response};
use http::{
    HeaderMap, StatusCode,
    uri::{Scheme, Uri},
};
use jiff::Timestamp;

pub use self::switches::{Edge, RateLimit};
use self::{cors::Origin, rate::Spent};
use super::error::ApiError;
use crate::domain::{Bound, Directory, Reason};

/// The edge of one world.
#[derive(Default)]
pub(crate) struct Gate {
    switches: RwLock<Arc<Edge>>,
    spent: Mutex<Spent>,
}

/// A request that has been looked at, and what its answer will need.
pub(super) struct Passage {
    edge: Arc<Edge>,
    origin: Option<Origin>,
    secure: bool,
}

impl Gate {
    pub(crate) fn new(edge: Edge) -> Self {
        Self { switches: RwLock::new(Arc::new(edge)), spent: Mutex::default() }
    }

    pub(crate) fn edge(&self) -> Arc<Edge> {
        Arc::clone(&self.switches.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, edge: Edge) {
        *self.switches.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(edge);
    }

    pub(super) async fn look<S: Directory>(
        &self,
        store: &S,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Passage {
        let edge = self.edge();
        let origin = if edge.cors { cors::origin(store, headers).await } else { None };
        // A browser would keep to TLS on every port of this machine, whoever listens there.
        let is_here = uri.host().is_some_and(|host| host.eq_ignore_ascii_case("localhost"));
        let secure = uri.scheme() == Some(&Scheme::HTTPS) && !is_here;
        Passage { edge, origin, secure }
    }

    /// Refuses what may not come in, and answers what needs to go no further. A preflight spends nothing
    /// of the rate: browsers send it unasked, and do not show its `Retry-After` to anybody.
    pub(super) fn admit(
        &self,
        passage: &Passage,
        request: &Request,
        client: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Option<Response>, ApiError> {
        if !passage.edge.serves(request) {
            let error = ApiError::new(StatusCode::MISDIRECTED_REQUEST, "No such host here");
            return Err(error);
        }
        if passage.edge.cors && cors::is_preflight(request) {
            return cors::preflight(passage.origin.as_ref()).map(Some);
        }
        let Some(limit) = passage.edge.rate_limit else { return Ok(None) };
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.take(client, limit, now).map(|()| None).map_err(|wait| {
            let bound = Bound::Count(i64::from(limit.requests.get()));
            ApiError::too_many(wait).because(Reason::bounded("edge.rate_limit", bound))
        })
    }
}

impl Passage {
    /// Puts on an answer, whatever its status, what its browser needs.
    pub(super) fn leave(&self, response: &mut Response) {
        let headers = response.headers_mut();
        if self.edge.cors {
            cors::mark(headers, self.origin.as_ref());
        }
        if self.edge.security_headers {
            protect::harden(headers, self.secure);
        }
        if self.edge.framing_headers {
            protect::unframe(headers);
        }
    }
}

/// A copy that goes on counting by itself from where this one stands.
impl Clone for Gate {
    fn clone(&self) -> Self {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self { switches: RwLock::new(self.edge()), spent: Mutex::new(spent) }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gate({:?})", self.edge())
    }
}
