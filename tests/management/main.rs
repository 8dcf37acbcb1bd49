//! The operators' API, against the mock platform.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

mod leaks;
mod login;
mod people;
mod rest;
mod sessions;
mod whole;

use std::sync::Arc;

use secureflows::{
    Error, IdentityToken,
    management::{Management, ManagementBuilder, UserToken},
};
use secureflows_mock::{Role, UserSpec, World};
use secureflows_tests::{Indoors, WORKSPACE, leaks as noted, platform};

/// The owner of the workspace.
const OWNER: &str = "olive@example.com";

/// A platform without a socket, with an owner.
fn world() -> World {
    platform().user(WORKSPACE, UserSpec::new(OWNER).role(Role::Owner)).build().unwrap()
}

fn builder(world: &World) -> ManagementBuilder {
    Management::builder().origin(world.origin()).host(Arc::new(Indoors::new(world)))
}

fn user_token(world: &World, email: &str) -> UserToken {
    let token = world.user_token(email, WORKSPACE).unwrap();
    noted::note(&token);
    UserToken::issued_by(world.origin(), token).unwrap()
}

/// The owner's way in, with a token.
fn owner(world: &World) -> Management {
    builder(world).token(user_token(world, OWNER)).build().unwrap()
}

/// Somebody's way in, with identity tokens.
fn by_identity(world: &World, email: &'static str) -> ManagementBuilder {
    let desk = world.clone();
    let provider = move || {
        let token = desk.identity_token(email).unwrap();
        noted::note(&token);
        let token = IdentityToken::issued_by(desk.origin(), token).unwrap();
        async { Ok(token) }
    };
    builder(world).identity_provider(provider)
}

fn status<T: std::fmt::Debug>(result: Result<T, Error>) -> u16 {
    match result {
        Err(Error::Rejected { status, .. }) => status,
        other => panic!("{other:?}"),
    }
}
