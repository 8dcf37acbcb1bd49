//! The last known values.

use futures_util::StreamExt as _;
use secureflows::{Error, Watch};
use secureflows_tests::{ADA, BOB, Stage};

use crate::with_ada;

fn news<T: serde::de::DeserializeOwned>(watch: &mut Watch<T>) -> Option<Result<Option<T>, Error>> {
    futures_util::FutureExt::now_or_never(watch.next()).flatten()
}

#[tokio::test]
async fn every_answer_feeds_it_and_nothing_is_asked_for_its_sake() {
    let stage = Stage::with_ada().await;
    let client = &stage.client;
    let other = stage.another().build().unwrap();
    stage.sign_in(&other, ADA).await;
    let sent = stage.wire.sent();
    let mut themes = client.watch::<String>("theme").unwrap();
    assert_eq!(news(&mut themes), None, "nothing is known yet");
    assert_eq!(stage.wire.sent(), sent);
    assert_eq!(client.get_raw("theme").await, Ok(None));
    assert_eq!(news(&mut themes), Some(Ok(None)));
    client.set("theme", "dark").await.unwrap();
    assert_eq!(news(&mut themes), Some(Ok(Some("dark".into()))));
    assert_eq!(client.get::<String>("theme").await, Ok(Some("dark".into())));
    assert_eq!(news(&mut themes), None, "it is the same");
    other.set("theme", "light").await.unwrap();
    client.set("unrelated", &1).await.unwrap();
    assert_eq!(news(&mut themes), Some(Ok(Some("light".into()))), "a write tells of all keys");
    client.delete("theme").await.unwrap();
    assert_eq!(news(&mut themes), Some(Ok(None)));
    other.set("theme", "blue").await.unwrap();
    client.payload().await.unwrap();
    let mut late = client.watch::<String>("theme").unwrap();
    assert_eq!(news(&mut late), Some(Ok(Some("blue".into()))), "it begins with what is known");
    assert_eq!(news(&mut themes), Some(Ok(Some("blue".into()))));
}

#[tokio::test]
async fn only_the_newest_is_kept_for_a_slow_reader() {
    let (world, client) = with_ada().await;
    let mut watch = client.watch::<u32>("n").unwrap();
    for number in 0..10 {
        client.set("n", &number).await.unwrap();
    }
    assert_eq!(news(&mut watch), Some(Ok(Some(9))));
    assert_eq!(news(&mut watch), None);
    drop(world);
}

#[tokio::test]
async fn it_wakes_and_ends() {
    let (world, client) = with_ada().await;
    let watch = client.watch::<u32>("n").unwrap();
    let reader = tokio::spawn(watch.collect::<Vec<_>>());
    tokio::task::yield_now().await;
    client.set("n", &7).await.unwrap();
    tokio::task::yield_now().await;
    drop(client);
    assert_eq!(reader.await.unwrap(), [Ok(Some(7))]);
    drop(world);
}

#[tokio::test]
async fn another_type_is_an_error_that_passes() {
    let (world, client) = with_ada().await;
    let mut watch = client.watch::<u32>("n").unwrap();
    client.set("n", "words").await.unwrap();
    assert!(matches!(news(&mut watch), Some(Err(Error::WrongType { .. }))));
    client.set("n", &1).await.unwrap();
    assert_eq!(news(&mut watch), Some(Ok(Some(1))));
    drop(world);
}

#[tokio::test]
async fn nothing_of_one_user_is_shown_to_the_next() {
    let stage = Stage::with_ada().await;
    let client = &stage.client;
    let mut watch = client.watch::<String>("secret").unwrap();
    client.set("secret", "ada's").await.unwrap();
    assert_eq!(news(&mut watch), Some(Ok(Some("ada's".into()))));
    client.logout().await.unwrap();
    assert_eq!(news(&mut watch), Some(Ok(None)), "nobody is signed in to whom it belongs");
    stage.sign_in(client, BOB).await;
    let mut fresh = client.watch::<String>("secret").unwrap();
    assert_eq!(news(&mut fresh), None);
    client.set("secret", "bob's").await.unwrap();
    assert_eq!(news(&mut watch), Some(Ok(Some("bob's".into()))));
}

#[tokio::test]
async fn a_bad_key_is_refused() {
    let (world, client) = with_ada().await;
    assert!(matches!(client.watch_raw(""), Err(Error::Invalid(_))));
    drop(world);
}
