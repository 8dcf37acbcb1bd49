//! The standard error answer: `{"status", "error", "code"?}` (contract §4).

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

use super::respond;
use crate::domain::Refusal;

/// An error as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(super) status: StatusCode,
    pub(super) error: Cow<'static, str>,
    pub(super) code: Option<&'static str>,
}

/// Why a handler has no answer: the platform refused, or HTTP itself was wrong.
#[derive(Debug)]
pub(super) enum Problem {
    Refused(Refusal),
    Http(ApiError),
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, error: impl Into<Cow<'static, str>>) -> Self {
        Self { status, error: error.into(), code: None }
    }

    pub(crate) fn bad_request(error: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    pub(super) fn with_code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body<'a> {
            status: u16,
            error: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            code: Option<&'a str>,
        }
        let body = Body { status: self.status.as_u16(), error: &self.error, code: self.code };
        let mut response = respond::json(&body);
        *response.status_mut() = self.status;
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self::Http(error)
    }
}
