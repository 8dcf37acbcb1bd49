//! With a token, and with an identity provider that logs in and logs in again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use secureflows::{
    Declined, Error, IdentityToken,
    management::{Management, MembershipsFor, Role, UserFilter, UserToken},
};
use secureflows_mock::World;
use secureflows_tests::{ADA, BOB, WORKSPACE};

use crate::{OWNER, builder, by_identity, owner, user_token, world};

/// The owner's way in with identity tokens, and how often one was asked for.
fn counted(world: &World) -> (Management, Arc<AtomicUsize>) {
    let (asked, desk) = (Arc::new(AtomicUsize::new(0)), world.clone());
    let counted = Arc::clone(&asked);
    let provider = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let token = desk.identity_token(OWNER).unwrap();
        let token = IdentityToken::issued_by(desk.origin(), token).unwrap();
        async { Ok(token) }
    };
    let builder = builder(world).identity_provider(provider).workspace(WORKSPACE);
    (builder.build().unwrap(), asked)
}

#[tokio::test]
async fn an_identity_provider_logs_in_once_and_again_when_the_token_is_dead() {
    let world = world();
    let (management, asked) = counted(&world);
    let calls = join_all((0..20).map(|_| management.workspace())).await;
    assert!(calls.iter().all(|read| read.as_ref().is_ok_and(|it| it.name == WORKSPACE)));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    world.clock().advance(Duration::from_secs(400 * 24 * 3600));
    let calls = join_all((0..20).map(|_| management.workspace())).await;
    assert!(calls.iter().all(Result::is_ok), "{:?}", calls.first());
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_token_that_was_given_is_used_until_it_is_dead() {
    let world = world();
    let management = owner(&world);
    assert_eq!(management.workspace().await.unwrap().name, WORKSPACE);
    world.clock().advance(Duration::from_secs(400 * 24 * 3600));
    let error = management.workspace().await.unwrap_err();
    assert!(matches!(error, Error::SignedOut { .. } | Error::Forbidden { .. }), "{error}");
    let forged = UserToken::issued_by(world.origin(), "forged".into()).unwrap();
    let management = builder(&world).token(forged).build().unwrap();
    let error = management.workspace().await.unwrap_err();
    assert!(matches!(error, Error::SignedOut { .. } | Error::Forbidden { .. }), "{error}");
}

#[tokio::test]
async fn whoever_lacks_the_role_is_told_so() {
    let world = world();
    let ada = builder(&world).token(user_token(&world, ADA)).build().unwrap();
    assert!(matches!(ada.workspace().await, Err(Error::Forbidden { .. })));
    let ada = by_identity(&world, ADA).workspace(WORKSPACE).build().unwrap();
    assert!(matches!(ada.users(UserFilter::new()).all().await, Err(Error::Forbidden { .. })));
}

#[tokio::test]
async fn an_identity_token_says_where_one_is() {
    let world = world();
    let olive = by_identity(&world, OWNER).build().unwrap();
    let memberships = olive.memberships(MembershipsFor::WorkspaceManagement).await.unwrap();
    assert_eq!(memberships.len(), 1);
    assert_eq!(
        (memberships[0].workspace_name.as_str(), &memberships[0].role),
        (WORKSPACE, &Role::Owner)
    );
    let bob = by_identity(&world, BOB).build().unwrap();
    assert_eq!(bob.memberships(MembershipsFor::WorkspaceManagement).await, Ok(vec![]));
    assert_eq!(bob.memberships(MembershipsFor::SelfService).await.unwrap().len(), 1);
}

#[tokio::test]
async fn settings_and_providers_are_checked() {
    let world = world();
    let field = |result: Result<Management, Error>| match result {
        Err(Error::Invalid(invalid)) => invalid.field(),
        other => panic!("{other:?}"),
    };
    assert_eq!(field(builder(&world).build()), "token");
    let foreign = UserToken::issued_by("https://other.example", "x".into()).unwrap();
    assert_eq!(field(builder(&world).token(foreign).build()), "token");
    let unnamed = by_identity(&world, OWNER).build().unwrap();
    let Err(Error::Invalid(invalid)) = unnamed.workspace().await else { panic!() };
    assert_eq!(invalid.field(), "workspace");
    let Err(Error::Invalid(invalid)) = owner(&world).memberships(MembershipsFor::SelfService).await
    else {
        panic!()
    };
    assert_eq!(invalid.field(), "identity_provider");
    let declines = || async { Err(Declined::new("no key")) };
    let management = builder(&world).identity_provider(declines).workspace(WORKSPACE);
    let error = management.build().unwrap().workspace().await.unwrap_err();
    assert!(matches!(error, Error::LoginRefused { .. }));
}
