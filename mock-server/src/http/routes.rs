//! The one table of what the platform answers.

use http::Method;

use super::{
    auth,
    dispatch::{Endpoint, Route, identity, public, session},
    health, identity as identity_api, login, sessions,
};
use crate::domain::Directory;

/// Method, path, operation, who may call and what answers. The router is built from it.
pub(super) fn table<S: Directory>() -> Vec<Route<S>> {
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const DELETE: Method = Method::DELETE;
    vec![
        route(POST, "/api/v1/sessions", "sessions.create", identity(sessions::create)),
        route(GET, "/api/v1/sessions", "sessions.payload", session(sessions::payload)),
        route(GET, "/api/v1/sessions/identity", "sessions.identity", session(sessions::identity)),
        route(
            POST,
            "/api/v1/sessions/get-or-create",
            "sessions.get_or_create",
            identity(sessions::get_or_create),
        ),
        route(
            POST,
            "/api/v1/sessions/renew/{sessionToken}",
            "sessions.renew",
            identity(sessions::renew),
        ),
        // An empty token leaves this path; it is answered as one rather than as an unknown route.
        route(POST, "/api/v1/sessions/renew/", "sessions.renew", identity(sessions::renew)),
        route(GET, "/api/v1/sessions/get/{key}", "sessions.get", session(sessions::get)),
        route(POST, "/api/v1/sessions/set/{key}", "sessions.set", session(sessions::set)),
        route(
            DELETE,
            "/api/v1/sessions/delete/{key}",
            "sessions.delete",
            session(sessions::delete),
        ),
        route(POST, "/api/v1/sessions/revoke", "sessions.revoke", session(sessions::revoke)),
        route(GET, "/api/v1/auth/callback", "auth.callback", public(auth::callback)),
        route(GET, "/api/v1/auth/logout", "auth.logout_browser", public(auth::logout_browser)),
        route(POST, "/api/v1/auth/logout", "auth.logout", session(auth::logout)),
        route(GET, "/.well-known/jwks.json", "identity.keys", public(auth::keys)),
        route(GET, "/app/sessions/login", "login.page", public(login::page)),
        route(POST, "/app/sessions/login", "login.submit", public(login::submit)),
        route(GET, "/app/identity/{provider}", "login.provider_page", public(login::provider_page)),
        route(
            POST,
            "/app/identity/{provider}",
            "login.provider_submit",
            public(login::provider_submit),
        ),
        route(GET, "/app/login", "console.page", public(login::console_page)),
        route(POST, "/app/login", "console.submit", public(login::console_submit)),
        route(
            GET,
            "/app/login/{provider}",
            "console.provider_page",
            public(login::console_provider_page),
        ),
        route(
            POST,
            "/app/login/{provider}",
            "console.provider_submit",
            public(login::console_provider_submit),
        ),
        route(POST, "/identity/v1/sign-up", "identity.sign_up", public(identity_api::sign_up)),
        route(POST, "/identity/v1/sign-in", "identity.sign_in", public(identity_api::sign_in)),
        route(
            POST,
            "/identity/v1/anonymous",
            "identity.anonymous",
            public(identity_api::anonymous),
        ),
        route(POST, "/identity/v1/refresh", "identity.refresh", public(identity_api::refresh)),
        route(GET, "/app/style.css", "pages.style", public(login::style)),
        route(GET, "/healthz", "platform.health", public(health::health)),
    ]
}

/// An operation, as faults and the journal name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// Whether it is called without a token.
    pub(crate) is_public: bool,
}

/// Every operation of the table.
pub(crate) fn operations<S: Directory>() -> Vec<Operation> {
    let table = table::<S>();
    let operations = table.iter().map(|route| {
        let is_public = matches!(route.endpoint, Endpoint::Public(_));
        Operation { name: route.operation, is_public }
    });
    operations.collect()
}

/// The operations that seal or open a payload.
pub(crate) const SEALED: [&str; 8] = [
    "sessions.create",
    "sessions.get_or_create",
    "sessions.renew",
    "sessions.payload",
    "sessions.get",
    "sessions.set",
    "sessions.delete",
    "auth.callback",
];

fn route<S: Directory>(
    method: Method,
    path: &'static str,
    operation: &'static str,
    endpoint: Endpoint<S>,
) -> Route<S> {
    Route { method, path, operation, endpoint }
}
