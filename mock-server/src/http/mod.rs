//! The platform over HTTP. The table in `routes` says what there is; everything else serves it.

mod actor;
mod auth;
mod call;
pub(crate) mod cookies;
mod dialect;
mod dispatch;
mod error;
mod health;
mod hygiene;
mod login;
mod query;
mod respond;
mod routes;
mod serve;
mod sessions;

use std::{fmt, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use tower_service::Service as _;

pub(crate) use auth::callback_address;
pub(crate) use call::read_body;
pub use dialect::Profile;
pub(crate) use error::ApiError;
pub(crate) use respond::json;
pub use serve::Limits;
pub(crate) use serve::{Door, Server, Tls};

use crate::{clock::Clock, domain::Platform};

/// A platform as it is reached over HTTP.
pub(crate) struct Site<S> {
    pub(crate) platform: Platform<S>,
    pub(crate) profile: Profile,
}

impl<S> Site<S> {
    /// An independent copy of the whole state as it is now, over `store`, a copy of this one's, and going by
    /// `clock`: what a snapshot is and what a restore makes. It names every part, so that none is forgotten.
    pub(crate) fn fork(&self, store: S, clock: Clock) -> Self {
        let Self { platform, profile } = self;
        Self { platform: platform.fork(store, clock), profile: *profile }
    }
}

/// The routes of every site over stores of kind `S`. Building them is the dear part: do it once a process.
pub(crate) fn routes<S: crate::domain::Directory>() -> Router {
    dispatch::router(routes::table::<S>())
}

/// Answers one request to `site`.
pub(crate) async fn answer<S: Send + Sync + 'static>(
    site: Arc<Site<S>>,
    mut routes: Router,
    mut request: Request,
) -> Response {
    let now = site.platform.clock.now();
    let mut response = match hygiene::check(request.headers()) {
        Err(error) => error.into_response(),
        Ok(()) => {
            request.extensions_mut().insert(site);
            let Ok(response) = routes.call(request).await;
            response
        }
    };
    stamp(&mut response, now);
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
