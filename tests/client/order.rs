//! Writes to one key go out in order; a read shows what was acknowledged before it began.

use futures_util::future::join_all;
use secureflows_tests::{ADA, BOB, Stage};

use crate::{
    fake::{Fake, Reply},
    with_ada,
};

#[tokio::test(start_paused = true)]
async fn writes_to_one_key_go_out_one_after_the_other() {
    let fake = Fake::new(|sent, number| match (sent.method, sent.path.as_str()) {
        // The first of them take the longest.
        ("POST", "/sessions/set/k") => {
            Reply::ok(r#"{"k":1}"#).after(9 - u64::try_from(number).unwrap())
        }
        _ => Reply::ok(r#"{"other":1}"#).after(1),
    });
    let client = fake.client().await;
    let values: Vec<String> = (0..5).map(|n| n.to_string()).collect();
    let writes = values.iter().map(|value| client.set_raw("k", value));
    let other = async { client.set_raw("other", "7").await };
    let (written, other) = tokio::join!(join_all(writes), other);
    assert!(written.iter().all(Result::is_ok) && other.is_ok());
    let sent = fake.sent();
    let of_k: Vec<_> = sent.iter().filter(|it| it.path.ends_with("/k")).collect();
    let bodies: Vec<_> = of_k.iter().map(|it| it.body.clone().unwrap()).collect();
    assert_eq!(bodies, (0..5).map(|n| format!("{{\"value\":{n}}}")).collect::<Vec<_>>());
    for (number, pair) in of_k.windows(2).enumerate() {
        let took = (pair[1].at - pair[0].at).as_secs();
        assert_eq!(took, 9 - u64::try_from(number).unwrap(), "each waits for the one before");
    }
    let other = sent.iter().find(|it| it.path.ends_with("/other")).unwrap();
    assert_eq!(other.at, of_k[0].at, "another key does not wait");
}

#[tokio::test(start_paused = true)]
async fn a_delete_waits_for_its_turn_and_is_waited_for() {
    let fake = Fake::new(|sent, _| match sent.method {
        "DELETE" => Reply::ok("true").after(3),
        _ => Reply::ok(r#"{"k":1}"#).after(5),
    });
    let client = fake.client().await;
    let (first, removed, last) =
        tokio::join!(client.set_raw("k", "1"), client.delete("k"), client.set_raw("k", "2"));
    assert!(first.is_ok() && last.is_ok());
    assert_eq!(removed, Ok(true));
    let sent = fake.sent();
    let methods: Vec<_> = sent.iter().map(|it| it.method).collect();
    assert_eq!(methods, ["POST", "DELETE", "POST"]);
    assert_eq!((sent[1].at - sent[0].at).as_secs(), 5);
    assert_eq!((sent[2].at - sent[1].at).as_secs(), 3);
}

#[tokio::test]
async fn the_last_of_many_writes_stays() {
    let (world, client) = with_ada().await;
    let values: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let written = join_all(values.iter().map(|value| client.set_raw("k", value))).await;
    assert!(written.iter().all(Result::is_ok));
    assert_eq!(client.get("k").await, Ok(Some(99)));
    drop(world);
}

#[tokio::test]
async fn a_slow_read_from_before_is_not_handed_to_a_later_one() {
    let stage = Stage::with_ada().await;
    let client = &stage.client;
    client.set("k", &1).await.unwrap();
    let hold = stage.wire.hold_next();
    let slow = tokio::spawn({
        let client = client.clone();
        async move { client.get::<i32>("k").await }
    });
    while stage.wire.held() == 0 {
        tokio::task::yield_now().await;
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    client.set("k", &2).await.unwrap();
    assert_eq!(client.get("k").await, Ok(Some(2)));
    drop(hold);
    assert_eq!(slow.await.unwrap(), Ok(Some(1)), "it began before the write");
    assert_eq!(client.get("k").await, Ok(Some(2)));
}

#[tokio::test]
async fn a_write_that_waits_for_its_turn_is_not_sent_for_another_user() {
    let stage = Stage::set().await;
    let client = stage.client.clone();
    stage.sign_in(&client, ADA).await;
    let hold = stage.wire.hold_next();
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.set("k", "first").await }
    });
    while stage.wire.held() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let second = tokio::spawn({
        let client = client.clone();
        async move { client.set("k", "ada's secret").await }
    });
    tokio::task::yield_now().await;
    client.logout().await.unwrap();
    stage.sign_in(&client, BOB).await;
    drop(hold);
    let _outcome = first.await.unwrap();
    assert_eq!(second.await.unwrap(), Err(secureflows::Error::UserChanged));
    assert!(client.payload().await.unwrap().is_empty(), "nothing of Ada's reached Bob");
}

#[tokio::test]
async fn that_one_user_has_nothing_there_is_not_told_to_the_next() {
    let stage = Stage::set().await;
    let client = stage.client.clone();
    stage.sign_in(&client, ADA).await;
    let hold = stage.wire.hold_next();
    let slow = tokio::spawn({
        let client = client.clone();
        async move { client.get::<String>("k").await }
    });
    while stage.wire.held() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    client.logout().await.unwrap();
    stage.sign_in(&client, BOB).await;
    drop(hold);
    assert_eq!(slow.await.unwrap(), Err(secureflows::Error::UserChanged));
}
