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
    actor,
    call::Call,
    dialect,
    error::{ApiError, Problem},
    faults::Firing,
    journal::Caller,
    visit::Visit,
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
    router.fallback(unknown_path::<S>)
}

async fn dispatch<S: Directory>(routes: Arc<Vec<Route<S>>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(visit) = parts.extensions.remove::<Arc<Visit<S>>>() else {
        return no_world();
    };
    let Some(route) = routes.iter().find(|route| route.method == parts.method) else {
        return method_not_allowed(&routes, &visit);
    };
    visit.arrived(route.operation, route.path);
    let Ok(parameters) = RawPathParams::from_request_parts(&mut parts, &()).await else {
        return visit.refuse(&ApiError::bad_request("Path is not valid UTF-8"));
    };
    let parameters = parameters.iter().map(|(name, value)| (name.into(), value.to_owned()));
    let parameters = parameters.collect();
    let body = SyncWrapper::new(body);
    let call = Call { visit: Arc::clone(&visit), parts, parameters, body };
    let mut firing = visit.site.faults.strike_anybody(route.operation);
    let response = match run(route, call, &mut firing).await {
        Ok(response) => response,
        Err(Problem::Refused(refusal)) => {
            visit.refused(refusal.reason());
            dialect::refused(&refusal, visit.site.profile, route.operation)
        }
        Err(Problem::Http(error)) => visit.refuse(&error),
    };
    match firing {
        None => response,
        Some(firing) => firing.after(response).await,
    }
}

/// Finds out who calls and lets the handler answer, or the fault that strikes the call.
async fn run<S: Directory>(route: &Route<S>, call: Call<S>, firing: &mut Option<Firing>) -> Answer {
    let visit = Arc::clone(&call.visit);
    if let Some(answer) = struck(&visit, firing.as_ref()).await {
        return Ok(answer);
    }
    let handled = match &route.endpoint {
        Endpoint::Public(handler) => handler(call, ()),
        Endpoint::Session(handler) => {
            let caller = actor::session(&call).await?;
            if let Some(answer) = meet(route, &visit, actor::noted(&caller), firing).await {
                return Ok(answer);
            }
            handler(call, caller)
        }
        Endpoint::Identity(handler) => {
            let account = actor::identity(&call).await?;
            let noted = Caller::Account(account.uid.as_str().into());
            if let Some(answer) = meet(route, &visit, noted, firing).await {
                return Ok(answer);
            }
            handler(call, account)
        }
    };
    match firing {
        None => handled.await,
        Some(firing) => firing.during(handled).await,
    }
}

/// Notes who calls, and looks for a fault that waits for them.
async fn meet<S: Directory>(
    route: &Route<S>,
    visit: &Visit<S>,
    caller: Caller,
    firing: &mut Option<Firing>,
) -> Option<Response> {
    visit.known(caller.clone());
    let (site, is_struck) = (&visit.site, firing.is_some());
    let store = &site.platform.store;
    let found = site.faults.strike_caller(route.operation, &caller, store, is_struck).await?;
    struck(visit, Some(firing.insert(found))).await
}

/// Notes the fault, waits as long as it says, and has its answer where it gives one.
async fn struck<S: Directory>(visit: &Visit<S>, firing: Option<&Firing>) -> Option<Response> {
    let firing = firing?;
    visit.met(firing.id);
    let answer = firing.before().await?;
    visit.refused(firing.reason());
    Some(answer)
}

async fn unknown_path<S: Directory>(request: Request) -> Response {
    let error = ApiError::new(StatusCode::NOT_FOUND, "Not found");
    match request.extensions().get::<Arc<Visit<S>>>() {
        Some(visit) => visit.refuse(&error),
        None => no_world(),
    }
}

fn method_not_allowed<S: Directory>(routes: &[Route<S>], visit: &Visit<S>) -> Response {
    let methods: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    let error = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
    let mut response = visit.refuse(&error);
    if let Ok(allow) = HeaderValue::try_from(methods.join(", ")) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

/// Routes are only ever called by a site, with a visit.
fn no_world() -> Response {
    (&ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "No such world")).into_response()
}

impl<S: Directory> fmt::Debug for Route<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.operation)
    }
}
