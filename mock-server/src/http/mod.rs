//! The platform over HTTP. The table in `routes` says what there is; everything else serves it.

mod actor;
mod applications;
mod audit;
mod auth;
mod billing;
mod call;
mod checkout;
pub(crate) mod cookies;
mod described;
mod dialect;
mod dispatch;
mod docs;
mod edge;
mod error;
mod faults;
mod given;
mod health;
mod hygiene;
mod identity;
mod invites;
mod io;
mod journal;
mod listing;
mod login;
mod openapi;
mod operators;
mod query;
mod respond;
mod routes;
mod serve;
mod sessions;
mod strict;
mod users;
mod views;
mod visit;
mod whole;
mod workspaces;

use std::{fmt, net::IpAddr, sync::Arc};

use axum::{Router, body::Body, extract::Request, response::Response};
use http::{HeaderValue, header};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use tower_service::Service as _;

pub(crate) use auth::callback_address;
pub(crate) use call::read_body;
pub use dialect::Profile;
pub(crate) use dialect::no_answer;
pub(crate) use edge::Gate;
pub use edge::{Edge, RateLimit};
pub(crate) use error::ApiError;
pub use faults::{Effect, Fault, FaultError, FaultId, FaultReport};
pub(crate) use faults::{Faults, Person, Plan, named};
pub(crate) use journal::{Caller, Journal, Row};
pub(crate) use respond::json;
pub(crate) use routes::operations;
pub use serve::Limits;
pub(crate) use serve::{Door, Server, Tls};

use self::visit::Visit;
use crate::{
    clock::Clock,
    domain::{Directory, Platform},
};

/// A platform as it is reached over HTTP.
pub(crate) struct Site<S> {
    pub(crate) platform: Platform<S>,
    pub(crate) profile: Profile,
    /// Whether identities that a client puts into a request are refused.
    pub(crate) strict: bool,
    pub(crate) edge: Gate,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
}

impl<S> Site<S> {
    /// An independent copy of the whole state as it is now, over `store`, a copy of this one's, and going by
    /// `clock`: what a snapshot is and what a restore makes. It names every part, so that none is forgotten.
    pub(crate) fn fork<T>(&self, store: T, clock: Clock) -> Site<T> {
        let Self { platform, profile, strict, edge, faults, journal } = self;
        Site {
            platform: platform.fork(store, clock),
            profile: *profile,
            strict: *strict,
            edge: edge.clone(),
            faults: faults.clone(),
            journal: journal.clone(),
        }
    }
}

/// The routes of every site over stores of kind `S`. Building them is the dear part: do it once a process.
pub(crate) fn routes<S: Directory>() -> Router {
    dispatch::router(routes::table::<S>())
}

/// Where a request over a socket comes from. Whoever serves a socket puts it into the request's extensions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Answers one request to `site`.
pub(crate) async fn answer<S: Directory>(
    site: Arc<Site<S>>,
    routes: Router,
    request: Request,
) -> Response {
    let client = request.extensions().get().map(|Peer(client)| *client);
    let in_time = site.platform.store.keep_time(&site.platform.clock).await;
    let visit = Arc::new(Visit::begin(Arc::clone(&site), client, &request));
    let passage = site.edge.look(&site.platform.store, request.uri(), request.headers()).await;
    let admitted = hygiene::check(&request, client.is_some())
        .and_then(|()| in_time.map_err(no_answer))
        .and_then(|()| site.edge.admit(&passage, &request, visit.client, visit.began));
    let mut response = match admitted {
        Err(error) => visit.refuse(&error),
        Ok(Some(preflight)) => preflight,
        Ok(None) => route(Arc::clone(&visit), routes, request).await,
    };
    passage.leave(&mut response);
    stamp(&mut response, visit.began);
    visit.answered(&mut response);
    drop(visit);
    site.platform.store.logged().await;
    response
}

async fn route<S: Directory>(
    visit: Arc<Visit<S>>,
    mut routes: Router,
    mut request: Request,
) -> Response {
    request.extensions_mut().insert(visit);
    let Ok(response) = routes.call(request).await;
    response
}

/// Dates an answer by the world's clock.
pub(crate) fn stamp(response: &mut Response<Body>, now: Timestamp) {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).ok();
    if let Some(date) = date.and_then(|date| HeaderValue::try_from(date).ok()) {
        response.headers_mut().insert(header::DATE, date);
    }
}

impl<S> fmt::Debug for Site<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Site({:?}, {:?})", self.platform, self.profile)
    }
}
