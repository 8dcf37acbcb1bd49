//! A world: one isolated platform, wired together, and what a test steers in it.

mod builder;
mod edge;
mod error;
mod faults;
mod identity;
mod journal;
mod numbers;
mod rest;
mod sessions;
mod signed_in;
mod snapshot;
mod spec;
mod steer;
mod time;

use std::{
    fmt,
    pin::{Pin, pin},
    sync::{Arc, LazyLock, PoisonError, RwLock},
    task::{Context, Poll, Waker},
};

use axum::{Router, extract::Request, response::Response};
#[cfg(feature = "postgres")]
use tokio::runtime::{Handle, RuntimeFlavor};

#[cfg(feature = "seed")]
pub(crate) use self::builder::BEGINNING;
pub use self::{
    builder::WorldBuilder,
    error::{InDatabase, SeedError, SignInError, StartError},
    faults::Faults,
    journal::{Entry, Filter, Journal, NothingYet},
    rest::AtRest,
    signed_in::{LoginCookie, SignIn, SignedIn},
    snapshot::Snapshot,
    spec::{ApplicationSpec, SessionSpec, UserSpec, WorkspaceSpec},
};
use crate::{
    clock::Clock,
    domain::{Directory as _, SUPPORT_WORKSPACE, Workspace as _},
    http::{self, Server, Site},
    store::Store,
};

/// Where a world without a socket is, for addresses to hand to its router.
const ORIGIN: &str = "http://127.0.0.1";

/// Built once a process: a world is cheap because it brings no routes of its own.
static ROUTES: LazyLock<Router> = LazyLock::new(http::routes::<Store>);

/// One isolated platform: rows, clock, randomness and keys of its own.
///
/// Clones are handles to the same world. When the last one is dropped its port closes and everything is
/// freed. A process holds thousands.
///
/// ```
/// use secureflows_mock::{ApplicationSpec, UserSpec, World, WorkspaceSpec};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let world = World::builder()
///     .workspace(WorkspaceSpec::new("acme"))
///     .application("acme", ApplicationSpec::new("acme-web").redirect_uri("http://127.0.0.1:3999/callback"))
///     .user("acme", UserSpec::new("ada@example.com").password("correct horse"))
///     .start()
///     .await?;
///
/// let token = world.sign_in("ada@example.com", "acme-web").await?;
/// println!("curl -H 'Authorization: Bearer {token}' {}/api/v1/sessions", world.origin());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct World {
    core: Arc<Core>,
    /// Closes the port with the last handle that has it. What answers requests holds a handle without.
    server: Option<Arc<Server>>,
}

/// What every handle to a world shares, whether or not it keeps the port open.
struct Core {
    origin: String,
    /// The one clock that was handed out; a restored site gets it too.
    clock: Clock,
    site: RwLock<Arc<Site<Store>>>,
    beside: Option<Beside>,
}

/// What a world serves beside its platform: every path at or below `prefix`. It comes from the floor above.
#[derive(Clone)]
pub(crate) struct Beside {
    pub(crate) prefix: &'static str,
    pub(crate) answer: Arc<dyn Fn(World, Request) -> Answering + Send + Sync>,
}

/// An answer on its way.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

impl World {
    /// Begins to describe a world. Nothing exists before [`WorldBuilder::build`] or
    /// [`WorldBuilder::start`].
    pub fn builder() -> WorldBuilder {
        WorldBuilder::default()
    }

    /// Where the world is reached: `http://127.0.0.1:PORT` when it listens. Without a socket it is
    /// `http://127.0.0.1`, good for building addresses to hand to [`router`](Self::router).
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.core.origin
    }

    /// The whole platform as a service to call without a socket, for instance with `tower`'s `oneshot`.
    ///
    /// ```
    /// use axum::{body::Body, http::Request};
    /// use secureflows_mock::World;
    /// use tower::ServiceExt as _;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let world = World::builder().build()?;
    /// let request = Request::get("/.well-known/jwks.json").body(Body::empty())?;
    /// let response = world.router().oneshot(request).await?;
    /// assert_eq!(response.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    pub fn router(&self) -> Router {
        let world = self.inside();
        Router::new().fallback(move |request| world.clone().answer(request))
    }

    /// The world's clock. It stands still unless the builder was given another.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.core.clock
    }

    /// Takes no more connections, and returns when those that are being answered have their answer.
    /// Without a port it does nothing. Dropping the world instead breaks them off.
    pub async fn stop(&self) {
        if let Some(server) = &self.server {
            server.stop().await;
        }
    }

    #[cfg(feature = "sdk")]
    pub(crate) fn random_bytes<const N: usize>(&self) -> [u8; N] {
        self.site().platform.random.bytes()
    }

    /// The names of its workspaces, without the one of the platform's own people.
    pub(crate) async fn workspace_names(&self) -> Vec<String> {
        let shelves = self.site().platform.store.workspaces().await.unwrap_or_default();
        let names = shelves.iter().map(|shelf| shelf.row().name.clone());
        names.filter(|name| name != SUPPORT_WORKSPACE).collect()
    }

    pub(crate) fn is_in_database(&self) -> bool {
        self.site().platform.store.memory().is_none()
    }

    pub(crate) fn has_beside(&self) -> bool {
        self.core.beside.is_some()
    }

    /// A handle that does not keep the port open.
    fn inside(&self) -> Self {
        Self { core: Arc::clone(&self.core), server: None }
    }

    fn inside_of(core: Core) -> Self {
        Self { core: Arc::new(core), server: None }
    }

    /// The state as it is now; a restore puts another in its place.
    fn site(&self) -> Arc<Site<Store>> {
        Arc::clone(&self.core.site.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn answer(self, request: Request) -> Response {
        match &self.core.beside {
            Some(beside) if beside.takes(request.uri().path()) => {
                let answer = Arc::clone(&beside.answer);
                let clock = self.core.clock.clone();
                let mut response = answer(self, request).await;
                http::stamp(&mut response, clock.now());
                response
            }
            _ => http::answer(self.site(), ROUTES.clone(), request).await,
        }
    }
}

impl Core {
    fn new(origin: String, site: Site<Store>, beside: Option<Beside>) -> Self {
        let clock = site.platform.clock.clone();
        Self { origin, clock, site: RwLock::new(Arc::new(site)), beside }
    }
}

impl Beside {
    fn takes(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Waits for an answer where the caller has no time to be asynchronous: rows in memory answer at once, a
/// database before long. A task's fair share of turns ends with its poll, and this is one poll however long it
/// takes.
fn wait<T>(answer: impl Future<Output = T>) -> T {
    let mut answer = pin!(tokio::task::unconstrained(answer));
    if let Poll::Ready(answer) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return answer;
    }
    let wait = || pollster::block_on(answer);
    // A row may be in the hands of another task: it must not wait for this thread.
    #[cfg(feature = "postgres")]
    if Handle::try_current().is_ok_and(|rt| rt.runtime_flavor() == RuntimeFlavor::MultiThread) {
        return tokio::task::block_in_place(wait);
    }
    wait()
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "World({}, {:?})", self.core.origin, self.site())
    }
}
