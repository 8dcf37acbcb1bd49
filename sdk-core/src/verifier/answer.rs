//! What a backend answers to those who are not let in.

use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};

use super::VerifyError;
use crate::protocol::wire::json;

/// The bearer token of a request.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, VerifyError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(VerifyError::Missing);
    };
    let value = value.to_str().map_err(|_| VerifyError::Refused)?;
    let (scheme, token) = value.split_once(' ').ok_or(VerifyError::Missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(VerifyError::Missing);
    }
    Ok(token.trim())
}

/// The answer, in the platform's own form.
pub(super) fn refusal<B: From<String>>(error: &VerifyError) -> Response<B> {
    let (status, challenge) = match error {
        VerifyError::Missing => (StatusCode::UNAUTHORIZED, Some("Bearer")),
        VerifyError::Refused => (StatusCode::UNAUTHORIZED, Some("Bearer error=\"invalid_token\"")),
        VerifyError::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, None),
    };
    let mut body = format!("{{\"status\":{},\"error\":", status.as_u16());
    json::quote_into(&mut body, &error.to_string());
    body.push('}');
    let mut answer = Response::new(B::from(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(challenge) = challenge {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    if let VerifyError::Unavailable { retry_after: Some(wait), .. } = error {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    }
    answer
}
