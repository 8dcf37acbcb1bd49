//! Calls from pages of other origins (contract ruling 11).

use axum::{body::Body, extract::Request, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::{domain::Directory, http::error::ApiError};

const METHODS: &str = "GET, POST, PATCH, DELETE";
const HEADERS: &str = "authorization, content-type";
const EXPOSED: &str = "Retry-After";

/// An origin that may call.
pub(super) struct Origin(HeaderValue);

/// The request's origin, if it may call. `null` is the origin of many, so it is never one of ours.
pub(super) async fn origin<S: Directory>(store: &S, headers: &HeaderMap) -> Option<Origin> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let (origin, None) = (origins.next()?, origins.next()) else { return None };
    let known = store.has_origin(origin.to_str().ok()?).await;
    known.is_ok_and(|known| known).then(|| Origin(origin.clone()))
}

pub(super) fn is_preflight(request: &Request) -> bool {
    let has = |name| request.headers().contains_key(name);
    *request.method() == Method::OPTIONS
        && has(header::ORIGIN)
        && has(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// What may be asked from an origin that may call. The origin itself is marked on every answer.
pub(super) fn preflight(origin: Option<&Origin>) -> Result<Response, ApiError> {
    if origin.is_none() {
        let text = "Origin is not allowed: no application has a redirect URI on it";
        return Err(ApiError::new(StatusCode::FORBIDDEN, text));
    }
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    set(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    Ok(response)
}

/// Marks an answer. Without these headers a browser hides even a `401` from its page, which then never
/// learns that it is signed out.
pub(super) fn mark(headers: &mut HeaderMap, origin: Option<&Origin>) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(Origin(origin)) = origin {
        let exposed = HeaderValue::from_static(EXPOSED);
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}
