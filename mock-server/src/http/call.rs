//! One request on its way to a handler, and its body, read within bounds.

use std::{fmt, sync::Arc};

use axum::body::Body;
use bytes::Bytes;
use http::{
    StatusCode, header,
    request::Parts,
    uri::{Authority, Scheme},
};
use http_body_util::BodyExt as _;
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::error::Category;
use sync_wrapper::SyncWrapper;

use super::{
    error::{ApiError, Problem},
    strict,
    visit::Visit,
};
use crate::domain::{Bound, Directory, Platform, Reason, Refusal, is_deeper};

/// The largest body that is read: 1 MiB.
const MAX_BODY: usize = 1 << 20;

/// The deepest nesting of a body that is read for its members: twice that of a payload.
const MAX_DEPTH: usize = 128;

/// So much of a larger body is read and thrown away, so that the client comes to read its `413`.
const MAX_DRAINED: usize = 16 << 20;

/// A request whose path led to an operation.
pub(super) struct Call<S: Directory> {
    pub(super) visit: Arc<Visit<S>>,
    pub(super) operation: &'static str,
    pub(super) parts: Parts,
    /// The path's decoded parameters.
    pub(super) parameters: Vec<(Arc<str>, String)>,
    /// Read by one handler at a time, which is all that `Sync` would ask of it.
    pub(super) body: SyncWrapper<Body>,
}

impl<S: Directory> Call<S> {
    pub(super) fn platform(&self) -> &Platform<S> {
        &self.visit.site.platform
    }

    /// A parameter of the path; empty when the path has none of this name.
    pub(super) fn parameter(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(parameter, _)| **parameter == *name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// A parameter of the path that is a row number.
    pub(super) fn number(&self, name: &'static str) -> Result<i64, Refusal> {
        let text = self.parameter(name);
        // One number has one spelling: neither `+1` nor `01` is 1.
        let number = text.parse().ok().filter(|number: &i64| number.to_string() == text);
        number.ok_or_else(|| Refusal::invalid(name, "a whole number is wanted"))
    }

    /// The body of a call that takes JSON, as text. Whether it is JSON is for the reader to find out.
    pub(super) async fn json_body(&mut self) -> Result<String, Problem> {
        let body = self.text_body("application/json").await?;
        strict::check_body(self, &body)?;
        Ok(body)
    }

    /// The JSON object in the body as `T`.
    pub(super) async fn parsed_body<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        Ok(parse_object(&self.json_body().await?)?)
    }

    /// The body as text, whatever it is declared to be.
    pub(super) async fn any_body(&mut self) -> Result<String, ApiError> {
        let bytes = read_body(std::mem::take(self.body.get_mut())).await?;
        String::from_utf8(bytes).map_err(|_| ApiError::bad_request("Body is not valid UTF-8"))
    }

    /// Where the client reached the platform, for addresses to hand out.
    pub(super) fn origin(&self) -> String {
        let scheme = self.parts.uri.scheme().map_or("http", Scheme::as_str);
        let named = self.parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let asked = self.parts.uri.authority().map(Authority::as_str);
        format!("{scheme}://{}", asked.or(named).unwrap_or("127.0.0.1"))
    }

    /// The body as text, when it is declared to be of `media_type`.
    pub(super) async fn text_body(&mut self, media_type: &'static str) -> Result<String, ApiError> {
        if !self.is_of_type(media_type) {
            let text = format!("Content-Type must be {media_type}");
            let error = ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
            return Err(error.because(Reason::bounded("body.type", Bound::Word(media_type))));
        }
        self.any_body().await
    }

    fn is_of_type(&self, media_type: &str) -> bool {
        let declared = self.parts.headers.get(header::CONTENT_TYPE);
        let declared = declared.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = declared.split_once(';').map_or(declared, |(essence, _)| essence);
        essence.trim().eq_ignore_ascii_case(media_type)
    }
}

/// A JSON object as `T`. An array could stand for its members, in an order that nobody has published.
pub(super) fn parse_object<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, ApiError> {
    if is_deeper(body, MAX_DEPTH) {
        return Err(ApiError::bad_request(format!(
            "Invalid body: JSON nested deeper than {MAX_DEPTH} levels; flatten it"
        )));
    }
    if !body.trim_ascii_start().starts_with('{') {
        parse::<IgnoredAny>(body)?;
        return Err(ApiError::bad_request("Invalid body: expected an object"));
    }
    parse(body)
}

/// A body as `T`. The error names the member that is wrong and what is wanted of it, never what was there.
pub(super) fn parse<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_str(body);
    let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (path, why) = (error.path().to_string(), error.inner());
        if why.classify() != Category::Data {
            return ApiError::bad_request("Body is not valid JSON");
        }
        let text = why.to_string();
        let why = text.rsplit_once(" at line ").map_or(text.as_str(), |(why, _)| why);
        // Of "invalid type: string \"…\", expected a boolean" only the end is ours to repeat.
        let why = match why.rsplit_once(", expected ") {
            Some((_, wanted)) => format!("expected {}", in_json(wanted)),
            None if why.starts_with("missing field") => why.to_owned(),
            None => "it cannot be read".to_owned(),
        };
        ApiError::bad_request(match path.as_str() {
            "." | "?" => format!("Invalid body: {why}"),
            path => format!("Invalid {path}: {why}"),
        })
    })?;
    reader.end().map_err(|_| ApiError::bad_request("Body is not valid JSON"))?;
    Ok(parsed)
}

/// What was expected, by its name in JSON rather than in Rust.
fn in_json(wanted: &str) -> &str {
    match wanted {
        "a sequence" => "an array",
        wanted if wanted.starts_with("struct ") => "an object",
        wanted => wanted,
    }
}

/// A whole body, when it is not too large and arrives in time.
pub(crate) async fn read_body(mut body: Body) -> Result<Vec<u8>, ApiError> {
    let (mut bytes, mut total) = (Vec::new(), 0_usize);
    while total <= MAX_DRAINED {
        let Some(frame) = body.frame().await else { break };
        let frame = frame.map_err(|error| broken_body(&error))?;
        let data: Bytes = frame.into_data().unwrap_or_default();
        total = total.saturating_add(data.len());
        if total <= MAX_BODY {
            bytes.extend_from_slice(&data);
        }
    }
    if total > MAX_BODY {
        let error = ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "Body is larger than 1 MiB");
        return Err(error.because(Reason::bounded("body.size", Bound::Count(MAX_BODY as i64))));
    }
    Ok(bytes)
}

fn broken_body(error: &axum::Error) -> ApiError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return ApiError::new(StatusCode::REQUEST_TIMEOUT, "Body did not arrive in time");
        }
        cause = error.source();
    }
    ApiError::bad_request("Body is broken")
}

/// The body did not arrive within its time. Whoever serves a slow connection puts it into the body.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("body did not arrive in time")]
pub(super) struct TooSlow;

impl<S: Directory> fmt::Debug for Call<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither path nor headers: both may carry tokens.
        write!(f, "Call({})", self.parts.method)
    }
}
