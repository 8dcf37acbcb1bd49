//! What happens to one workspace at one moment: one of two calls comes first, whichever it is.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::{sync::Barrier, thread};

use common::{ADA, APP, CALLBACK, Laid as _, as_owner, call, owned, owner_sees};
use secureflows_mock::{ApplicationSpec, UserSpec, World};
use serde_json::{Value, json};

/// Waits for a call on a thread of its own.
fn wait<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(answer)
}

/// Both at once.
fn race<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    let ready = Barrier::new(2);
    thread::scope(|scope| {
        let one = scope.spawn(|| {
            ready.wait();
            one()
        });
        ready.wait();
        let other = other();
        (one.join().unwrap(), other)
    })
}

async fn identity(world: &World, who: &str) -> String {
    world.sign_in(who, APP).await.unwrap();
    world.identity_token(who).unwrap()
}

async fn open(world: &World, identity: &str, app_id: &str) -> u16 {
    let body = json!({ "workspaceName": "acme", "app_id": app_id }).to_string();
    call(world, "POST", "/sessions", identity, &body).await.status.as_u16()
}

async fn active_sessions(world: &World) -> Vec<Value> {
    let page = owner_sees(world, "/sessions/admin?status=active").await;
    page["items"].as_array().unwrap().clone()
}

#[test]
fn no_session_outlives_its_application() {
    let world = owned().laid();
    let ada = wait(identity(&world, ADA));
    let app = |round| format!("brief-{round}");
    for round in 0..200 {
        let app_id = app(round);
        wait(world.add_application("acme", ApplicationSpec::new(&app_id).redirect_uri(CALLBACK)))
            .unwrap();
        let address = format!("/applications/{app_id}");
        let (deleted, opened) = race(
            || wait(as_owner(&world, "DELETE", &address, &Value::Null)).status,
            || wait(open(&world, &ada, &app_id)),
        );
        assert_eq!(deleted, 200);
        assert!(matches!(opened, 200 | 404), "{opened}");
    }
    let left = wait(active_sessions(&world));
    assert!(left.iter().all(|row| row["appId"] == APP), "{left:?}");
}

#[test]
fn no_session_outlives_its_user() {
    let world = owned().laid();
    for round in 0..200 {
        let email = format!("guest-{round}@example.com");
        wait(world.add_user("acme", UserSpec::new(&email))).unwrap();
        let guest = wait(identity(&world, &email));
        let found = wait(owner_sees(&world, &format!("/users?q={email}")));
        let address = format!("/users/{}", found["items"][0]["id"]);
        let (deleted, _) = race(
            || wait(as_owner(&world, "DELETE", &address, &Value::Null)).status,
            || wait(open(&world, &guest, APP)),
        );
        assert_eq!(deleted, 204);
        // Whoever came back after their deletion is a new user, and their session is that user's.
        let left = wait(active_sessions(&world));
        assert!(left.iter().all(|row| row["userEmail"] == email), "{left:?}");
        wait(world.revoke_sessions(&email));
    }
}

#[test]
fn a_downgrade_and_a_payload_that_is_too_large_for_it_do_not_both_succeed() {
    let world = owned().laid();
    let token = wait(world.sign_in(ADA, APP)).unwrap();
    let large = json!({ "value": "x".repeat(3_000) }).to_string();
    let plan = |name: &str| {
        let patch = json!({ "planName": name });
        wait(as_owner(&world, "PATCH", "/workspaces/billing", &patch)).status.as_u16()
    };
    for _ in 0..200 {
        assert_eq!(plan("base"), 200);
        let (written, freed) = race(
            || wait(call(&world, "POST", "/sessions/set/k", &token, &large)).status.as_u16(),
            || plan("free"),
        );
        assert!(matches!((written, freed), (200, 409) | (429, 200)), "{written} and {freed}");
        wait(call(&world, "DELETE", "/sessions/delete/k", &token, ""));
    }
}

#[test]
fn nothing_is_written_once_a_workspace_is_locked() {
    let world = owned().laid();
    let token = wait(world.sign_in(ADA, APP)).unwrap();
    for round in 0..200 {
        let body = json!({ "value": round }).to_string();
        let (written, _) = race(
            || wait(call(&world, "POST", "/sessions/set/k", &token, &body)).status.as_u16(),
            || wait(world.lock_workspace("acme")),
        );
        assert_eq!(wait(call(&world, "GET", "/sessions/get/k", &token, "")).status, 403);
        wait(world.unlock_workspace("acme"));
        let kept = wait(call(&world, "GET", "/sessions/get/k", &token, ""));
        let is_there = kept.status == 200 && kept.json()["value"] == round;
        assert_eq!(written == 200, is_there, "{written}: {}", kept.body);
    }
}
