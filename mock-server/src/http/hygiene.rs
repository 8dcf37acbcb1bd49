//! What is refused before anybody asks where a request wants to go.

use axum::extract::Request;
use http::{HeaderName, Version, header};

use super::error::ApiError;

/// Headers that mean something once only: with two of them, two readers could take different ones.
const ONCE: [HeaderName; 3] = [header::AUTHORIZATION, header::HOST, header::CONTENT_TYPE];

/// Over a socket a request names its host, as HTTP/1.1 demands.
pub(super) fn check(request: &Request, by_socket: bool) -> Result<(), ApiError> {
    let headers = request.headers();
    let lacks_host = by_socket && !headers.contains_key(header::HOST);
    if lacks_host && request.version() >= Version::HTTP_11 {
        return Err(ApiError::bad_request("Missing Host header"));
    }
    for name in &ONCE {
        if headers.get_all(name).iter().nth(1).is_some() {
            return Err(ApiError::bad_request(format!("Header {name} given twice")));
        }
    }
    Ok(())
}
