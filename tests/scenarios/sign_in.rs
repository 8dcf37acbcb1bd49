//! Signing in.

use std::{sync::Arc, time::Duration};

use secureflows::{CallbackProblem, Client, Error, LoginOptions, SignIn, Status};
use secureflows_tests::{
    ADA, APP, BOB, PASSWORD, REDIRECT, Stage, Visitor, WORKSPACE, platform, scenario,
};

use crate::callback_refused;

fn login_page(client: &Client) -> String {
    client.begin_login(&LoginOptions::new()).unwrap().as_str().to_owned()
}

#[tokio::test]
async fn hosted_login() {
    let _scenario = scenario("sign-in.hosted-login");
    let Stage { client, visitor, world, .. } = Stage::set().await;
    let page = login_page(&client);
    assert_eq!(client.status(), Status::SigningIn);
    let callback = visitor.sign_in(&page, ADA, PASSWORD).await.unwrap();
    assert!(callback.starts_with(&format!("{REDIRECT}?sessionToken=")));
    assert!(callback.contains("&state=sf1."));
    assert_eq!(client.complete_login(&callback).await, Ok(SignIn::Done));
    assert_eq!(client.status(), Status::SignedIn);
    client.set("theme", "dark").await.unwrap();
    assert_eq!(world.payload(ADA, APP).await, Some(serde_json::json!({"theme": "dark"})));
}

#[tokio::test]
async fn continue_as_before() {
    let _scenario = scenario("sign-in.continue");
    let Stage { client, visitor, world: _world, .. } = Stage::set().await;
    let callback = visitor.sign_in(&login_page(&client), ADA, PASSWORD).await.unwrap();
    client.complete_login(&callback).await.unwrap();
    let first = client.identity().await.unwrap();
    let page = login_page(&client);
    let text = visitor.open(&page).await.unwrap().page().unwrap().text();
    assert!(text.contains(&format!("Continue as {ADA}?")), "{text}");
    let callback = visitor.continue_as_before(&page).await.unwrap();
    assert_eq!(client.complete_login(&callback).await, Ok(SignIn::Done));
    assert_eq!(client.identity().await.unwrap(), first);
}

#[tokio::test]
async fn sign_up() {
    let _scenario = scenario("sign-in.sign-up");
    let Stage { client, visitor, world: _world, .. } = Stage::set().await;
    let page = login_page(&client);
    let callback = visitor.sign_up(&page, "eve@example.com", "a new password").await.unwrap();
    client.complete_login(&callback).await.unwrap();
    assert_eq!(client.identity().await.unwrap().email.as_deref(), Some("eve@example.com"));
    assert!(client.payload().await.unwrap().is_empty());
}

#[tokio::test]
async fn first_data() {
    let _scenario = scenario("sign-in.first-data");
    let Stage { client, world: _world, .. } = Stage::set().await;
    let with = |payload: &str| LoginOptions::new().payload(payload).ttl_seconds(3600);
    for (payload, expected) in [(r#"{"theme":"dark"}"#, "dark"), (r#"{"theme":"light"}"#, "dark")] {
        let page = client.begin_login(&with(payload)).unwrap();
        let browser = Visitor::new().unwrap();
        let callback = browser.sign_in(page.as_str(), ADA, PASSWORD).await.unwrap();
        client.complete_login(&callback).await.unwrap();
        assert_eq!(client.get::<String>("theme").await.unwrap().as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn refused() {
    let _scenario = scenario("sign-in.refused");
    let Stage { client, visitor, world: _world, .. } = Stage::set().await;
    let callback = visitor.cancel(&login_page(&client)).await.unwrap();
    let Err(Error::LoginRefused { error, .. }) = client.complete_login(&callback).await else {
        panic!("a refusal is no sign-in");
    };
    assert_eq!(error, "access_denied");
    assert!(matches!(client.status(), Status::SignedOut { .. }));
    let callback = visitor.sign_in(&login_page(&client), ADA, PASSWORD).await.unwrap();
    assert_eq!(client.complete_login(&callback).await, Ok(SignIn::Done));
}

/// A callback that must be refused, made of a good one.
async fn refuse(spoil: impl Fn(&str, &str) -> String, problem: CallbackProblem) {
    let Stage { client, visitor, world: _world, .. } = Stage::set().await;
    let callback = visitor.sign_in(&login_page(&client), ADA, PASSWORD).await.unwrap();
    let (rest, state) = callback.rsplit_once("&state=").unwrap();
    let refused = client.complete_login(&spoil(rest, state)).await;
    assert_eq!(refused, Err(callback_refused(problem)));
    assert!(!client.status().is_signed_in());
}

#[tokio::test]
async fn state_missing() {
    let _scenario = scenario("sign-in.state-missing");
    refuse(|rest, _| rest.to_owned(), CallbackProblem::StateMissing).await;
}

#[tokio::test]
async fn state_forged() {
    let _scenario = scenario("sign-in.state-forged");
    let forged = format!("sf1.{}", "0".repeat(32));
    refuse(|rest, _| format!("{rest}&state={forged}"), CallbackProblem::StateUnknown).await;
    refuse(|rest, _| format!("{rest}&state=guess"), CallbackProblem::StateUnknown).await;
}

#[tokio::test]
async fn state_expired() {
    let _scenario = scenario("sign-in.state-expired");
    let Stage { client, visitor, wire, world: _world } = Stage::set().await;
    let callback = visitor.sign_in(&login_page(&client), ADA, PASSWORD).await.unwrap();
    wire.turn_clock(Duration::from_secs(11 * 60));
    let refused = client.complete_login(&callback).await;
    assert_eq!(refused, Err(callback_refused(CallbackProblem::StateExpired)));
}

#[tokio::test]
async fn callback_twice() {
    let _scenario = scenario("sign-in.callback-twice");
    let Stage { client, visitor, world: _world, .. } = Stage::set().await;
    let callback = visitor.sign_in(&login_page(&client), ADA, PASSWORD).await.unwrap();
    let both = tokio::join!(client.complete_login(&callback), client.complete_login(&callback));
    let twice = callback_refused(CallbackProblem::StateUnknown);
    assert_eq!(both, (Ok(SignIn::Done), Err(twice)));
    assert_eq!(client.status(), Status::SignedIn);
    assert_eq!(client.get_raw("theme").await, Ok(None));
}

#[tokio::test]
async fn state_foreign() {
    let _scenario = scenario("sign-in.state-foreign");
    let stage = Stage::set().await;
    let callback = stage.visitor.sign_in(&login_page(&stage.client), ADA, PASSWORD).await.unwrap();
    let other = stage.another().app_id("another-app").build().unwrap();
    let refused = other.complete_login(&callback).await;
    assert_eq!(refused, Err(callback_refused(CallbackProblem::StateUnknown)));
    assert_eq!(stage.client.complete_login(&callback).await, Ok(SignIn::Done), "it is not used up");
}

#[tokio::test]
async fn live_token_kept() {
    let _scenario = scenario("sign-in.live-token-kept");
    let stage = Stage::with_ada().await;
    stage.client.set("owner", "ada").await.unwrap();
    for callback in [
        format!("{REDIRECT}?sessionToken=evil"),
        format!("{REDIRECT}?sessionToken=evil&state=sf1.{}", "0".repeat(32)),
        format!("{REDIRECT}?sessionToken=a&sessionToken=b&state=sf1.{}", "0".repeat(32)),
    ] {
        assert!(stage.client.complete_login(&callback).await.is_err());
        assert_eq!(stage.client.get_raw("owner").await, Ok(Some("\"ada\"".into())));
    }
}

#[tokio::test]
async fn other_page() {
    let _scenario = scenario("sign-in.other-page");
    let stage = Stage::with_ada().await;
    for url in ["http://127.0.0.1:7999/", "https://evil.example/callback?sessionToken=t&state=x"] {
        assert_eq!(stage.client.complete_login(url).await, Ok(SignIn::NotACallback));
    }
    let oauth = format!("{REDIRECT}?code=1&state=other-library");
    assert_eq!(stage.client.complete_login(&oauth).await, Ok(SignIn::NotACallback));
    assert_eq!(stage.client.status(), Status::SignedIn);
}

#[tokio::test]
async fn same_user() {
    let _scenario = scenario("sign-in.same-user");
    let stage = Stage::with_ada().await;
    let Stage { client, world, visitor, .. } = &stage;
    client.set("note", &1).await.unwrap();
    world.clock().advance(Duration::from_secs(8 * 24 * 3600));
    assert!(client.get_raw("note").await.is_err());
    let page = client.begin_login(&LoginOptions::new().same_user()).unwrap();
    assert!(page.as_str().contains("&session_token="));
    // Somebody else cannot take the session over.
    let bobs = Visitor::new().unwrap().sign_in(page.as_str(), BOB, PASSWORD).await.unwrap();
    assert!(matches!(client.complete_login(&bobs).await, Err(Error::LoginRefused { .. })));
    let page = client.begin_login(&LoginOptions::new().same_user()).unwrap();
    let callback = visitor.sign_in(page.as_str(), ADA, PASSWORD).await.unwrap();
    assert_eq!(client.complete_login(&callback).await, Ok(SignIn::Done));
    assert_eq!(client.get::<i32>("note").await, Ok(Some(1)));
    client.logout().await.unwrap();
    let Err(Error::Invalid(invalid)) = client.begin_login(&LoginOptions::new().same_user()) else {
        panic!("there is nothing to renew after a sign-out");
    };
    assert_eq!(invalid.field(), "same_user");
}

#[tokio::test]
async fn record_survives() {
    let _scenario = scenario("sign-in.record-survives");
    let stage = Stage::set_on(platform()).await;
    let callback = stage.visitor.sign_in(&login_page(&stage.client), ADA, PASSWORD).await.unwrap();
    let wire = Arc::clone(&stage.wire);
    let after = stage.another().workspace(WORKSPACE).host(wire).build().unwrap();
    drop(stage.client);
    assert_eq!(after.complete_login(&callback).await, Ok(SignIn::Done));
    assert_eq!(after.status(), Status::SignedIn);
}
