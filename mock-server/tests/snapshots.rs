//! Snapshots and time in Rust: what was kept comes back, byte for byte.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::{sync::mpsc, thread, time::Duration};

use common::{
    ADA, APP, Answer, BOB, as_owner, builder, call, counts, in_memory, owned, password, post_form,
    visit, world,
};
use secureflows_mock::{ApplicationSpec, DeadlineKind, Payment, SignIn, World};
use serde_json::Value;

const LOGIN: &str = "/app/sessions/login?workspace_name=acme&app_id=acme-web&state=s\
    &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback";

/// Every byte that comes back from a day in the world.
async fn day(world: &World, cookie: &str, token: &str) -> Vec<Answer> {
    let mut seen = vec![visit(world, LOGIN, cookie).await];
    seen.push(call(world, "POST", "/sessions/set/k", token, r#"{"value":[1,2]}"#).await);
    world.advance(Duration::from_secs(3600)).await;
    seen.push(call(world, "GET", "/sessions", token, "").await);
    let form = "action=sign_up&email=new%40example.com&password=a+password";
    let signed_up = post_form(world, LOGIN, "", form).await;
    seen.push(visit(world, signed_up.header("location"), "").await);
    seen.push(signed_up);
    let wrong = "action=sign_in&email=nobody%40example.com&password=x";
    seen.push(post_form(world, LOGIN, "", wrong).await);
    world.lock_workspace("acme").await;
    seen.push(call(world, "GET", "/sessions", token, "").await);
    seen.push(call(world, "POST", "/sessions/revoke", token, "").await);
    seen
}

#[tokio::test]
async fn a_restored_world_gives_the_same_bytes() {
    let world = in_memory();
    let signed_in = world.sign_in_fully(&SignIn::new(ADA, APP).state("s")).await.unwrap();
    let (cookie, token) = (signed_in.cookie.clone(), signed_in.session_token.clone());
    let cookie = format!("{}={}", cookie.name, cookie.value);
    assert!(!format!("{signed_in:?}").contains(&token));
    world.advance(Duration::from_secs(90)).await;
    let (snapshot, clock, router) =
        (world.snapshot().unwrap(), world.clock().clone(), world.router());
    let (at_rest, now) = (world.at_rest(), clock.now());
    let first = day(&world, &cookie, &token).await;
    assert!(first[0].body.contains("Continue"));
    assert_eq!(first[0].header("date"), "Thu, 01 Jan 2026 00:01:30 GMT");
    for _ in 0..2 {
        world.restore(&snapshot).unwrap();
        assert_eq!(clock.now(), now, "a clock that was handed out is set too");
        assert_eq!(world.at_rest(), at_rest);
        assert_eq!(day(&world, &cookie, &token).await, first);
    }
    // Another world from the same snapshot, which neither disturbs nor is disturbed.
    let other = snapshot.to_world();
    assert_eq!(day(&other, &cookie, &token).await, first);
    other.restore(&snapshot.clone()).unwrap();
    assert_ne!(other.clock().now(), clock.now());
    // A router from before a restore serves the world after it.
    world.restore(&snapshot).unwrap();
    let request = axum::http::Request::get("/api/v1/sessions")
        .header("authorization", format!("Bearer {token}"))
        .body(axum::body::Body::empty());
    assert_eq!(common::send(router, request.unwrap()).await.body, "{}");
}

#[tokio::test]
async fn keys_locked_accounts_and_payment_come_back_too() {
    let world = in_memory();
    world.rotate_identity_keys().await.unwrap();
    let identity = world.identity_token(ADA).unwrap();
    let keys = async || visit(&world, "/.well-known/jwks.json", "").await;
    let (snapshot, before) = (world.snapshot().unwrap(), keys().await);
    for _ in 0..2 {
        world.rotate_identity_keys().await.unwrap();
        world.rotate_identity_keys().await.unwrap();
        assert!(!counts(&world, &identity).await, "its key is two rotations old");
        for _ in 0..10 {
            password(&world, ADA, "wrong").await;
        }
        assert_ne!(password(&world, ADA, "correct horse").await.status, 200, "she is locked out");
        world.set_payment(Payment::on());
        world.restore(&snapshot).unwrap();
        assert_eq!(keys().await, before);
        assert!(counts(&world, &identity).await);
        assert_eq!(password(&world, ADA, "correct horse").await.status, 200);
        assert_eq!(world.payment(), Payment::default());
    }
}

#[tokio::test]
async fn a_restored_listening_world_keeps_its_address() {
    let world = builder().start().await.unwrap();
    let snapshot = world.snapshot().unwrap();
    let origin = world.origin().to_owned();
    let token = world.sign_in(ADA, APP).await.unwrap();
    world.restore(&snapshot).unwrap();
    assert_eq!(world.origin(), origin);
    let gone = call(&world, "GET", "/sessions", &token, "").await.error();
    assert_eq!(gone, (404, "Session not found".to_owned()));
    // 404 there says that the key was never written.
    let gone = call(&world, "GET", "/sessions/get/k", &token, "").await.error();
    assert_eq!(gone, (410, "Session not found".to_owned()));
}

#[tokio::test]
async fn what_is_due_fires_in_order_and_once() {
    let ttl = |seconds| {
        ApplicationSpec::new(format!("ttl-{seconds}")).payload_ttl(Duration::from_secs(seconds))
    };
    let world = builder()
        .application("acme", ttl(300))
        .application("acme", ttl(100))
        .application("acme", ttl(200))
        .build()
        .unwrap();
    for app in ["ttl-300", "ttl-100", "ttl-200"] {
        world.sign_in(ADA, app).await.unwrap();
        world.sign_in(BOB, app).await.unwrap();
    }
    let all = world.deadlines().await;
    assert_eq!(all.len(), 12, "a token and a payload each");
    assert!(all.is_sorted_by_key(|deadline| deadline.at));
    let fired = world.advance(Duration::from_secs(250)).await;
    assert_eq!(fired, all[..4]);
    assert!(fired.iter().all(|deadline| deadline.kind == DeadlineKind::Payload));
    assert_eq!(world.at_rest().len(), 2);
    assert_eq!(world.deadlines().await.len(), 4, "an ended session has no deadline");
    // Moved past by the clock alone, and not noticed by any call: it ends at the next step.
    world.clock().advance(Duration::from_secs(100));
    assert_eq!(world.at_rest().len(), 2);
    assert_eq!(world.advance_to_next().await.len(), 2);
    assert_eq!(world.at_rest().len(), 0);
    assert!(world.advance_to_next().await.is_empty());
    let back = world.clock().now() - Duration::from_secs(3600);
    assert!(world.set_time(back).await.is_empty());
    assert_eq!(world.clock().now(), back);
    assert!(world.at_rest().is_empty(), "going back brings nothing back");
}

#[tokio::test]
async fn only_the_newest_tokens_end_is_a_deadline() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let first = world.deadlines().await;
    world.advance(Duration::from_secs(10)).await;
    world.sign_in(ADA, APP).await.unwrap();
    let second = world.deadlines().await;
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_eq!(second[0].at, first[0].at + Duration::from_secs(10));
    call(&world, "POST", "/auth/logout", &token, "").await;
    assert!(world.deadlines().await.is_empty());
}

#[test]
fn a_snapshot_beside_a_deletion_lets_both_end() {
    let world = owned().build().unwrap();
    let (done, both) = mpsc::channel();
    let (deleting, deleted) = (world.clone(), done.clone());
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for _ in 0..2_000 {
            let delete = as_owner(&deleting, "DELETE", "/users/999", &Value::Null);
            assert_eq!(runtime.block_on(delete).status, 404);
        }
        deleted.send("deletions").unwrap();
    });
    thread::spawn(move || {
        for _ in 0..2_000 {
            let _kept = world.snapshot().unwrap();
        }
        done.send("snapshots").unwrap();
    });
    for _ in 0..2 {
        both.recv_timeout(Duration::from_secs(60)).expect("one waits for the other for ever");
    }
}
