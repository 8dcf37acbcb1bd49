//! Signing out.

use secureflows::{Cause, Confirm, DataState, Error, LoginOptions, SignedOutReason, Status};
use secureflows_tests::{ADA, APP, PASSWORD, REDIRECT, Stage, scenario};

use crate::{EXPIRED, signed_out, wire::answering};

const BY_USER: Error = signed_out(SignedOutReason::ByUser, DataState::Intact);

#[tokio::test]
async fn logout() {
    let _scenario = scenario("out.logout");
    let stage = Stage::set().await;
    let token = stage.token(ADA).await;
    stage.client.adopt(token.clone()).await.unwrap();
    stage.client.set("note", &1).await.unwrap();
    stage.client.logout().await.unwrap();
    assert_eq!(stage.client.get_raw("note").await, Err(BY_USER));
    assert!(matches!(stage.client.status(), Status::SignedOut { .. }));
    assert_eq!(stage.client.adopt(token).await, Err(EXPIRED), "the platform knows of it");
    stage.client.logout().await.unwrap();
    stage.sign_in(&stage.client, ADA).await;
    assert_eq!(stage.client.get("note").await, Ok(Some(1)));
}

#[tokio::test]
async fn offline() {
    let _scenario = scenario("out.offline");
    let stage = Stage::set().await;
    let token = stage.token(ADA).await;
    stage.client.adopt(token.clone()).await.unwrap();
    stage.wire.set_down(true);
    let untold = Err(Error::SignedOutLocally { cause: Cause::Unreachable });
    assert_eq!(stage.client.logout().await, untold);
    assert_eq!(stage.client.get_raw("note").await, Err(BY_USER));
    stage.wire.set_down(false);
    let other = stage.another().build().unwrap();
    assert_eq!(other.adopt(token.clone()).await, Ok(()), "the platform was not told");
    assert_eq!(stage.client.logout().await, Ok(()));
    assert_eq!(other.adopt(token).await, Err(EXPIRED), "now it was");
}

#[tokio::test]
async fn refused() {
    let _scenario = scenario("out.refused");
    let (client, script) = answering(403, "<html>The hotel says no</html>").await;
    let untold = Err(Error::SignedOutLocally { cause: Cause::Refused });
    assert_eq!(client.logout().await, untold);
    assert_eq!(client.get_raw("note").await, Err(BY_USER));
    assert_eq!(client.logout().await, untold, "it is told again");
    assert_eq!(script.count("POST", "/api/v1/auth/logout").await, 2);
}

#[tokio::test]
async fn browser() {
    let _scenario = scenario("out.browser");
    let Stage { client, visitor, world: _world, .. } = Stage::set().await;
    let page = client.begin_login(&LoginOptions::new()).unwrap();
    let callback = visitor.sign_in(page.as_str(), ADA, PASSWORD).await.unwrap();
    client.complete_login(&callback).await.unwrap();
    let post_logout = format!("{}/", REDIRECT.strip_suffix("/callback").unwrap());
    let logout = client.logout_url(&post_logout).unwrap();
    assert!(client.status().is_signed_in(), "a URL signs nobody out");
    let left = visitor.open(logout.as_str()).await.unwrap().left().unwrap();
    assert_eq!(left, post_logout);
    client.forget();
    assert_eq!(client.get_raw("note").await, Err(BY_USER));
    assert_eq!(client.logout_url(&post_logout).err(), Some(BY_USER));
    let page = client.begin_login(&LoginOptions::new()).unwrap();
    let text = visitor.open(page.as_str()).await.unwrap().page().unwrap().text();
    assert!(!text.contains("Continue as"), "the browser's own login is gone: {text}");
}

#[tokio::test]
async fn revoke() {
    let _scenario = scenario("out.revoke");
    let stage = Stage::with_ada().await;
    stage.client.set("note", &1).await.unwrap();
    stage.client.revoke(Confirm::DataIsDestroyed).await.unwrap();
    let destroyed = signed_out(SignedOutReason::Destroyed, DataState::Destroyed);
    assert_eq!(stage.client.get_raw("note").await, Err(destroyed));
    assert_eq!(stage.world.payload(ADA, APP).await, None);
    stage.sign_in(&stage.client, ADA).await;
    assert_eq!(stage.client.get_raw("note").await, Ok(None));
}
