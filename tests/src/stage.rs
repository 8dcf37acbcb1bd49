//! A platform with two users, and a client of it.

use std::sync::Arc;

use secureflows::{Client, ClientBuilder, SessionToken};
use secureflows_mock::{ApplicationSpec, UserSpec, WorkspaceSpec, World, WorldBuilder};

use crate::{Visitor, Wire, leaks};

/// The workspace of every stage.
pub const WORKSPACE: &str = "acme";
/// The application of every stage.
pub const APP: &str = "acme-notes";
/// Where hosted login comes back to; nothing listens there.
pub const REDIRECT: &str = "http://127.0.0.1:7999/callback";
/// A user.
pub const ADA: &str = "ada@example.com";
/// Another user.
pub const BOB: &str = "bob@example.com";
/// The password of both.
pub const PASSWORD: &str = "correct horse battery staple";

/// A platform, a client of it, and the wire between them.
#[derive(Debug)]
pub struct Stage {
    /// The platform.
    pub world: World,
    /// A client that nobody has signed in with.
    pub client: Client,
    /// What the client sends through.
    pub wire: Arc<Wire>,
    /// A person with a browser.
    pub visitor: Visitor,
}

/// A platform with the workspace, the application and both users of every stage.
pub fn platform() -> WorldBuilder {
    leaks::listen();
    leaks::note(PASSWORD);
    World::builder()
        .workspace(WorkspaceSpec::new(WORKSPACE))
        .application(WORKSPACE, ApplicationSpec::new(APP).redirect_uri(REDIRECT))
        .user(WORKSPACE, UserSpec::new(ADA).password(PASSWORD))
        .user(WORKSPACE, UserSpec::new(BOB).password(PASSWORD))
}

#[expect(clippy::expect_used, reason = "a stage that cannot be set up ends the test")]
impl Stage {
    /// Sets the stage on the usual platform.
    pub async fn set() -> Self {
        Self::set_on(platform()).await
    }

    /// Sets the stage on `platform`.
    pub async fn set_on(platform: WorldBuilder) -> Self {
        let world = platform.start().await.expect("the world starts");
        let wire = Arc::new(Wire::new().expect("the wire works"));
        let client = client_of(&world, &wire).build().expect("the settings are valid");
        Self { world, client, wire, visitor: Visitor::new().expect("a browser can be had") }
    }

    /// Sets the stage with Ada signed in.
    pub async fn with_ada() -> Self {
        let stage = Self::set().await;
        stage.sign_in(&stage.client, ADA).await;
        stage
    }

    /// Begins another client of this stage, on the same wire.
    pub fn another(&self) -> ClientBuilder {
        client_of(&self.world, &self.wire)
    }

    /// Signs `email` in with `client`, without pages.
    pub async fn sign_in(&self, client: &Client, email: &str) {
        let token = self.token(email).await;
        client.adopt(token).await.expect("a fresh token is good");
    }

    /// A fresh token of `email`.
    pub async fn token(&self, email: &str) -> SessionToken {
        let token = self.world.sign_in(email, APP).await.expect("the user exists");
        leaks::note(&token);
        SessionToken::issued_by(self.world.origin(), token).expect("a token is a token")
    }
}

fn client_of(world: &World, wire: &Arc<Wire>) -> ClientBuilder {
    let host: Arc<Wire> = Arc::clone(wire);
    Client::builder()
        .origin(world.origin())
        .workspace(WORKSPACE)
        .app_id(APP)
        .redirect_uri(REDIRECT)
        .host(host)
}
