//! What time brings about, it brings about once, however many instances look.

use std::time::Duration;

use secureflows_mock::{Clock, DeadlineKind, Payment, World};
use serde_json::{Value, json};

use crate::{
    common::{ADA, APP, BOB, as_owner, call, owned},
    instances::{at_once, pair},
    server,
};

async fn events(world: &World, kind: &str) -> usize {
    let page = as_owner(world, "GET", "/audit/events?pageSize=200", &Value::Null).await.json();
    page["items"].as_array().unwrap().iter().filter(|event| event["eventType"] == kind).count()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn what_is_due_is_ended_by_one_of_them_and_told_once() {
    let [one, two] = pair();
    let mut ids = Vec::new();
    for user in [ADA, BOB] {
        let token = one.sign_in(user, APP).await.unwrap();
        call(&one, "POST", "/sessions/set/diary", &token, r#"{"value":1}"#).await;
    }
    let sessions = as_owner(&one, "GET", "/sessions/admin", &Value::Null).await.json();
    for row in sessions["items"].as_array().unwrap() {
        ids.push(row["id"].clone());
        let path = format!("/sessions/admin/{}/ttl", row["id"]);
        assert_eq!(as_owner(&one, "POST", &path, &json!({"ttlSeconds": 60})).await.status, 200);
    }
    assert_eq!(two.at_rest().len(), 2);
    let minute = Duration::from_secs(60);
    let ended = at_once(
        [one.clone(), two.clone()]
            .into_iter()
            .map(|world| async move { world.advance(minute).await }),
    );
    let ended = ended.await;
    assert!(one.at_rest().is_empty() && two.at_rest().is_empty());
    let payloads = ended.iter().flatten().filter(|ended| ended.kind == DeadlineKind::Payload);
    assert_eq!(payloads.count(), ids.len(), "{ended:?}");
}

/// Two servers look once a second each; what is due is ended once and by itself.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_grace_that_is_over_wipes_once_though_nobody_asks() {
    let database = server().database();
    let begin = async || {
        let clock = Clock::running(Duration::ZERO);
        owned()
            .payment(Payment::on())
            .clock(clock)
            .database(database.clone())
            .start()
            .await
            .unwrap()
    };
    let (one, two) = (begin().await, begin().await);
    one.lock_workspace("acme").await;
    assert_eq!(events(&two, "BILLING_GRACE_LOCK_ENTERED").await, 1);
    two.clock().advance(Duration::from_secs(365 * 24 * 3_600));
    // Whoever asks hands it on; this one is in no workspace.
    call(&two, "GET", "/sessions", "", "").await;
    for _ in 0..100 {
        if events(&one, "BILLING_GRACE_WIPE").await > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(events(&one, "BILLING_GRACE_WIPE").await, 1);
    assert_eq!(events(&two, "BILLING_GRACE_LOCK_ENTERED").await, 1);
}
