//! A fault that strikes a call.

use std::{borrow::Cow, time::Duration};

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt as _, Collected};

use super::{Effect, FaultId, broken::Broken};
use crate::{
    domain::{Bound, Reason, without_audit, without_key_service},
    http::{dialect, error::ApiError},
};

/// What happens to one call.
#[derive(Debug)]
pub(crate) struct Firing {
    pub(crate) id: FaultId,
    pub(super) delay: Duration,
    pub(super) effect: Effect,
}

impl Firing {
    /// Waits, and answers in the operation's place where the fault does.
    pub(crate) async fn before(&self, operation: &str) -> Option<Response> {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        match &self.effect {
            Effect::Status { status, error, code, retry_after } => {
                let status = StatusCode::from_u16(*status).unwrap_or_default();
                let text = error.clone().map_or(Cow::Borrowed(usual_text(status)), Cow::Owned);
                let mut error = ApiError::new(status, text);
                if let Some(code) = code {
                    error = error.with_code(code.clone());
                }
                if let Some(seconds) = retry_after {
                    error = error.retry_after(*seconds);
                }
                Some(dialect::spoken(error, operation).into_response())
            }
            Effect::Html { status } => {
                Some(page(StatusCode::from_u16(*status).unwrap_or_default()))
            }
            Effect::Cut => Some(Broken::cut()),
            _ => None,
        }
    }

    /// Runs the operation as the fault lets it.
    pub(crate) async fn during<F: Future>(&self, operation: F) -> F::Output {
        match self.effect {
            Effect::KeyServiceDown => without_key_service(operation).await,
            Effect::AuditDown => without_audit(operation).await,
            _ => operation.await,
        }
    }

    /// What becomes of the operation's answer.
    pub(crate) async fn after(&self, response: Response) -> Response {
        match self.effect {
            Effect::CutAfterCommit => Broken::cut(),
            Effect::Truncated => truncated(response).await,
            _ => response,
        }
    }

    /// That it was the fault that refused.
    pub(crate) fn reason(&self) -> Reason {
        Reason::bounded("fault", Bound::Count(i64::try_from(self.id.0).unwrap_or(i64::MAX)))
    }
}

/// The text that the platform itself would give (contract §4), or the status's name.
fn usual_text(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "Invalid token",
        StatusCode::GONE => "Session token expired",
        StatusCode::TOO_MANY_REQUESTS => "Too many requests",
        StatusCode::INTERNAL_SERVER_ERROR => "Internal server error",
        StatusCode::SERVICE_UNAVAILABLE => "Service unavailable",
        other => other.canonical_reason().unwrap_or("Error"),
    }
}

/// What a gateway in front of the platform shows.
fn page(status: StatusCode) -> Response {
    let name = status.canonical_reason().unwrap_or("Error");
    let title = format!("{} {name}", status.as_u16());
    let html = format!(
        "<!doctype html>\n<html><head><title>{title}</title></head>\
         <body><center><h1>{title}</h1></center></body></html>\n"
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}

async fn truncated(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    // Answers lie ready in memory.
    let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    let promised = HeaderValue::from(body.len().max(1));
    head.headers.insert(header::CONTENT_LENGTH, promised);
    let half: Bytes = body.slice(..body.len() / 2);
    Response::from_parts(head, Body::new(Broken::after(half)))
}
