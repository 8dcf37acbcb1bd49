//! Invites: made by operators, redeemed once (contract §5).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use common::{Answer, Laid as _, OWNER, as_owner, call, owned};
use secureflows_mock::{UserSpec, World};
use serde_json::{Value, json};

fn world() -> World {
    let world = owned();
    // Of another workspace: the people whom acme invites.
    (0..50).fold(world, |world, n| world.user("other", UserSpec::new(guest(n)))).laid()
}

fn guest(n: usize) -> String {
    format!("guest{n}@example.com")
}

async fn invite(world: &World, role: &str) -> String {
    let body = json!({"role": role, "ttlSeconds": 3600});
    let made = as_owner(world, "POST", "/invites", &body).await.json();
    assert_eq!(made["expiresAt"], "2026-01-01T01:00:00Z");
    made["secretKey"].as_str().unwrap().to_owned()
}

async fn redeem(world: &World, who: &str, secret: &str) -> Answer {
    let identity = world.identity_token(who).unwrap();
    let body = json!({"secretKey": secret}).to_string();
    call(world, "POST", "/users/from-invite", &identity, &body).await
}

#[tokio::test]
async fn an_invite_makes_one_user_with_its_role() {
    let world = world();
    let secret = invite(&world, "admin").await;
    let user = redeem(&world, &guest(0), &secret).await.json();
    assert_eq!((&user["role"], &user["email"]), (&json!("ADMIN"), &json!(guest(0))));
    assert_eq!(redeem(&world, &guest(1), &secret).await.error().0, 403);
    assert_eq!(redeem(&world, &guest(0), &secret).await.error().0, 403);
    let token = world.user_token(&guest(0), "acme").unwrap();
    assert_eq!(call(&world, "GET", "/users", &token, "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_once_redeem_one_invite_once() {
    let world = world();
    let secret = invite(&world, "user").await;
    let tries = (0..50).map(|n| {
        let (world, secret) = (world.clone(), secret.clone());
        tokio::spawn(async move { redeem(&world, &guest(n), &secret).await.status.as_u16() })
    });
    let tries: Vec<_> = tries.collect();
    let mut statuses = Vec::new();
    for attempt in tries {
        statuses.push(attempt.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1], statuses[49]), (200, 403, 403));
    let users = as_owner(&world, "GET", "/users?q=guest", &Value::Null).await.json();
    assert_eq!(users["totalItems"], 1);
}

#[tokio::test]
async fn invites_expire_are_revoked_and_are_told_apart() {
    let world = world();
    let (late, revoked, used) =
        (invite(&world, "user").await, invite(&world, "user").await, invite(&world, "user").await);
    redeem(&world, &guest(0), &used).await;
    let all = as_owner(&world, "GET", "/invites?includeUsed=true&sort=id&dir=asc", &Value::Null)
        .await
        .json();
    let id = |n: usize| all["items"][n]["id"].to_string();
    let path = format!("/invites/{}", id(1));
    assert_eq!(as_owner(&world, "DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(as_owner(&world, "DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(redeem(&world, &guest(1), &revoked).await.error().0, 403);
    let ended = world.advance(Duration::from_secs(3_600)).await;
    assert_eq!(ended.len(), 1, "only the open one had an end to come: {ended:?}");
    assert!(ended[0].invite_id.is_some() && ended[0].session_id.is_none());
    assert_eq!(redeem(&world, &guest(1), &late).await.error().0, 403);
    let statuses = async |query: &str| {
        let path = format!("/invites?sort=id&dir=asc{query}");
        let page = as_owner(&world, "GET", &path, &Value::Null).await.json();
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(statuses("&includeUsed=true").await, ["expired", "revoked", "used"]);
    assert_eq!(statuses("").await, ["expired", "revoked"], "used ones only are hidden");
    assert_eq!(statuses(&format!("&q={late}")).await, ["expired"]);
    let detail = as_owner(&world, "GET", &format!("/invites/{}", id(0)), &Value::Null).await.json();
    assert_eq!(
        detail,
        json!({
            "id": detail["id"], "role": "user", "status": "expired", "secretKey": late,
            "createdAt": "2026-01-01T00:00:00Z", "expiresAt": "2026-01-01T01:00:00Z",
        })
    );
    assert_eq!(as_owner(&world, "GET", "/invites/999", &Value::Null).await.error().0, 404);
}

#[tokio::test]
async fn an_invite_lifts_a_user_up_and_never_down() {
    let world = world();
    let (user, admin) = (invite(&world, "user").await, invite(&world, "admin").await);
    let first = redeem(&world, common::BOB, &admin).await.json();
    assert_eq!(first["role"], "ADMIN");
    let second = redeem(&world, common::BOB, &user).await.json();
    assert_eq!((&second["role"], &second["id"]), (&json!("ADMIN"), &first["id"]));
    assert_eq!(redeem(&world, OWNER, &invite(&world, "user").await).await.json()["role"], "OWNER");
}

#[tokio::test]
async fn bad_invites_name_what_is_wrong() {
    let world = world();
    for (body, field) in [
        (json!({"role": "owner", "ttlSeconds": 60}), "role"),
        (json!({"role": "ADMIN", "ttlSeconds": 60}), "role"),
        (json!({"role": "user", "ttlSeconds": 59}), "ttlSeconds"),
        (json!({"role": "user", "ttlSeconds": "60"}), "ttlSeconds"),
        (json!({"role": "user"}), "ttlSeconds"),
    ] {
        let (status, error) = as_owner(&world, "POST", "/invites", &body).await.error();
        assert!(status == 400 && error.contains(field), "{body}: {error}");
    }
    assert_eq!(redeem(&world, &guest(0), "").await.error().0, 403);
    assert_eq!(redeem(&world, &guest(0), "' OR 1=1 --").await.error().0, 403);
}
