//! Signing in where nobody sits at a browser.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use secureflows::{Client, Declined, Error, IdentityToken, SessionToken, Status};
use secureflows_mock::World;
use secureflows_tests::{ADA, APP, BOB, Indoors, WORKSPACE, platform};

use crate::with_ada;

const LONGER_THAN_A_TOKEN: std::time::Duration = std::time::Duration::from_secs(8 * 24 * 3600);

/// A script of whoever `who` names, and how often its provider was asked.
fn script(world: &World, who: &Arc<Mutex<&'static str>>) -> (Client, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let (counted, world_of, who) = (Arc::clone(&asked), world.clone(), Arc::clone(who));
    let provider = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let token = world_of.identity_token(*who.lock().unwrap()).unwrap();
        let token = IdentityToken::issued_by(world_of.origin(), token).unwrap();
        async { Ok(token) }
    };
    let client = Client::builder()
        .origin(world.origin())
        .workspace(WORKSPACE)
        .app_id(APP)
        .host(Arc::new(Indoors::new(world)))
        .identity_provider(provider)
        .build()
        .unwrap();
    (client, asked)
}

#[tokio::test]
async fn a_session_is_got_or_created_and_renewed() {
    let (world, ada) = with_ada().await;
    ada.set("k", &1).await.unwrap();
    let (client, asked) = script(&world, &Arc::new(Mutex::new(ADA)));
    client.sign_in(Some(r#"{"k":0}"#)).await.unwrap();
    assert_eq!(client.status(), Status::SignedIn);
    assert_eq!(client.get("k").await, Ok(Some(1)), "her newest session, as it is");
    world.clock().advance(LONGER_THAN_A_TOKEN);
    let calls = join_all((0..50).map(|_| client.get::<i32>("k"))).await;
    assert!(calls.iter().all(|read| *read == Ok(Some(1))));
    assert_eq!(asked.load(Ordering::SeqCst), 2, "one sign-in, one renewal");
}

#[tokio::test]
async fn a_new_session_begins_with_the_payload() {
    let world = platform().build().unwrap();
    let (client, _) = script(&world, &Arc::new(Mutex::new(BOB)));
    client.sign_in(Some(r#"{"k":7}"#)).await.unwrap();
    assert_eq!(client.get("k").await, Ok(Some(7)));
    let Err(Error::Invalid(invalid)) = client.sign_in(Some("[]")).await else { panic!() };
    assert_eq!(invalid.field(), "payload");
}

#[tokio::test]
async fn somebody_else_cannot_renew_it() {
    let world = platform().build().unwrap();
    let who = Arc::new(Mutex::new(ADA));
    let (client, _) = script(&world, &who);
    client.sign_in(None).await.unwrap();
    client.set("k", "ada's").await.unwrap();
    *who.lock().unwrap() = BOB;
    world.clock().advance(LONGER_THAN_A_TOKEN);
    assert!(client.set("k", "more of ada's").await.unwrap_err().sign_in_again());
    assert_eq!(world.payload(BOB, APP).await, None, "nothing reached Bob");
    assert_eq!(world.payload(ADA, APP).await.unwrap()["k"], "ada's");
}

#[tokio::test]
async fn a_destroyed_session_is_not_silently_begun_anew() {
    let world = platform().build().unwrap();
    let (client, _) = script(&world, &Arc::new(Mutex::new(ADA)));
    client.sign_in(None).await.unwrap();
    client.set("k", &1).await.unwrap();
    world.revoke_sessions(ADA).await;
    assert!(client.get_raw("k").await.unwrap_err().sign_in_again());
    client.sign_in(None).await.unwrap();
    assert_eq!(client.get_raw("k").await, Ok(None), "the app decides to begin anew");
}

#[tokio::test]
async fn what_a_provider_may_do_wrong() {
    let world = platform().build().unwrap();
    let builder = || {
        Client::builder()
            .origin(world.origin())
            .workspace(WORKSPACE)
            .app_id(APP)
            .host(Arc::new(Indoors::new(&world)))
    };
    let declines = || async { Err(Declined::new("no key, token eyJhbGciOiJIUzI1NiJ9.x.y given")) };
    let client = builder().identity_provider(declines).build().unwrap();
    let refused = client.sign_in(None).await.unwrap_err();
    assert!(matches!(refused, Error::LoginRefused { .. }));
    assert_eq!(
        refused.to_string(),
        "the login ended with `declined` (no key, token [redacted] given): sign in again"
    );

    let forged = |origin: &str| {
        let token = IdentityToken::issued_by(origin, "forged".to_owned()).unwrap();
        move || {
            let token = token.clone();
            async { Ok(token) }
        }
    };
    let client = builder().identity_provider(forged(world.origin())).build().unwrap();
    assert!(matches!(client.sign_in(None).await, Err(Error::Rejected { status: 401, .. })));
    let client = builder().identity_provider(forged("https://other.example")).build().unwrap();
    let Err(Error::Invalid(invalid)) = client.sign_in(None).await else { panic!() };
    assert_eq!(invalid.field(), "identity_provider");

    let client = builder().redirect_uri(secureflows_tests::REDIRECT).build().unwrap();
    let Err(Error::Invalid(invalid)) = client.sign_in(None).await else { panic!() };
    assert_eq!(invalid.field(), "identity_provider");
    let token = world.sign_in(ADA, APP).await.unwrap();
    let panics = || async { panic!("a mistake of the app's") };
    let client = builder().identity_provider(panics).build().unwrap();
    client.adopt(SessionToken::issued_by(world.origin(), token).unwrap()).await.unwrap();
    world.clock().advance(LONGER_THAN_A_TOKEN);
    assert!(client.get_raw("k").await.unwrap_err().sign_in_again(), "and nothing is stuck");
}
