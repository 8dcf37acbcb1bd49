//! Who may steer: programs on this machine, and pages that come from it.
//!
//! The port is on the loopback address, but a browser on this machine runs everybody's pages. A hostile page
//! is told by its `Origin`, and one whose name was made to resolve to 127.0.0.1 by its `Host`.

use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::http::ApiError;

/// Hands `request` on if its sender may steer, and lets pages from this machine read the answer.
pub(super) async fn guard<F: Future<Output = Response>>(
    request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    if let Err(error) = check(&request) {
        return error.into_response();
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = match *request.method() {
        Method::OPTIONS => preflight(),
        _ => answer(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

fn check(request: &Request) -> Result<(), ApiError> {
    let named = text(request.headers(), &header::HOST);
    let asked = request.uri().authority().map(http::uri::Authority::as_str);
    if ![named, asked].into_iter().flatten().all(is_loopback) {
        return Err(forbidden(
            "Foreign Host: the control API answers to 127.0.0.1, localhost and [::1] only",
        ));
    }
    let origin = text(request.headers(), &header::ORIGIN);
    if !origin.is_none_or(is_loopback_origin) {
        return Err(forbidden(
            "Foreign Origin: the control API answers programs and pages of this machine only",
        ));
    }
    Ok(())
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, fixed("GET, POST, PUT, PATCH, DELETE"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, fixed("content-type"));
    response
}

/// A header's text; what is no text is foreign to everybody.
fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

fn is_loopback_origin(origin: &str) -> bool {
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    host.is_some_and(is_loopback)
}

/// One of the three names of this machine, with any port or none.
fn is_loopback(authority: &str) -> bool {
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        let Some((host, port)) = authority.split_at_checked(name.len()) else { return false };
        let port = port.strip_prefix(':').or(port.is_empty().then_some("0"));
        let is_number = |port: &str| port.parse::<u16>().is_ok() && !port.starts_with('+');
        host.eq_ignore_ascii_case(name) && port.is_some_and(is_number)
    })
}

fn forbidden(text: &'static str) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, text)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn may(headers: &[(&str, &str)]) -> bool {
        let mut request = Request::get("/_mock/clock");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(Body::empty()).unwrap()).is_ok()
    }

    #[test]
    fn only_this_machine_may_steer() {
        for host in ["127.0.0.1", "127.0.0.1:8787", "localhost:1", "LOCALHOST", "[::1]:8787"] {
            assert!(may(&[("host", host)]), "{host}");
            let origin = format!("http://{host}");
            assert!(may(&[("host", "localhost:1"), ("origin", &origin)]), "{origin}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "localhost:",
            "localhost:x",
            "localhost:+1",
            "127.0.0.1@evil.example",
            "127.0.0.2",
            "[::1",
            "\u{e9}",
        ] {
            assert!(!may(&[("host", host)]), "{host}");
            let origin = format!("http://{host}");
            assert!(!may(&[("host", "localhost:1"), ("origin", &origin)]), "{origin}");
        }
        for origin in ["null", "", "file://", "ftp://localhost", "http://localhost/", "localhost"] {
            assert!(!may(&[("host", "localhost:1"), ("origin", origin)]), "{origin}");
        }
        assert!(may(&[]));
    }
}
