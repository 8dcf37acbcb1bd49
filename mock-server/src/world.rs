//! A world: one isolated platform, wired together, and what a test steers in it.

mod builder;
mod error;
mod numbers;
mod rest;
mod sessions;
mod spec;
mod steer;

use std::{
    fmt,
    sync::{Arc, LazyLock},
};

use axum::Router;

pub use self::{
    builder::WorldBuilder,
    error::{SeedError, SignInError, StartError},
    rest::AtRest,
    spec::{ApplicationSpec, SessionSpec, UserSpec, WorkspaceSpec},
};
use crate::{
    clock::Clock,
    http::{self, Server, Site},
    store::Memory,
};

/// Built once a process: a world is cheap because it brings no routes of its own.
static ROUTES: LazyLock<Router> = LazyLock::new(http::routes::<Memory>);

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
pub struct World(Arc<Inner>);

struct Inner {
    site: Arc<Site<Memory>>,
    server: Option<Server>,
    origin: String,
}

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
        &self.0.origin
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
        let site = Arc::clone(&self.0.site);
        Router::new()
            .fallback(move |request| http::answer(Arc::clone(&site), ROUTES.clone(), request))
    }

    /// The world's clock. It stands still unless the builder was given another.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.site.platform.clock
    }

    /// Takes no more connections, and returns when those that are being answered have their answer.
    /// Without a port it does nothing. Dropping the world instead breaks them off.
    pub async fn stop(&self) {
        if let Some(server) = &self.0.server {
            server.stop().await;
        }
    }

    #[cfg(feature = "sdk")]
    pub(crate) fn random(&self) -> &crate::random::Random {
        &self.0.site.platform.random
    }

    fn store(&self) -> &Memory {
        &self.0.site.platform.store
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "World({}, {:?})", self.0.origin, self.0.site)
    }
}
