//! The standard error answer: `{"status", "error", "code"?}` (contract §4).

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use super::{query::BadParameter, respond};
use crate::domain::{Reason, Refusal};

/// An error as it goes over the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    pub(super) status: StatusCode,
    pub(super) error: Cow<'static, str>,
    pub(super) code: Option<Cow<'static, str>>,
    /// What else a client needs to know.
    details: Option<Box<Value>>,
    /// Without a status in the body, as the one operation answers that is none of the API's.
    is_bare: bool,
    /// In seconds.
    retry_after: Option<u64>,
    reason: Option<Reason>,
}

/// Why a handler has no answer: the platform refused, or HTTP itself was wrong.
#[derive(Debug)]
pub(super) enum Problem {
    Refused(Refusal),
    Http(ApiError),
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, error: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            error: error.into(),
            code: None,
            details: None,
            is_bare: false,
            retry_after: None,
            reason: None,
        }
    }

    pub(crate) fn bad_request(error: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// The edge's rate limit: without a code, which tells it from a quota.
    pub(super) fn too_many(wait: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests").retry_after(wait)
    }

    pub(super) fn with_code(self, code: impl Into<Cow<'static, str>>) -> Self {
        Self { code: Some(code.into()), ..self }
    }

    pub(super) fn with_details(self, details: Value) -> Self {
        Self { details: Some(Box::new(details)), ..self }
    }

    pub(super) fn bare(self) -> Self {
        Self { is_bare: true, ..self }
    }

    /// When to come again, in seconds.
    pub(super) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Which check it comes from, where the status does not tell.
    pub(super) fn because(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// Which check it comes from.
    pub(super) fn reason(&self) -> Reason {
        self.reason.unwrap_or_else(|| match self.status {
            StatusCode::UNAUTHORIZED => Reason::of("credential.valid"),
            StatusCode::FORBIDDEN => Reason::of("edge.origin"),
            StatusCode::NOT_FOUND => Reason::of("route.path"),
            StatusCode::METHOD_NOT_ALLOWED => Reason::of("route.method"),
            StatusCode::REQUEST_TIMEOUT => Reason::of("body.time"),
            StatusCode::PAYLOAD_TOO_LARGE => Reason::of("body.size"),
            StatusCode::MISDIRECTED_REQUEST => Reason::of("edge.host"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Reason::of("body.type"),
            _ => Reason::of("request.shape"),
        })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (&self).into_response()
    }
}

impl IntoResponse for &ApiError {
    fn into_response(self) -> Response {
        let mut response = respond::json(&self.body());
        *response.status_mut() = self.status;
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// What an error's body looks like.
#[derive(Debug, Serialize)]
pub(super) struct ErrorBody<'a> {
    /// The HTTP status again.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// What is wrong.
    error: &'a str,
    /// Set for the four that have to do with billing.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    /// What stands against a downgrade.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'a Value>,
}

impl ApiError {
    pub(super) fn body(&self) -> ErrorBody<'_> {
        ErrorBody {
            status: (!self.is_bare).then_some(self.status.as_u16()),
            error: &self.error,
            code: self.code.as_deref(),
            details: self.details.as_deref(),
        }
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

impl From<BadParameter> for Problem {
    fn from(bad: BadParameter) -> Self {
        Self::Http(bad.into())
    }
}
