//! Read, change, write, beside other devices; and collections.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use secureflows::{Client, Error, Update, UpdatePolicy};
use secureflows_mock::Fault;
use secureflows_tests::{ADA, Stage};
use serde_json::json;

use crate::with_ada;

fn one_more(number: Option<u32>) -> u32 {
    number.unwrap_or(0) + 1
}

#[tokio::test]
async fn an_update_reads_changes_and_writes() {
    let (world, client) = with_ada().await;
    for expected in 1..=3 {
        let Ok(Update::Done { value, payload, elsewhere }) = client.update("n", one_more).await
        else {
            panic!()
        };
        assert_eq!((value, elsewhere), (expected, vec![]));
        assert_eq!(payload.get("n"), Ok(Some(expected)));
    }
    drop(world);
}

#[tokio::test]
async fn no_update_of_one_client_is_lost() {
    let (world, client) = with_ada().await;
    let updates = join_all((0..50).map(|_| client.update("n", one_more))).await;
    assert!(updates.iter().all(|it| matches!(it, Ok(Update::Done { .. }))));
    assert_eq!(client.get("n").await, Ok(Some(50)));
    drop(world);
}

/// Two devices of Ada's, and the wire of the first.
async fn two_devices() -> (Stage, Client) {
    let stage = Stage::with_ada().await;
    let other = stage.another().host(Arc::new(secureflows::NativeHost::new().unwrap()));
    let other = other.build().unwrap();
    stage.sign_in(&other, ADA).await;
    (stage, other)
}

/// Begins `update` of the first device, and has `meanwhile` done between its read and its write.
async fn update_while(
    stage: &Stage,
    policy: UpdatePolicy,
    meanwhile: impl Future<Output = ()>,
) -> Result<Update<u32>, Error> {
    let held = stage.wire.held();
    let hold = stage.wire.hold_next();
    let update = tokio::spawn({
        let client = stage.client.clone();
        async move { client.update_with("n", policy, one_more).await }
    });
    while stage.wire.held() == held {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    meanwhile.await;
    drop(hold);
    update.await.unwrap()
}

#[tokio::test]
async fn a_change_of_the_same_key_is_a_conflict() {
    let (stage, other) = two_devices().await;
    stage.client.set("n", &1).await.unwrap();
    let meanwhile = async { drop(other.set("n", &100).await.unwrap()) };
    let update = update_while(&stage, UpdatePolicy::report(), meanwhile).await;
    assert_eq!(update, Ok(Update::Conflict { ours: 2, theirs: Some(100) }));
    assert_eq!(stage.client.get("n").await, Ok(Some(100)), "nothing was written");
    let meanwhile = async { assert!(other.delete("n").await.unwrap()) };
    let update = update_while(&stage, UpdatePolicy::report(), meanwhile).await;
    assert_eq!(update, Ok(Update::Conflict { ours: 101, theirs: None }));
}

#[tokio::test]
async fn a_conflict_is_retried_by_policy() {
    let (stage, other) = two_devices().await;
    stage.client.set("n", &1).await.unwrap();
    let meanwhile = async { drop(other.set("n", &100).await.unwrap()) };
    let update = update_while(&stage, UpdatePolicy::retry(2), meanwhile).await;
    assert!(matches!(update, Ok(Update::Done { value: 101, .. })), "{update:?}");
    assert_eq!(other.get("n").await, Ok(Some(101)));
}

#[tokio::test]
async fn changes_of_other_keys_are_reported_and_ones_own_are_not() {
    let (stage, other) = two_devices().await;
    stage.client.set("changed", "a").await.unwrap();
    stage.client.set("removed", "a").await.unwrap();
    let own = stage.client.clone();
    let meanwhile = async {
        other.set("changed", "b").await.unwrap();
        other.set("added", "b").await.unwrap();
        other.delete("removed").await.unwrap();
        own.set("own", "b").await.unwrap();
    };
    let update = update_while(&stage, UpdatePolicy::report(), meanwhile).await;
    let Ok(Update::Done { value: 1, mut elsewhere, .. }) = update else { panic!("{update:?}") };
    elsewhere.sort();
    assert_eq!(elsewhere, ["added", "changed", "removed"]);
}

#[tokio::test]
async fn a_failure_on_the_way_writes_nothing_and_holds_nobody_up() {
    let (world, client) = with_ada().await;
    client.set("n", "no number").await.unwrap();
    assert!(matches!(client.update("n", one_more).await, Err(Error::WrongType { .. })));
    world.faults().add(Fault::status("sessions.payload", 500)).unwrap();
    assert!(matches!(client.update("m", one_more).await, Err(Error::Unavailable { .. })));
    assert_eq!(client.get("n").await, Ok(Some("no number".to_owned())));
    assert!(matches!(client.update("m", one_more).await, Ok(Update::Done { value: 1, .. })));
}

#[tokio::test]
async fn a_collection_inserts_lists_and_removes() {
    let (world, client) = with_ada().await;
    client.set("note", "no member").await.unwrap();
    client.set("notes:1", "no member").await.unwrap();
    let notes = client.collection::<String>("note").unwrap();
    assert_eq!(notes.list().await, Ok(vec![]));
    let milk = notes.insert(&"milk".to_owned()).await.unwrap();
    let eggs = notes.insert(&"eggs".to_owned()).await.unwrap();
    assert_ne!(milk, eggs);
    assert_eq!(notes.get(&milk).await, Ok(Some("milk".to_owned())));
    notes.set(&milk, &"oat milk".to_owned()).await.unwrap();
    let listed = notes.list().await.unwrap();
    assert_eq!(listed, [(milk.clone(), "oat milk".into()), (eggs.clone(), "eggs".to_owned())]);
    assert_eq!(notes.remove(&eggs).await, Ok(true));
    assert_eq!(notes.remove(&eggs).await, Ok(false));
    assert_eq!(notes.get(&eggs).await, Ok(None));
    let stored = world.payload(ADA, secureflows_tests::APP).await.unwrap();
    assert_eq!(stored[format!("note:{milk}")], json!("oat milk"));
    client.set("note:x", &7).await.unwrap();
    assert!(matches!(notes.list().await, Err(Error::WrongType { .. })));
    for prefix in ["", "a:b", &"x".repeat(600)] {
        let Err(Error::Invalid(invalid)) = client.collection::<u8>(prefix) else { panic!() };
        assert_eq!(invalid.field(), "prefix");
    }
    assert!(matches!(notes.get("").await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn a_list_is_one_read() {
    let stage = Stage::with_ada().await;
    let notes = stage.client.collection::<u32>("n").unwrap();
    for number in 0..5 {
        notes.insert(&number).await.unwrap();
    }
    let sent = stage.wire.sent();
    assert_eq!(notes.list().await.unwrap().len(), 5);
    assert_eq!(stage.wire.sent(), sent + 1);
}

#[tokio::test]
async fn another_user_in_the_middle_ends_an_update() {
    let stage = Stage::with_ada().await;
    let meanwhile = async {
        stage.client.logout().await.unwrap();
        stage.sign_in(&stage.client, secureflows_tests::BOB).await;
    };
    let update = update_while(&stage, UpdatePolicy::report(), meanwhile).await;
    assert_eq!(update, Err(Error::UserChanged));
    assert!(stage.client.payload().await.unwrap().is_empty());
}
