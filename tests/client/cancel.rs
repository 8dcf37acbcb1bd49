//! Calls that are dropped: nothing stays locked, and what may have gone out is told.

use std::time::Duration;

use futures_util::FutureExt as _;
use secureflows::{Confirm, Event};

use crate::fake::{Fake, Reply};

/// Polls until the request is out, and drops the future.
macro_rules! send_and_drop {
    ($future:expr) => {{
        let mut future = Box::pin($future);
        assert!(future.as_mut().now_or_never().is_none(), "it waits for the answer");
    }};
}

fn slow() -> std::sync::Arc<Fake> {
    Fake::new(|sent, _| {
        let body = match sent.method {
            "DELETE" => "true",
            "POST" => r#"{"k":1}"#,
            _ => r#"{"key":"k","value":1}"#,
        };
        Reply::ok(body).after(1)
    })
}

#[tokio::test(start_paused = true)]
async fn a_dropped_write_is_told_and_holds_nobody_up() {
    let fake = slow();
    let client = fake.client().await;
    let mut events = client.events();
    send_and_drop!(client.set_raw("k", "1"));
    let Some(Event::OutcomeUnknown { key: Some(key) }) = events.next().await else { panic!() };
    assert_eq!(key.as_str(), "k");
    send_and_drop!(client.delete("k"));
    assert!(matches!(events.next().await, Some(Event::OutcomeUnknown { key: Some(_) })));
    send_and_drop!(client.revoke(Confirm::DataIsDestroyed));
    assert_eq!(events.next().await, Some(Event::OutcomeUnknown { key: None }));
    let written = tokio::time::timeout(Duration::from_secs(2), client.set_raw("k", "1")).await;
    assert!(written.unwrap().is_ok(), "nothing stays locked");
}

#[tokio::test(start_paused = true)]
async fn what_did_not_go_out_or_changes_nothing_is_not_told() {
    let fake = slow();
    let client = fake.client().await;
    let mut events = client.events();
    send_and_drop!(client.get_raw("k"));
    let first = client.set_raw("k", "1");
    let mut first = Box::pin(first);
    assert!(first.as_mut().now_or_never().is_none());
    let sent = fake.count();
    send_and_drop!(client.set_raw("k", "2"));
    assert_eq!(fake.count(), sent, "it waited for its turn");
    first.await.unwrap();
    assert_eq!(events.next().now_or_never(), None);
}

#[tokio::test(start_paused = true)]
async fn a_waiter_in_the_middle_may_leave() {
    let fake = slow();
    let client = fake.client().await;
    let mut first = Box::pin(client.set_raw("k", "1"));
    let mut second = Box::pin(client.set_raw("k", "2"));
    let mut third = Box::pin(client.set_raw("k", "3"));
    for write in [&mut first, &mut second, &mut third] {
        assert!(write.as_mut().now_or_never().is_none());
    }
    drop(second);
    drop(first);
    third.await.unwrap();
    let bodies: Vec<_> = fake.sent().into_iter().filter_map(|sent| sent.body).collect();
    assert_eq!(bodies, [r#"{"value":1}"#, r#"{"value":3}"#]);
}
