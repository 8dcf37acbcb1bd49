//! What is refused before anybody asks where a request wants to go.

use http::{HeaderMap, HeaderName, header};

use super::error::ApiError;

/// Headers that mean something once only: with two of them, two readers could take different ones.
const ONCE: [HeaderName; 3] = [header::AUTHORIZATION, header::HOST, header::CONTENT_TYPE];

pub(super) fn check(headers: &HeaderMap) -> Result<(), ApiError> {
    for name in &ONCE {
        if headers.get_all(name).iter().nth(1).is_some() {
            return Err(ApiError::bad_request(format!("Header {name} given twice")));
        }
    }
    Ok(())
}
