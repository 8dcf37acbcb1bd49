//! From a request to its row in the control API's table, and from what the handler says to JSON.

use std::{
    collections::BTreeMap,
    fmt,
    pin::Pin,
    sync::{Arc, LazyLock},
};

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts as _, RawPathParams, Request},
    response::{IntoResponse as _, Response},
    routing::any,
};
use http::{HeaderValue, Method, StatusCode, header};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use tower_service::Service as _;

use super::{routes, station::Station};
use crate::{
    http::{ApiError, json, read_body},
    world::World,
};

/// One operation of the control API: where it is, what it says of itself, what it does.
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) operation: &'static str,
    pub(super) summary: &'static str,
    /// The shape of the body, of an operation that takes one.
    pub(super) request: Option<Describe>,
    pub(super) response: Describe,
    handler: Handler,
}

pub(super) type Describe = fn(&mut SchemaGenerator) -> Schema;
type Handler = Box<dyn Fn(Call, Body) -> Reply + Send + Sync>;
type Reply = Pin<Box<dyn Future<Output = Result<Response, ApiError>> + Send>>;

/// What a handler comes to.
pub(super) type Answer<T> = Result<T, ApiError>;

/// Who was asked: the world of the port that the request came to.
pub(super) struct Call {
    pub(super) world: World,
    pub(super) station: Arc<Station>,
    parameters: BTreeMap<Arc<str>, String>,
}

impl Call {
    /// A parameter of the path; empty when the path has none of this name.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }
}

impl Route {
    /// An operation without a body; one that comes is not read.
    pub(super) fn bare<A, F>(
        method: Method,
        path: &'static str,
        (operation, summary): (&'static str, &'static str),
        handler: impl Fn(Call) -> F + Send + Sync + 'static,
    ) -> Self
    where
        A: Serialize + JsonSchema,
        F: Future<Output = Answer<A>> + Send + 'static,
    {
        let handler: Handler = Box::new(move |call, _| {
            let answer = handler(call);
            Box::pin(async move { Ok(json(&answer.await?)) })
        });
        let response = describe::<A>;
        Self { method, path, operation, summary, request: None, response, handler }
    }

    /// An operation with a JSON body. Nothing at all counts as `{}`.
    pub(super) fn with_body<B, A, F>(
        method: Method,
        path: &'static str,
        (operation, summary): (&'static str, &'static str),
        handler: impl Fn(Call, B) -> F + Send + Sync + Clone + 'static,
    ) -> Self
    where
        B: DeserializeOwned + JsonSchema + Send,
        A: Serialize + JsonSchema,
        F: Future<Output = Answer<A>> + Send + 'static,
    {
        let handler: Handler = Box::new(move |call, body| {
            let handler = handler.clone();
            Box::pin(async move {
                let body = parse(&read_body(body).await?)?;
                Ok(json(&handler(call, body).await?))
            })
        });
        let (request, response): (Option<Describe>, Describe) =
            (Some(describe::<B>), describe::<A>);
        Self { method, path, operation, summary, request, response, handler }
    }
}

fn describe<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The body as `T`. Whatever its declared type: with `curl -d` it is a form's.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (path, why) = (error.path().to_string(), error.inner());
        ApiError::bad_request(match path.as_str() {
            "." => format!("Body: {why}"),
            path => format!("Body, at `{path}`: {why}"),
        })
    })?;
    reader.end().map_err(|why| ApiError::bad_request(format!("Body: {why}")))?;
    Ok(value)
}

/// Built once a process.
static ROUTES: LazyLock<Router> = LazyLock::new(router);

/// Answers one request to the control API of `world`.
pub(super) async fn dispatch(
    world: World,
    station: Arc<Station>,
    mut request: Request,
) -> Response {
    request.extensions_mut().insert((world, station));
    let Ok(response) = ROUTES.clone().call(request).await;
    response
}

fn router() -> Router {
    let mut paths: BTreeMap<&'static str, Vec<Route>> = BTreeMap::new();
    for route in routes::table() {
        paths.entry(route.path).or_default().push(route);
    }
    let mut router = Router::new();
    for (path, routes) in paths {
        let routes = Arc::new(routes);
        router = router.route(path, any(move |request| run(Arc::clone(&routes), request)));
    }
    router.fallback(async || {
        ApiError::new(StatusCode::NOT_FOUND, "No such control route; see GET /_mock/openapi.json")
    })
}

async fn run(routes: Arc<Vec<Route>>, request: Request) -> Response {
    let Some(route) = routes.iter().find(|route| route.method == *request.method()) else {
        return method_not_allowed(&routes);
    };
    let (mut parts, body) = request.into_parts();
    let Some((world, station)) = parts.extensions.remove() else {
        return ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "No such world").into_response();
    };
    let Ok(parameters) = RawPathParams::from_request_parts(&mut parts, &()).await else {
        return ApiError::bad_request("Path is not valid UTF-8").into_response();
    };
    let parameters = parameters.iter().map(|(name, value)| (name.into(), value.to_owned()));
    let call = Call { world, station, parameters: parameters.collect() };
    (route.handler)(call, body).await.unwrap_or_else(ApiError::into_response)
}

fn method_not_allowed(routes: &[Route]) -> Response {
    let methods: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    let error = format!("Method not allowed; use {}", methods.join(" or "));
    let mut response = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, error).into_response();
    if let Ok(allow) = HeaderValue::try_from(methods.join(", ")) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.operation)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({:?}, {:?})", self.world, self.station)
    }
}
