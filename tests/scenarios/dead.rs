//! Tokens that die.

use std::time::Duration;

use secureflows::{Client, Error, Status};
use secureflows_mock::{ApplicationSpec, Profile, UserSpec, WorkspaceSpec, World};
use secureflows_tests::{ADA, APP, PASSWORD, REDIRECT, Stage, WORKSPACE, platform, scenario};

use crate::{ENDED, EXPIRED, wire::answering};

const TOKEN_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Every call fails with `error`, and the client knows that it is signed out.
async fn all_calls_fail(client: &Client, error: Error) {
    assert_eq!(client.get_raw("note").await, Err(error.clone()));
    let Error::SignedOut { reason, data } = error else { panic!("{error}") };
    assert_eq!(client.status(), Status::Expired { reason, data });
    assert_eq!(client.set_raw("note", "2").await, Err(error.clone()));
    assert_eq!(client.payload().await, Err(error.clone()));
    assert_eq!(client.identity().await, Err(error));
}

#[tokio::test]
async fn expired() {
    let _scenario = scenario("dead.expired");
    let stage = Stage::with_ada().await;
    stage.client.set("note", &1).await.unwrap();
    stage.world.clock().advance(TOKEN_LIFE - Duration::from_secs(1));
    assert_eq!(stage.client.get("note").await, Ok(Some(1)));
    stage.world.clock().advance(Duration::from_secs(2));
    all_calls_fail(&stage.client, EXPIRED).await;
    stage.sign_in(&stage.client, ADA).await;
    assert_eq!(stage.client.get("note").await, Ok(Some(1)));
}

#[tokio::test]
async fn logged_out_elsewhere() {
    let _scenario = scenario("dead.logged-out-elsewhere");
    let stage = Stage::with_ada().await;
    stage.client.set("note", &1).await.unwrap();
    let elsewhere = stage.another().build().unwrap();
    stage.sign_in(&elsewhere, ADA).await;
    elsewhere.logout().await.unwrap();
    all_calls_fail(&stage.client, EXPIRED).await;
    stage.sign_in(&stage.client, ADA).await;
    assert_eq!(stage.client.get("note").await, Ok(Some(1)));
}

#[tokio::test]
async fn revoked() {
    let _scenario = scenario("dead.revoked");
    let stage = Stage::with_ada().await;
    stage.client.set("note", &1).await.unwrap();
    assert_eq!(stage.world.revoke_sessions(ADA).await, 1);
    all_calls_fail(&stage.client, ENDED).await;
}

#[tokio::test]
async fn session_expired() {
    let _scenario = scenario("dead.session-expired");
    let hour = Duration::from_secs(3600);
    let application = ApplicationSpec::new(APP).redirect_uri(REDIRECT).payload_ttl(hour);
    let world = World::builder()
        .workspace(WorkspaceSpec::new(WORKSPACE))
        .application(WORKSPACE, application)
        .user(WORKSPACE, UserSpec::new(ADA).password(PASSWORD));
    let stage = Stage::set_on(world).await;
    stage.sign_in(&stage.client, ADA).await;
    stage.client.set("note", &1).await.unwrap();
    stage.world.clock().advance(hour + Duration::from_secs(1));
    all_calls_fail(&stage.client, ENDED).await;
}

#[tokio::test]
async fn refused_401() {
    let _scenario = scenario("dead.refused-401");
    let stage = Stage::set_on(platform().profile(Profile::Published)).await;
    stage.sign_in(&stage.client, ADA).await;
    stage.world.clock().advance(TOKEN_LIFE + Duration::from_secs(1));
    all_calls_fail(&stage.client, EXPIRED).await;
}

#[tokio::test]
async fn refused_401_revoked() {
    let _scenario = scenario("dead.refused-401-revoked");
    let stage = Stage::set_on(platform().profile(Profile::Published)).await;
    stage.sign_in(&stage.client, ADA).await;
    stage.world.revoke_sessions(ADA).await;
    assert_eq!(stage.client.set_raw("note", "1").await, Err(ENDED));
}

#[tokio::test]
async fn legacy_403() {
    let _scenario = scenario("dead.legacy-403");
    let stage = Stage::set_on(platform().profile(Profile::Legacy)).await;
    stage.sign_in(&stage.client, ADA).await;
    stage.world.clock().advance(TOKEN_LIFE + Duration::from_secs(1));
    all_calls_fail(&stage.client, EXPIRED).await;
}

#[tokio::test]
async fn empty_403() {
    let _scenario = scenario("dead.empty-403");
    let (client, _server) = answering(403, "").await;
    all_calls_fail(&client, EXPIRED).await;
}

#[tokio::test]
async fn locked() {
    let _scenario = scenario("dead.locked");
    let stage = Stage::with_ada().await;
    stage.client.set("note", &1).await.unwrap();
    assert!(stage.world.lock_workspace(WORKSPACE).await);
    assert_eq!(stage.client.get_raw("note").await, Err(Error::Locked));
    assert_eq!(stage.client.status(), Status::Locked);
    assert_eq!(stage.client.set_raw("note", "2").await, Err(Error::Locked));
    assert!(stage.client.identity().await.is_ok());
    assert_eq!(stage.client.status(), Status::Locked, "who is signed in says nothing of the lock");
    assert!(stage.world.unlock_workspace(WORKSPACE).await);
    assert_eq!(stage.client.get("note").await, Ok(Some(1)));
    assert_eq!(stage.client.status(), Status::SignedIn);
}
