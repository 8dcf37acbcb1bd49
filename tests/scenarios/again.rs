//! Signing in again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use secureflows::{
    Client, Confirm, DataState, Declined, Error, Event, LoginOptions, PrivateUrl, SignedOutReason,
    Status,
};
use secureflows_tests::{ADA, BOB, PASSWORD, Stage, scenario};

use crate::{EXPIRED, signed_out, wire::Script};

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
    until(|| stage.wire.held() == 1).await;
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

/// A client whose re-login never ends, and what tells that it has begun.
async fn stage_with_open_page() -> (Stage, Client, Arc<AtomicUsize>) {
    let stage = Stage::set().await;
    let begun = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&begun);
    let relogin = move |_: PrivateUrl| {
        counted.fetch_add(1, Ordering::SeqCst);
        std::future::pending()
    };
    let client = stage.another().reauthenticate(relogin).build().unwrap();
    stage.sign_in(&client, ADA).await;
    stage.world.clock().advance(LONGER_THAN_A_TOKEN);
    (stage, client, begun)
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn signed_out_meanwhile() {
    let _scenario = scenario("again.signed-out-meanwhile");
    let (stage, client, begun) = stage_with_open_page().await;
    let waiting: Vec<_> = (0..5)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.get_raw("note").await })
        })
        .collect();
    until(|| begun.load(Ordering::SeqCst) == 1).await;
    client.logout().await.unwrap();
    for call in waiting {
        let by_user = signed_out(SignedOutReason::ByUser, DataState::Intact);
        assert_eq!(call.await.unwrap(), Err(by_user));
    }
    stage.sign_in(&client, ADA).await;
    assert_eq!(client.get_raw("note").await, Ok(None));
}

#[tokio::test]
async fn a_waiter_that_gives_up_takes_nobody_along() {
    let (stage, client, logins) = stage_with(ADA).await;
    stage.world.clock().advance(LONGER_THAN_A_TOKEN);
    let hold = stage.wire.hold_next();
    let impatient = tokio::spawn({
        let client = client.clone();
        async move { client.get_raw("note").await }
    });
    until(|| stage.wire.held() == 1).await;
    let patient = tokio::spawn({
        let client = client.clone();
        async move { client.get_raw("note").await }
    });
    until(|| logins.load(Ordering::SeqCst) == 1).await;
    impatient.abort();
    drop(hold);
    assert_eq!(patient.await.unwrap(), Ok(None));
    assert_eq!(logins.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn abandoned() {
    let _scenario = scenario("again.abandoned");
    let stage = Stage::set().await;
    let relogin = |_: PrivateUrl| async { Err(Declined::new("not now")) };
    let client = stage.another().reauthenticate(relogin).build().unwrap();
    stage.sign_in(&client, ADA).await;
    client.begin_login(&LoginOptions::new()).unwrap();
    stage.world.clock().advance(LONGER_THAN_A_TOKEN);
    assert_eq!(client.get_raw("note").await, Err(EXPIRED));
    client.begin_login(&LoginOptions::new()).unwrap();
    assert_eq!(client.status(), Status::SigningIn);
    assert_eq!(client.get_raw("note").await, Err(EXPIRED));
    client.cancel_login();
    let (reason, data) = (SignedOutReason::Expired, DataState::Intact);
    assert_eq!(client.status(), Status::Expired { reason, data });
}

#[tokio::test]
async fn a_re_login_that_panics_is_a_declined_one() {
    let stage = Stage::set().await;
    let relogin = |page: PrivateUrl| async move {
        assert!(page.as_str().is_empty(), "a mistake of the app's");
        Ok(String::new())
    };
    let client = stage.another().reauthenticate(relogin).build().unwrap();
    stage.sign_in(&client, ADA).await;
    stage.world.clock().advance(LONGER_THAN_A_TOKEN);
    let (a, b) = tokio::join!(client.get_raw("a"), client.get_raw("b"));
    assert_eq!((a, b), (Err(EXPIRED), Err(EXPIRED)));
    assert_eq!(client.get_raw("a").await, Err(EXPIRED), "nothing is stuck");
}

#[tokio::test]
async fn revoke() {
    let _scenario = scenario("again.revoke");
    let (stage, client, logins) = stage_with(ADA).await;
    client.set("note", &1).await.unwrap();
    stage.world.clock().advance(LONGER_THAN_A_TOKEN);
    assert_eq!(client.revoke(Confirm::DataIsDestroyed).await, Err(EXPIRED));
    assert_eq!(logins.load(Ordering::SeqCst), 0);
    assert_eq!(client.get("note").await, Ok(Some(1)), "the data is there");
}

#[tokio::test]
async fn what_was_read_for_one_user_is_not_given_to_another() {
    let stage = Stage::with_ada().await;
    stage.client.set("note", "ada's").await.unwrap();
    let hold = stage.wire.hold_next();
    let late = tokio::spawn({
        let client = stage.client.clone();
        async move { client.get_raw("note").await }
    });
    until(|| stage.wire.held() == 1).await;
    stage.client.logout().await.unwrap();
    stage.sign_in(&stage.client, BOB).await;
    drop(hold);
    assert_eq!(late.await.unwrap(), Err(Error::UserChanged));
}

#[tokio::test]
async fn who_is_signed_in_is_asked_again_when_it_could_not_be_told() {
    let script = Script::begin().await;
    let identity = "/api/v1/sessions/identity";
    script.on_times("GET", identity, 503, "", 3).await;
    script.on("GET", identity, 200, r#"{"userId":1,"email":null}"#).await;
    script.on("GET", "/api/v1/sessions/get/k", 200, r#"{"key":"k","value":1}"#).await;
    let relogin = |_: PrivateUrl| async { Err(Declined::new("not now")) };
    let client = script.client().reauthenticate(relogin).build().unwrap();
    script.sign_in(&client).await;
    for _ in 0..3 {
        assert_eq!(client.get("k").await, Ok(Some(1)));
    }
    assert_eq!(script.count("GET", identity).await, 4, "three in vain, and once more");
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
