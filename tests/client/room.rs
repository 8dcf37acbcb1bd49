//! How much room the data takes, and the app's own limit.

use std::sync::Arc;

use secureflows::{
    Error, Outcome, Quota,
    management::{Management, SessionFilter, UserToken},
};
use secureflows_mock::{Role, UserSpec, World};
use secureflows_tests::{ADA, APP, Indoors, Stage, WORKSPACE, leaks};
use serde_json::json;

use crate::with_ada;

#[tokio::test]
async fn bytes_are_counted_as_the_platform_counts() {
    let (world, client) = with_ada().await;
    assert_eq!(client.budget().await.unwrap().used(), 2);
    client.set_raw("k", r#" { "a" : [ 1 , 2 ] , "b" : "two words" } "#).await.unwrap();
    client.set("schlüssel \"q\" \n\u{8}", "日本語 😀 \u{1}\t").await.unwrap();
    let budget = client.budget().await.unwrap();
    let stored = world.payload(ADA, APP).await.unwrap();
    assert_eq!(budget.used(), stored.to_string().len());
    for (key, bytes) in budget.keys() {
        let alone = json!({ key: stored[key] }).to_string();
        assert_eq!(bytes, alone.len() - 2, "{key}");
    }
    assert_eq!((budget.limit(), budget.left()), (None, None));
    assert_eq!(u64::try_from(budget.used()), Ok(as_operators_see_it(&world).await));
}

/// How large the platform says that the only session is.
async fn as_operators_see_it(world: &World) -> u64 {
    const OWNER: &str = "olive@example.com";
    world.add_user(WORKSPACE, UserSpec::new(OWNER).role(Role::Owner)).await.unwrap();
    let token = world.user_token(OWNER, WORKSPACE).unwrap();
    leaks::note(&token);
    let management = Management::builder()
        .origin(world.origin())
        .host(Arc::new(Indoors::new(world)))
        .token(UserToken::issued_by(world.origin(), token).unwrap())
        .build()
        .unwrap();
    let sessions = management.sessions(SessionFilter::new()).all().await.unwrap();
    sessions.first().unwrap().current_data_size_bytes.unwrap()
}

#[tokio::test]
async fn the_limit_of_the_app_is_kept_before_anything_is_sent() {
    let stage = Stage::set().await;
    let client = stage.another().payload_limit(30).build().unwrap();
    stage.sign_in(&client, ADA).await;
    client.set("a", "0123456789").await.unwrap();
    client.set("b", &7).await.unwrap();
    let budget = client.budget().await.unwrap();
    assert_eq!((budget.used(), budget.limit(), budget.left()), (24, Some(30), Some(6)));
    let writes = || async {
        let entries = stage.world.journal().entries();
        entries.iter().filter(|entry| entry.operation == Some("sessions.set")).count()
    };
    let before = writes().await;
    let error = client.set("c", "0123456789").await.unwrap_err();
    let Error::QuotaExceeded { quota: Quota::Payload, detail } = &error else { panic!("{error}") };
    assert!(detail.contains("41 bytes") && detail.contains("30"), "{detail}");
    assert_ne!(error.outcome(), Outcome::Unknown);
    assert_eq!(writes().await, before, "it was not sent");
    client.set("a", "0123456789012345").await.unwrap();
    assert!(client.delete("b").await.unwrap(), "what makes room is never refused");
}

#[tokio::test]
async fn nothing_is_refused_on_old_knowledge() {
    let stage = Stage::set().await;
    let client = stage.another().payload_limit(30).build().unwrap();
    stage.sign_in(&client, ADA).await;
    client.set("a", "0123456789012345").await.unwrap();
    let other = stage.another().build().unwrap();
    stage.sign_in(&other, ADA).await;
    other.delete("a").await.unwrap();
    client.set("b", "0123456789012345").await.unwrap();
}

#[tokio::test]
async fn without_a_limit_nothing_is_refused_here() {
    let stage = Stage::with_ada().await;
    let sent = stage.wire.sent();
    stage.client.set("a", &"x".repeat(1000)).await.unwrap();
    assert_eq!(stage.wire.sent(), sent + 1);
}
