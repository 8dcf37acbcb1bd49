//! Signing in again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use secureflows::{Client, Declined, Error, Event, PrivateUrl, Status};
use secureflows_tests::{ADA, BOB, PASSWORD, Stage, scenario};

use crate::{EXPIRED, wire::Script};

const LONGER_THAN_A_TOKEN: Duration = Duration::from_secs(8 * 24 * 3600);

/// A stage whose client signs `who` in again through the login page, and counts how often. Ada is
/// signed in.
async fn stage_with(who: &'static str) -> (Stage, Client, Arc<AtomicUsize>) {
    let stage = Stage::set().await;
    let (logins, visitor) = (Arc::new(AtomicUsize::new(0)), stage.visitor.clone());
    let counted = Arc::clone(&logins);
    let relogin = move |page: PrivateUrl| {
        counted.fetch_add(1, Ordering::SeqCst);
        let visitor = visitor.clone();
        async move {
            let callback = visitor.sign_in(page.as_str(), who, PASSWORD).await;
            callback.map_err(|error| Declined::new(error.to_string()))
        }
    };
    let client = stage.another().reauthenticate(relogin).build().unwrap();
    stage.sign_in(&client, ADA).await;
    (stage, client, logins)
}

#[tokio::test]
async fn single_flight() {
    let _scenario = scenario("again.single-flight");
    let (stage, client, logins) = stage_with(ADA).await;
    client.set("note", &1).await.unwrap();
    stage.world.clock().advance(LONGER_THAN_A_TOKEN);
    let calls: Vec<_> = (0..200)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                if number % 2 == 0 {
                    assert_eq!(client.get("note").await, Ok(Some(1)));
                } else {
                    client.set(&format!("k{number}"), &number).await.unwrap();
                }
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(logins.load(Ordering::SeqCst), 1);
    assert_eq!(client.payload().await.unwrap().len(), 101);
}

#[tokio::test]
async fn late_answer() {
    let _scenario = scenario("again.late-answer");
    let (stage, client, logins) = stage_with(ADA).await;
    client.set("note", &1).await.unwrap();
    stage.world.clock().advance(LONGER_THAN_A_TOKEN);
    let hold = stage.wire.hold_next();
    let late = tokio::spawn({
        let client = client.clone();
        async move { client.get::<i32>("note").await }
    });
    while stage.wire.held() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // Another call meets the dead token and signs in again, before the first one's 410 is in.
    assert_eq!(client.get("note").await, Ok(Some(1)));
    let mut events = client.events();
    drop(hold);
    assert_eq!(late.await.unwrap(), Ok(Some(1)), "it is tried once more with the new token");
    assert_eq!(client.status(), Status::SignedIn);
    assert_eq!(logins.load(Ordering::SeqCst), 1);
    drop(client);
    assert_eq!(events.next().await, None, "nothing changed");
}

#[tokio::test]
async fn other_user() {
    let _scenario = scenario("again.other-user");
    let (stage, client, logins) = stage_with(BOB).await;
    stage.world.clock().advance(LONGER_THAN_A_TOKEN);
    let mut events = client.events();
    let (read, write) =
        tokio::join!(client.get_raw("note"), client.set_raw("note", "\"ada's secret\""));
    assert_eq!(read, Err(Error::UserChanged));
    assert_eq!(write, Err(Error::UserChanged));
    assert_eq!(logins.load(Ordering::SeqCst), 1);
    assert!(client.payload().await.unwrap().is_empty(), "nothing of Ada's was sent as Bob");
    assert_eq!(client.identity().await.unwrap().email.as_deref(), Some(BOB));
    drop(client);
    let mut told = false;
    while let Some(event) = events.next().await {
        told |= event == Event::UserChanged;
    }
    assert!(told);
}

#[tokio::test]
async fn nobody_known() {
    let _scenario = scenario("again.nobody-known");
    let script = Script::begin().await;
    script.on("GET", "/api/v1/sessions/identity", 200, r#"{"userId":null,"email":null}"#).await;
    script
        .on("POST", "/api/v1/sessions/set/note", 410, r#"{"error":"Session token expired"}"#)
        .await;
    let state = |page: &PrivateUrl| {
        let url = url::Url::parse(page.as_str()).unwrap();
        url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
    };
    let relogin = move |page: PrivateUrl| {
        let callback =
            format!("{}?sessionToken=new&state={}", secureflows_tests::REDIRECT, state(&page));
        async move { Ok(callback) }
    };
    let client = script.client().reauthenticate(relogin).build().unwrap();
    script.sign_in(&client).await;
    assert_eq!(client.set_raw("note", "1").await, Err(Error::UserChanged));
    assert_eq!(script.count("POST", "/api/v1/sessions/set/note").await, 1, "it is not sent again");
}

#[tokio::test]
async fn declined() {
    let _scenario = scenario("again.declined");
    let stage = Stage::set().await;
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let relogin = move |_: PrivateUrl| {
        counted.fetch_add(1, Ordering::SeqCst);
        async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err(Declined::new("the window was closed"))
        }
    };
    let client = stage.another().reauthenticate(relogin).build().unwrap();
    stage.sign_in(&client, ADA).await;
    stage.world.clock().advance(LONGER_THAN_A_TOKEN);
    let mut events = client.events();
    let (a, b, c) = tokio::join!(client.get_raw("a"), client.set_raw("b", "1"), client.delete("c"));
    assert_eq!((a, b.map(drop), c), (Err(EXPIRED), Err(EXPIRED), Err(EXPIRED)));
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
    assert_eq!(client.get_raw("a").await, Err(EXPIRED));
    assert_eq!(attempts.load(Ordering::SeqCst), 2, "the next call may try again");
    drop(client);
    let mut reasons = Vec::new();
    while let Some(event) = events.next().await {
        if let Event::LoginFailed(Error::LoginRefused { description, .. }) = event {
            reasons.extend(description);
        }
    }
    assert_eq!(reasons, ["the window was closed", "the window was closed"]);
}

#[tokio::test]
async fn none() {
    let _scenario = scenario("again.none");
    let stage = Stage::with_ada().await;
    stage.world.clock().advance(LONGER_THAN_A_TOKEN);
    assert_eq!(stage.client.get_raw("note").await, Err(EXPIRED));
    let sent = stage.wire.sent();
    assert_eq!(stage.client.get_raw("note").await, Err(EXPIRED));
    assert_eq!(stage.wire.sent(), sent, "a token known to be dead is not sent");
}
