//! The Rust client under what a real network, and other devices, do to it.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod backends;
mod cancel;
mod fake;
mod headless;
mod leaks;
mod many;
mod order;
mod retries;
mod room;
mod update;
mod watch;

use std::sync::Arc;

use secureflows::{Client, ClientBuilder, SessionToken};
use secureflows_mock::World;
use secureflows_tests::{ADA, APP, Indoors, REDIRECT, WORKSPACE, platform};

/// A platform without a socket, and a client of it with Ada signed in.
async fn with_ada() -> (World, Client) {
    let world = platform().build().unwrap();
    let client = client_of(&world).build().unwrap();
    sign_in(&world, &client, ADA).await;
    (world, client)
}

fn client_of(world: &World) -> ClientBuilder {
    Client::builder()
        .origin(world.origin())
        .workspace(WORKSPACE)
        .app_id(APP)
        .redirect_uri(REDIRECT)
        .host(Arc::new(Indoors::new(world)))
}

async fn sign_in(world: &World, client: &Client, email: &str) {
    let token = world.sign_in(email, APP).await.unwrap();
    client.adopt(SessionToken::issued_by(world.origin(), token).unwrap()).await.unwrap();
}
