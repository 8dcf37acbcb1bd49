//! Several instances over one database are one platform.

use std::time::Duration;

use axum::{body::Body, http::Request};
use secureflows_mock::{Database, Fault, MasterKey, World};
use serde_json::{Value, json};

use crate::{
    common::{ADA, APP, Answer, BOB, as_owner, call, counts, owned, password, send},
    server,
};

pub(crate) fn instance(database: &Database) -> World {
    owned().control(true).database(database.clone()).build().unwrap()
}

/// Two of them.
pub(crate) fn pair() -> [World; 2] {
    let database = server().database();
    [instance(&database), instance(&database)]
}

/// All of them at one moment.
pub(crate) async fn at_once<T: Send + 'static>(
    tasks: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = tasks.map(tokio::spawn).collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

async fn payload(world: &World, token: &str) -> Answer {
    call(world, "GET", "/sessions", token, "").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_revocation_on_one_is_seen_by_the_other_at_once() {
    let [one, two] = pair();
    for revoke in ["/sessions/revoke", "/auth/logout"] {
        let token = one.sign_in(ADA, APP).await.unwrap();
        assert_eq!(payload(&two, &token).await.status, 200);
        assert!(call(&one, "POST", revoke, &token, "").await.status.is_success());
        assert_eq!(payload(&two, &token).await.status, 410, "{revoke}");
    }
    let token = two.sign_in(ADA, APP).await.unwrap();
    assert_eq!(one.revoke_sessions(ADA).await, 1);
    assert_eq!(payload(&two, &token).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_clock_that_one_moves_is_everybodys() {
    let [one, two] = pair();
    let token = one.sign_in(ADA, APP).await.unwrap();
    assert_eq!(payload(&two, &token).await.status, 200);
    let before = two.clock().now();
    one.advance(Duration::from_secs(365 * 24 * 3_600)).await;
    assert_eq!(payload(&two, &token).await.status, 410);
    assert_eq!(two.clock().now(), one.clock().now());
    assert!(two.clock().now() > before);
    // Both at once: neither step is lost.
    let now = one.clock().now();
    let minute = Duration::from_secs(60);
    at_once((0..20).map(|n| {
        let world = [&one, &two][n % 2].clone();
        async move { world.advance(minute).await }
    }))
    .await;
    payload(&one, &token).await;
    assert_eq!(one.clock().now(), now + 20 * minute);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_restart_loses_nothing() {
    let database = server().database();
    let one = instance(&database);
    let token = one.sign_in(ADA, APP).await.unwrap();
    call(&one, "POST", "/sessions/set/theme", &token, r#"{"value":"dark"}"#).await;
    one.advance(Duration::from_secs(90)).await;
    let (identity, now) = (one.identity_token(ADA).unwrap(), one.clock().now());
    let rotated = one.rotate_identity_keys().await;
    drop(one);
    let again = instance(&database);
    assert_eq!(again.clock().now(), now);
    assert_eq!(payload(&again, &token).await.json(), json!({"theme": "dark"}));
    assert!(rotated.is_ok() && counts(&again, &identity).await);
    let keys =
        send(again.router(), Request::get("/.well-known/jwks.json").body(Body::empty()).unwrap())
            .await;
    assert_eq!(keys.json()["keys"].as_array().unwrap().len(), 2, "{}", keys.body);
    // What the second was described with is not laid out again.
    let users = as_owner(&again, "GET", "/users?q=ada", &Value::Null).await.json();
    assert_eq!(users["totalItems"], 1, "{users}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn sets_of_different_keys_at_one_moment_are_all_kept() {
    let worlds = pair();
    let token = worlds[0].sign_in(ADA, APP).await.unwrap();
    let answers = at_once((0..60).map(|n| {
        let (world, token) = (worlds[n % 2].clone(), token.clone());
        async move {
            call(&world, "POST", &format!("/sessions/set/k{n}"), &token, r#"{"value":1}"#).await
        }
    }));
    for answer in answers.await {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let kept = payload(&worlds[1], &token).await.json();
    assert_eq!(kept.as_object().unwrap().len(), 60);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_session_that_is_asked_for_everywhere_is_opened_once() {
    let worlds = pair();
    let identity = worlds[0].identity_token(ADA).unwrap();
    let body = json!({"workspaceName": "acme", "app_id": APP}).to_string();
    let answers = at_once((0..16).map(|n| {
        let (world, identity, body) = (worlds[n % 2].clone(), identity.clone(), body.clone());
        async move { call(&world, "POST", "/sessions/get-or-create", &identity, &body).await }
    }));
    for answer in answers.await {
        assert_eq!(answer.status, 200);
    }
    let sessions = as_owner(&worlds[0], "GET", "/sessions/admin?q=ada", &Value::Null).await.json();
    assert_eq!(sessions["totalItems"], 1, "{sessions}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn passwords_that_are_guessed_everywhere_are_counted_together() {
    let [one, two] = pair();
    for n in 0..10 {
        assert_eq!(password([&one, &two][n % 2], BOB, "wrong").await.status, 401);
    }
    assert_eq!(password(&one, BOB, "battery staple").await.status, 401, "it is locked");
    assert_eq!(password(&two, BOB, "battery staple").await.status, 401, "here as well");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn instances_that_begin_at_one_moment_lay_out_one_platform() {
    let database = server().database();
    let worlds = at_once((0..4).map(|_| {
        let database = database.clone();
        async move { instance(&database) }
    }));
    let worlds = worlds.await;
    let token = worlds[0].sign_in(ADA, APP).await.unwrap();
    for world in &worlds {
        assert_eq!(payload(world, &token).await.status, 200);
        assert_eq!(as_owner(world, "GET", "/users", &Value::Null).await.json()["totalItems"], 3);
    }
}

/// Faults and the journal are an instance's own: a test breaks the one that it talks to.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn faults_and_journal_are_an_instances_own() {
    let [one, two] = pair();
    let token = one.sign_in(ADA, APP).await.unwrap();
    one.faults().add(Fault::status("sessions.payload", 503)).unwrap();
    assert_eq!(
        (payload(&two, &token).await.status, payload(&one, &token).await.status),
        (200.try_into().unwrap(), 503.try_into().unwrap())
    );
    assert_eq!((one.journal().entries().len(), two.journal().entries().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn worlds_and_snapshots_are_refused_with_what_to_do() {
    let [one, _] = pair();
    let error = one.snapshot().unwrap_err().to_string();
    assert!(error.contains("pg_dump"), "{error}");
    for (path, text) in [("/_mock/worlds", "one world"), ("/_mock/worlds/self/snapshot", "pg_dump")]
    {
        let request = Request::post(path).body(Body::empty());
        let (status, error) = send(one.router(), request.unwrap()).await.error();
        assert!(status == 409 && error.contains(text), "{path}: {status} {error}");
    }
    let worlds =
        send(one.router(), Request::get("/_mock/worlds").body(Body::empty()).unwrap()).await;
    assert_eq!(worlds.status, 200);
}

/// What fails then has changed nothing, and says that it is not the caller's fault.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_database_that_goes_away_is_told_and_comes_back() {
    let server = server();
    let name = server.create("migrated");
    let database = Database::new(server.url("server", &name), MasterKey::generate().unwrap());
    let world = instance(&database);
    let token = world.sign_in(ADA, APP).await.unwrap();
    let set = async |value: u8| {
        let body = json!({ "value": value }).to_string();
        call(&world, "POST", "/sessions/set/n", &token, &body).await
    };
    assert_eq!(set(1).await.status, 200);
    let ask = |statement: String| server.run("postgres", "postgres", &statement);
    ask(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
    let all = format!("FROM pg_stat_activity WHERE datname = '{name}'");
    ask(format!("SELECT pg_terminate_backend(pid) {all}"));
    let (status, error) = set(2).await.error();
    assert!(status == 503, "{status} {error}");
    let remove = Request::delete("/_mock/workspaces/acme").body(Body::empty()).unwrap();
    assert_eq!(send(world.router(), remove).await.status, 503);
    ask(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    assert_eq!(payload(&world, &token).await.json(), json!({"n": 1}));
    assert_eq!(set(3).await.status, 200);
}
