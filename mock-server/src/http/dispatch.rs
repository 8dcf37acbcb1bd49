//! From a request to its row in the table: the method, the caller, the handler.

use std::{fmt, pin::Pin, sync::Arc};

use axum::{
    Router,
    extract::{FromRequestParts as _, RawPathParams, Request},
    response::{IntoResponse as _, Response},
    routing::any,
};
use http::{HeaderValue, Method, StatusCode, header};
use indexmap::IndexMap;
use sync_wrapper::SyncWrapper;

use super::{
    Site, actor,
    call::Call,
    dialect,
    error::{ApiError, Problem},
};
use crate::domain::{Account, Directory, SessionCaller};

/// One operation: where it is, who may call it, what it is called, what it does.
pub(super) struct Route<S: Directory> {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) operation: &'static str,
    pub(super) endpoint: Endpoint<S>,
}

/// Who may call an operation, and the handler, which gets a caller of just that kind.
pub(super) enum Endpoint<S: Directory> {
    Public(Handler<S, ()>),
    Session(Handler<S, SessionCaller<S>>),
    Identity(Handler<S, Account>),
}

type Handler<S, C> = Box<dyn Fn(Call<S>, C) -> Reply + Send + Sync>;
type Reply = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// What a handler comes to.
pub(super) type Answer = Result<Response, Problem>;

/// Anybody may call.
pub(super) fn public<S: Directory, F: Future<Output = Answer> + Send + 'static>(
    handler: impl Fn(Call<S>) -> F + Send + Sync + 'static,
) -> Endpoint<S> {
    Endpoint::Public(Box::new(move |call, ()| Box::pin(handler(call))))
}

/// The bearer of a session token.
pub(super) fn session<S: Directory, F: Future<Output = Answer> + Send + 'static>(
    handler: impl Fn(Call<S>, SessionCaller<S>) -> F + Send + Sync + 'static,
) -> Endpoint<S> {
    Endpoint::Session(Box::new(move |call, caller| Box::pin(handler(call, caller))))
}

/// The bearer of an identity token.
pub(super) fn identity<S: Directory, F: Future<Output = Answer> + Send + 'static>(
    handler: impl Fn(Call<S>, Account) -> F + Send + Sync + 'static,
) -> Endpoint<S> {
    Endpoint::Identity(Box::new(move |call, account| Box::pin(handler(call, account))))
}

/// The router of a table.
pub(super) fn router<S: Directory>(table: Vec<Route<S>>) -> Router {
    let mut paths: IndexMap<&'static str, Vec<Route<S>>> = IndexMap::new();
    for route in table {
        paths.entry(route.path).or_default().push(route);
    }
    let mut router = Router::new();
    for (path, routes) in paths {
        let routes = Arc::new(routes);
        let serve = move |request: Request| dispatch(Arc::clone(&routes), request);
        router = router.route(path, any(serve));
    }
    router.fallback(async || ApiError::new(StatusCode::NOT_FOUND, "Not found"))
}

async fn dispatch<S: Directory>(routes: Arc<Vec<Route<S>>>, request: Request) -> Response {
    let Some(route) = routes.iter().find(|route| route.method == *request.method()) else {
        return method_not_allowed(&routes);
    };
    let (mut parts, body) = request.into_parts();
    let Some(site) = parts.extensions.remove::<Arc<Site<S>>>() else {
        return ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "No such world").into_response();
    };
    let Ok(parameters) = RawPathParams::from_request_parts(&mut parts, &()).await else {
        return ApiError::bad_request("Path is not valid UTF-8").into_response();
    };
    let parameters = parameters.iter().map(|(name, value)| (name.into(), value.to_owned()));
    let (profile, parameters) = (site.profile, parameters.collect());
    match run(route, Call { site, parts, parameters, body: SyncWrapper::new(body) }).await {
        Ok(response) => response,
        Err(Problem::Refused(refusal)) => dialect::refused(&refusal, profile, route.operation),
        Err(Problem::Http(error)) => error.into_response(),
    }
}

async fn run<S: Directory>(route: &Route<S>, call: Call<S>) -> Answer {
    match &route.endpoint {
        Endpoint::Public(handler) => handler(call, ()).await,
        Endpoint::Session(handler) => {
            let caller = actor::session(&call).await?;
            handler(call, caller).await
        }
        Endpoint::Identity(handler) => {
            let account = actor::identity(&call).await?;
            handler(call, account).await
        }
    }
}

fn method_not_allowed<S: Directory>(routes: &[Route<S>]) -> Response {
    let methods: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    let error = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
    let mut response = error.into_response();
    if let Ok(allow) = HeaderValue::try_from(methods.join(", ")) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

impl<S: Directory> fmt::Debug for Route<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.operation)
    }
}
