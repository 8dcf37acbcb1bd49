//! Answers: JSON, redirects, and addresses with parameters appended.

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde::Serialize;

/// All but the characters that never need encoding (RFC 3986 §2.3).
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A `200` with `body` as JSON.
pub(crate) fn json(body: &impl Serialize) -> Response {
    // Answers are plain structs with string keys, which always serialise.
    json_text(serde_json::to_string(body).unwrap_or_default())
}

/// A `200` with JSON text that is ready to send.
pub(super) fn json_text(body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// A redirect that leaks nothing: not cached, and without a referrer, since addresses here carry tokens.
pub(super) fn redirect(status: StatusCode, to: &str) -> Response {
    // Registered URIs are printable ASCII and everything appended is encoded.
    let Ok(location) = HeaderValue::from_str(to) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// `uri` with parameters appended to what it already has. Values may be any bytes.
pub(super) fn with_query(uri: &str, parameters: &[(&str, &[u8])]) -> String {
    let mut address = uri.to_owned();
    for (name, value) in parameters {
        let joint = match address.find('?') {
            None => "?",
            Some(_) if address.ends_with(['?', '&']) => "",
            Some(_) => "&",
        };
        address.push_str(joint);
        address.extend(percent_encode(name.as_bytes(), COMPONENT));
        address.push('=');
        address.extend(percent_encode(value, COMPONENT));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_appended_to_what_is_there() {
        let two: &[(&str, &[u8])] = &[("a", b"1 &="), ("s", b"\xff~")];
        assert_eq!(with_query("https://x/cb", two), "https://x/cb?a=1%20%26%3D&s=%FF~");
        assert_eq!(with_query("https://x/cb?k=v", two), "https://x/cb?k=v&a=1%20%26%3D&s=%FF~");
        assert_eq!(with_query("app:/cb?", &[("a", b"1")]), "app:/cb?a=1");
        assert_eq!(with_query("app:/cb", &[]), "app:/cb");
    }
}
