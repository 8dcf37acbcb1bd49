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
    actor::{Actor, Nobody},
    call::Call,
    dialect::{self, Speaker},
    error::{ApiError, Problem},
    faults::Firing,
    io::{Answer, Gives, Input, Output, Schemas, Takes},
    strict,
    visit::Visit,
};
use crate::domain::{Account, Directory, EventKind, Refusal, SessionCaller, UserCaller};

/// One operation: where it is, who may call it, what it is called, what it does and what is said of it.
pub(super) struct Route<S: Directory> {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) operation: &'static str,
    pub(super) says: &'static str,
    /// The statuses that the platform has published for it; none for what is the mock's own.
    pub(super) published: &'static [u16],
    /// What it refuses beside what its kind of caller brings about.
    pub(super) refuses: &'static [Refusal],
    /// The events that it leaves in the audit trail.
    pub(super) audits: &'static [EventKind],
    /// Whether it seals or opens a payload.
    pub(super) seals: bool,
    pub(super) endpoint: Endpoint<S>,
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Public,
    /// The bearer of a session token.
    Session,
    /// The bearer of an identity token.
    Identity,
    /// The bearer of a USER token, whatever the role.
    User,
    /// An ADMIN or OWNER.
    Admin,
    /// An ADMIN, OWNER or SUPPORT.
    Billing,
}

/// Who may call, and the handler, which gets a caller of just that kind.
pub(super) struct Endpoint<S: Directory> {
    pub(super) access: Access,
    pub(super) takes: fn(&mut Schemas) -> Takes,
    pub(super) gives: fn(&mut Schemas) -> Gives,
    serve: Serve<S>,
}

type Serve<S> =
    Box<dyn for<'a> Fn(Call<S>, Access, &'a mut Option<Firing>) -> Reply<'a> + Send + Sync>;
type Reply<'a> = Pin<Box<dyn Future<Output = Answer<Response>> + Send + 'a>>;

/// A function that can handle the calls of a kind of caller `C`: of the call alone, of the caller too, or
/// of what it takes as well. `Shape` only tells these apart.
pub(super) trait Handler<S: Directory, C, Shape>: Send + Sync + 'static {
    type Input: Input;
    type Output: Output;

    fn handle(
        &self,
        call: Call<S>,
        caller: C,
        input: Self::Input,
    ) -> impl Future<Output = Answer<Self::Output>> + Send + use<Self, S, C, Shape>;
}

impl<S: Directory, H, F, A> Handler<S, Nobody, fn(Call<S>) -> A> for H
where
    H: Fn(Call<S>) -> F + Send + Sync + 'static,
    F: Future<Output = Answer<A>> + Send + 'static,
    A: Output,
{
    type Input = ();
    type Output = A;

    fn handle(
        &self,
        call: Call<S>,
        _: Nobody,
        (): (),
    ) -> impl Future<Output = Answer<A>> + Send + use<S, H, F, A> {
        self(call)
    }
}

impl<S: Directory, H, F, C, A> Handler<S, C, fn(Call<S>, C) -> A> for H
where
    H: Fn(Call<S>, C) -> F + Send + Sync + 'static,
    F: Future<Output = Answer<A>> + Send + 'static,
    A: Output,
{
    type Input = ();
    type Output = A;

    fn handle(
        &self,
        call: Call<S>,
        caller: C,
        (): (),
    ) -> impl Future<Output = Answer<A>> + Send + use<S, H, F, C, A> {
        self(call, caller)
    }
}

impl<S: Directory, H, F, C, I, A> Handler<S, C, fn(Call<S>, C, I) -> A> for H
where
    H: Fn(Call<S>, C, I) -> F + Send + Sync + 'static,
    F: Future<Output = Answer<A>> + Send + 'static,
    I: Input,
    A: Output,
{
    type Input = I;
    type Output = A;

    fn handle(
        &self,
        call: Call<S>,
        caller: C,
        input: I,
    ) -> impl Future<Output = Answer<A>> + Send + use<S, H, F, C, I, A> {
        self(call, caller, input)
    }
}

/// Anybody may call.
pub(super) fn public<S: Directory, X: 'static>(handler: impl Handler<S, Nobody, X>) -> Endpoint<S> {
    endpoint(Access::Public, handler)
}

/// The bearer of a session token.
pub(super) fn session<S: Directory, X: 'static>(
    handler: impl Handler<S, SessionCaller<S>, X>,
) -> Endpoint<S> {
    endpoint(Access::Session, handler)
}

/// The bearer of an identity token.
pub(super) fn identity<S: Directory, X: 'static>(
    handler: impl Handler<S, Account, X>,
) -> Endpoint<S> {
    endpoint(Access::Identity, handler)
}

/// The bearer of a USER token.
pub(super) fn user<S: Directory, X: 'static>(
    handler: impl Handler<S, UserCaller<S>, X>,
) -> Endpoint<S> {
    endpoint(Access::User, handler)
}

/// An ADMIN or OWNER.
pub(super) fn admin<S: Directory, X: 'static>(
    handler: impl Handler<S, UserCaller<S>, X>,
) -> Endpoint<S> {
    endpoint(Access::Admin, handler)
}

/// An ADMIN, OWNER or SUPPORT.
pub(super) fn billing<S: Directory, X: 'static>(
    handler: impl Handler<S, UserCaller<S>, X>,
) -> Endpoint<S> {
    endpoint(Access::Billing, handler)
}

fn endpoint<S: Directory, C: Actor<S>, X: 'static, H: Handler<S, C, X>>(
    access: Access,
    handler: H,
) -> Endpoint<S> {
    let handler = Arc::new(handler);
    let serve: Serve<S> = Box::new(move |call, access, firing| {
        let handler = Arc::clone(&handler);
        Box::pin(serve::<S, C, X, H>(handler, call, access, firing))
    });
    Endpoint { access, takes: H::Input::describe, gives: H::Output::describe, serve }
}

/// Finds out who calls and lets the handler answer, or the fault that strikes the call.
async fn serve<S: Directory, C: Actor<S>, X: 'static, H: Handler<S, C, X>>(
    handler: Arc<H>,
    mut call: Call<S>,
    access: Access,
    firing: &mut Option<Firing>,
) -> Answer<Response> {
    let visit = Arc::clone(&call.visit);
    if let Some(answer) = struck(&visit, call.operation, firing.as_ref()).await {
        return Ok(answer);
    }
    let caller = C::find(&call, access).await?;
    if let Some(answer) = meet(call.operation, &visit, &caller, firing).await {
        return Ok(answer);
    }
    let handled = async {
        strict::check(&call)?;
        let input = H::Input::read(&mut call).await?;
        Ok(handler.handle(call, caller, input).await?.respond())
    };
    match firing {
        None => handled.await,
        Some(firing) => firing.during(handled).await,
    }
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
    let (body, operation) = (SyncWrapper::new(body), route.operation);
    let call = Call { visit: Arc::clone(&visit), operation, parts, parameters, body };
    let mut firing = visit.site.faults.strike_anybody(operation);
    let response = match (route.endpoint.serve)(call, route.endpoint.access, &mut firing).await {
        Ok(response) => response,
        Err(Problem::Refused(refusal)) => {
            visit.refused(refusal.reason());
            dialect::refused(&refusal, visit.site.profile, &Speaker::of(route))
        }
        Err(Problem::Http(error)) => {
            visit.refused(error.reason());
            dialect::spoken(error, operation).into_response()
        }
    };
    match firing {
        None => response,
        Some(firing) => firing.after(response).await,
    }
}

/// Looks for a fault that waits for the caller.
async fn meet<S: Directory, C: Actor<S>>(
    operation: &'static str,
    visit: &Visit<S>,
    caller: &C,
    firing: &mut Option<Firing>,
) -> Option<Response> {
    let caller = caller.noted();
    let (site, is_struck) = (&visit.site, firing.is_some());
    let store = &site.platform.store;
    let found = site.faults.strike_caller(operation, &caller, store, is_struck).await?;
    struck(visit, operation, Some(firing.insert(found))).await
}

/// Notes the fault, waits as long as it says, and has its answer where it gives one.
async fn struck<S: Directory>(
    visit: &Visit<S>,
    operation: &str,
    firing: Option<&Firing>,
) -> Option<Response> {
    let firing = firing?;
    visit.met(firing.id);
    let answer = firing.before(operation).await?;
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
