//! `/api/v1/auth`: the way back from hosted login, and logging out (contract §2).

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    actor::Nobody,
    call::Call,
    error::{ApiError, Problem},
    io::{Answer, Found, Gives, Input, Json, Output, Parameter, Schemas, Takes},
    journal::Caller,
    login,
    query::{BadParameter, Query},
    respond::{redirect, with_query},
};
use crate::{
    crypto::Jwk,
    domain::{BadLogout, Directory, Refusal, SessionCaller, Workspace as _},
};

/// Parameters and allowlist first, in JSON and without a redirect; whatever is refused after that is told
/// to the application.
pub(super) async fn callback<S: Directory>(
    call: Call<S>,
    _: Nobody,
    CallbackQuery(query): CallbackQuery,
) -> Answer<Found> {
    let token = query.required("firebaseToken").map_err(ApiError::from)?;
    let raw = login::raw(&query, "client_redirect_uri").map_err(ApiError::from)?;
    let request = match call.platform().login_request(raw).await? {
        Ok(request) => request,
        Err(bad) => {
            let bad = login::bad_parameter(bad, "client_redirect_uri");
            return Err(ApiError::from(bad).into());
        }
    };
    call.visit.entered(request.workspace.row().id);
    let (redirect_uri, state) = (request.redirect_uri.clone(), request.state.clone());
    let outcome = match call.platform().identify(&token).await {
        Ok(account) => {
            call.visit.known(Caller::Account(account.uid.as_str().into()));
            call.platform().finish_login(&account, request).await
        }
        Err(refusal) => Err(refusal),
    };
    let address = match outcome {
        Ok(token) => callback_address(&redirect_uri, &token, state.as_deref()),
        Err(refusal) => {
            call.visit.refused(refusal.reason());
            let (error, text) = (error_code(&refusal), refusal.to_string());
            refused(&redirect_uri, state.as_deref(), error, &text)
        }
    };
    Ok(Found(redirect(StatusCode::FOUND, &address)))
}

/// The address that hands a session token to an application.
pub(crate) fn callback_address(uri: &str, session_token: &str, state: Option<&[u8]>) -> String {
    let mut parameters: Vec<(&str, &[u8])> = vec![("sessionToken", session_token.as_bytes())];
    parameters.extend(state.map(|state| ("state", state)));
    with_query(uri, &parameters)
}

/// The address that tells an application why there is no session.
pub(super) fn refused(uri: &str, state: Option<&[u8]>, error: &str, description: &str) -> String {
    let mut parameters: Vec<(&str, &[u8])> =
        vec![("error", error.as_bytes()), ("error_description", description.as_bytes())];
    parameters.extend(state.map(|state| ("state", state)));
    with_query(uri, &parameters)
}

/// The nearest code of OAuth 2.0 (RFC 6749 §4.1.2.1), whose form the redirect has.
fn error_code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::GraceLock => "temporarily_unavailable",
        Refusal::CannotOpen | Refusal::KeyServiceDown | Refusal::AuditDown | Refusal::Store(_) => {
            "server_error"
        }
        _ => "access_denied",
    }
}

/// A browser's logout: a navigation that ends where the application said.
pub(super) async fn logout_browser<S: Directory>(
    call: Call<S>,
    _: Nobody,
    LogoutQuery(query): LogoutQuery,
) -> Answer<Found> {
    let token = query.text("session_token").map_err(ApiError::from)?;
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Err(unauthorized("Missing session_token").into());
    };
    let back_to = query.text("redirect_uri").map_err(ApiError::from)?.unwrap_or_default();
    match call.platform().log_browser_out(&token, &back_to).await {
        Ok(workspace) => {
            call.visit.entered(workspace);
            Ok(Found(clear_cookies(redirect(StatusCode::FOUND, &back_to))))
        }
        Err(BadLogout::Token(bad @ Refusal::BadToken)) => {
            Err(unauthorized("Invalid token").because(bad.reason()).into())
        }
        Err(BadLogout::Token(other)) => Err(other.into()),
        Err(BadLogout::Redirect) => Err(ApiError::from(BadParameter {
            name: "redirect_uri",
            mend: "use a registered URI of the session's application, or the root of a registered origin with its \
                   final /"
                .into(),
        })
        .into()),
    }
}

/// That a session's tokens are dead.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LoggedOut {
    #[serde(rename = "loggedOut")]
    logged_out: bool,
}

/// An answer that makes a browser forget its cookies of the platform.
#[derive(Debug)]
pub(super) struct ClearingCookies<A>(A);

impl<A: Output> Output for ClearingCookies<A> {
    fn respond(self) -> Response {
        clear_cookies(self.0.respond())
    }

    fn describe(schemas: &mut Schemas) -> Gives {
        A::describe(schemas)
    }
}

/// The logout of native and server clients. Data stays.
pub(super) async fn logout<S: Directory>(
    call: Call<S>,
    caller: SessionCaller<S>,
) -> Answer<ClearingCookies<Json<LoggedOut>>> {
    call.platform().log_out(&caller).await?;
    Ok(ClearingCookies(Json(LoggedOut { logged_out: true })))
}

/// The public keys of the identity provider (RFC 7517).
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct KeySet {
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    keys: Vec<Jwk>,
}

/// The keys that verify identity tokens.
pub(super) async fn keys<S: Directory>(call: Call<S>) -> Answer<Json<KeySet>> {
    Ok(Json(KeySet { keys: call.platform().identity_jwks().await? }))
}

/// The callback's query: read by its handler, since `state` may be any bytes.
#[derive(Debug)]
pub(super) struct CallbackQuery(Query);

impl Input for CallbackQuery {
    async fn read<S: Directory>(call: &mut Call<S>) -> Result<Self, Problem> {
        Ok(Self(Query::parse(call.parts.uri.query().unwrap_or_default())))
    }

    fn describe(_: &mut Schemas) -> Takes {
        let text = || json!({ "type": "string", "minLength": 1 });
        let required = Parameter::required;
        let optional = Parameter::optional;
        let mut query = vec![
            required("firebaseToken", "The identity token.", text(), json!("eyJhbGciOi…")),
            required(
                "client_redirect_uri",
                "Where to go back to: exactly a URI of the application's allowlist.",
                text(),
                json!("http://localhost:5173/"),
            ),
        ];
        query.extend(login::described());
        query.push(optional(
            "session_token",
            "A token, dead or alive, whose session is to be renewed. Not together with `payload`.",
            text(),
        ));
        Takes { query, body: None }
    }
}

/// The query of a browser's logout.
#[derive(Debug)]
pub(super) struct LogoutQuery(Query);

impl Input for LogoutQuery {
    async fn read<S: Directory>(call: &mut Call<S>) -> Result<Self, Problem> {
        Ok(Self(Query::parse(call.parts.uri.query().unwrap_or_default())))
    }

    fn describe(_: &mut Schemas) -> Takes {
        let text = || json!({ "type": "string", "minLength": 1 });
        let required = Parameter::required;
        let query = vec![
            required("session_token", "The session token.", text(), json!("eyJhbGciOi…")),
            required(
                "redirect_uri",
                "Where to go then: an allowlisted URI, or the root of an allowlisted web origin.",
                text(),
                json!("http://localhost:5173/"),
            ),
        ];
        Takes { query, body: None }
    }
}

/// Every profile says 401 here (contract §2).
fn unauthorized(text: &'static str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, text)
}

fn clear_cookies(mut response: Response) -> Response {
    let cookies = HeaderValue::from_static("\"cookies\"");
    response.headers_mut().insert(header::HeaderName::from_static("clear-site-data"), cookies);
    response
}
