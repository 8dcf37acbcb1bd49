//! What is repeated, when, and how often.

use std::{sync::Arc, time::Duration};

use secureflows::{
    Cause, Client, Confirm, DataState, Error, Event, Events, RetryPolicy, host::SendError,
};

use crate::fake::{Fake, Reply};

const BUSY: &str = "";

async fn read(client: &Client) -> Result<(), Error> {
    client.get_raw("k").await.map(drop)
}

async fn write(client: &Client) -> Result<(), Error> {
    client.set_raw("k", "1").await.map(drop)
}

async fn remove(client: &Client) -> Result<(), Error> {
    client.delete("k").await.map(drop)
}

async fn revoke(client: &Client) -> Result<(), Error> {
    client.revoke(Confirm::DataIsDestroyed).await
}

fn failing(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Arc<Fake> {
    Fake::new(move |_, _| reply())
}

fn left(mut events: Events) -> Vec<Event> {
    use futures_util::FutureExt as _;
    std::iter::from_fn(|| events.next().now_or_never().flatten()).collect()
}

#[tokio::test(start_paused = true)]
async fn reads_and_absolute_writes_are_repeated_and_destruction_never() {
    let cases: [(fn() -> Reply, bool); 8] = [
        (|| Reply::fails(SendError::Unreachable), true),
        (|| Reply::fails(SendError::TimedOut), true),
        (|| Reply::fails(SendError::Interrupted), true),
        (|| Reply::status(502, BUSY), true),
        (|| Reply::status(503, BUSY), true),
        (|| Reply::status(504, BUSY), true),
        (|| Reply::status(429, BUSY), true),
        (|| Reply::status(429, r#"{"code":"BILLING_PAYLOAD_LIMIT"}"#), false),
    ];
    for (number, (reply, repeated)) in cases.into_iter().enumerate() {
        let fake = failing(reply);
        let client = fake.client().await;
        let most = if repeated { 3 } else { 1 };
        assert!(read(&client).await.is_err());
        assert_eq!(fake.count(), most, "read, case {number}");
        assert!(write(&client).await.is_err());
        assert_eq!(fake.count(), 2 * most, "write, case {number}");
        assert!(remove(&client).await.is_err());
        assert_eq!(fake.count(), 3 * most, "delete, case {number}");
        assert!(revoke(&client).await.is_err());
        assert_eq!(fake.count(), 3 * most + 1, "revoke, case {number}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_platform_says_how_long_to_wait() {
    for (header, seconds) in
        [("4", 4), ("Wed, 21 Oct 2026 07:28:07 GMT", 7), ("Wed, 21 Oct 2026 07:00:00 GMT", 0)]
    {
        for status in [429, 503] {
            let fake = Fake::new(move |_, number| match number {
                0 => Reply::status(status, BUSY).retry_after(header),
                _ => Reply::ok(r#"{"key":"k","value":1}"#),
            });
            let client = fake.client().await;
            assert_eq!(read(&client).await, Ok(()));
            let sent = fake.sent();
            let waited = sent[1].at - sent[0].at;
            assert_eq!(waited.as_secs(), seconds, "{status} {header}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn too_long_a_wait_is_left_to_the_caller() {
    let fake = failing(|| Reply::status(429, BUSY).retry_after("11"));
    let client = fake.client().await;
    let retry_after = Some(Duration::from_secs(11));
    assert_eq!(read(&client).await, Err(Error::RateLimited { retry_after }));
    assert_eq!(fake.count(), 1);
    let patient = RetryPolicy::new().longest_wait(Duration::from_secs(20)).attempts(2);
    let client = fake.builder().retry(patient).build().unwrap();
    fake.sign_in(&client).await;
    assert_eq!(read(&client).await, Err(Error::RateLimited { retry_after }));
    assert_eq!(fake.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_multiplied() {
    let fake = failing(|| Reply::status(503, BUSY));
    let client = fake.client().await;
    let events = client.events();
    let calls = (0..500).map(|_| read(&client));
    let failed = futures_util::future::join_all(calls).await;
    let cause = Cause::Server(503);
    assert!(failed.iter().all(|result| *result == Err(Error::Unavailable { cause })));
    assert_eq!(fake.count(), 550, "every call once, and the fifty repeats of the reserve");
    let events = left(events);
    let spent = events.iter().filter(|it| matches!(it, Event::RetriesSpent { .. })).count();
    let retried = events.iter().filter(|it| matches!(it, Event::Retrying { .. })).count();
    assert_eq!(retried, 50);
    assert!(spent >= 450, "{spent}");
}

#[tokio::test(start_paused = true)]
async fn calls_that_work_fill_the_reserve_again() {
    let fake = Fake::new(|sent, _| match sent.path.as_str() {
        "/sessions/get/bad" => Reply::status(503, BUSY),
        _ => Reply::ok(r#"{"key":"k","value":1}"#),
    });
    let client = fake.builder().retry(RetryPolicy::new().budget(1)).build().unwrap();
    fake.sign_in(&client).await;
    let tries = async |key: &str| {
        let before = fake.count();
        let _result = client.get_raw(key).await;
        fake.count() - before
    };
    assert_eq!(tries("bad").await, 2);
    assert_eq!(tries("bad").await, 1);
    for _ in 0..10 {
        assert_eq!(tries("k").await, 1);
    }
    assert_eq!(tries("bad").await, 2);
}

#[tokio::test(start_paused = true)]
async fn writes_in_doubt_are_repeated_unless_that_is_switched_off() {
    let policy = RetryPolicy::new().repeat_writes_in_doubt(false);
    let cases: [(fn() -> Reply, Cause); 3] = [
        (|| Reply::fails(SendError::TimedOut), Cause::TimedOut),
        (|| Reply::fails(SendError::Interrupted), Cause::Interrupted),
        (|| Reply::status(504, BUSY), Cause::Server(504)),
    ];
    for (reply, cause) in cases {
        let fake = failing(reply);
        let client = fake.builder().retry(policy.clone()).build().unwrap();
        fake.sign_in(&client).await;
        let unknown = Error::OutcomeUnknown { cause, data: DataState::Intact };
        assert_eq!(write(&client).await, Err(unknown.clone()));
        assert_eq!(remove(&client).await, Err(unknown));
        assert_eq!(fake.count(), 2);
        assert!(read(&client).await.is_err());
        assert_eq!(fake.count(), 5, "a read is repeated all the same");
    }
    let fake = failing(|| Reply::fails(SendError::Unreachable));
    let client = fake.builder().retry(policy).build().unwrap();
    fake.sign_in(&client).await;
    let cause = Cause::Unreachable;
    assert_eq!(write(&client).await, Err(Error::Unavailable { cause }));
    assert_eq!(fake.count(), 3, "what surely did not go out is repeated");
}

#[tokio::test(start_paused = true)]
async fn a_write_in_doubt_stays_in_doubt_when_the_next_attempt_does_not_go_out() {
    let fake = Fake::new(|_, number| match number {
        0 => Reply::fails(SendError::Interrupted),
        _ => Reply::fails(SendError::Unreachable),
    });
    let client = fake.client().await;
    let unknown = Error::OutcomeUnknown { cause: Cause::Interrupted, data: DataState::Intact };
    assert_eq!(write(&client).await, Err(unknown));
}

#[tokio::test(start_paused = true)]
async fn attempts_and_the_whole_have_their_own_time() {
    let fake = failing(|| Reply::ok("{}").after(3600));
    let client = fake.client().await;
    let cause = Cause::TimedOut;
    let begun = tokio::time::Instant::now();
    assert_eq!(read(&client).await, Err(Error::Unavailable { cause }));
    assert_eq!(begun.elapsed(), Duration::from_secs(30), "three attempts of ten seconds");
    let quick =
        fake.builder().attempt_timeout(Duration::from_secs(60)).timeout(Duration::from_secs(5));
    let client = quick.build().unwrap();
    client
        .adopt(secureflows::SessionToken::issued_by(crate::fake::ORIGIN, "t".into()).unwrap())
        .await
        .unwrap();
    let begun = tokio::time::Instant::now();
    assert_eq!(read(&client).await, Err(Error::Unavailable { cause }));
    assert_eq!(begun.elapsed(), Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn every_repeat_is_told() {
    let fake = failing(|| Reply::fails(SendError::Interrupted));
    let client = fake.client().await;
    let events = client.events();
    assert!(read(&client).await.is_err());
    let told = left(events);
    let [
        Event::Retrying { attempt: 1, cause: Cause::Interrupted, .. },
        Event::Retrying { attempt: 2, cause: Cause::Interrupted, .. },
    ] = told.as_slice()
    else {
        panic!("{told:?}");
    };
}
