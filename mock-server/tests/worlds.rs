//! Worlds: isolated, reproducible, cheap, gone when dropped.
#![allow(clippy::unwrap_used, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use common::{ADA, APP, Answer, BOB, builder, call, in_memory, post_form, visit, world};
use secureflows_mock::{
    ApplicationId, ApplicationSpec, Clock, Fault, SeedError, SessionId, SessionSpec, UserId,
    UserSpec, WorkspaceId, WorkspaceSpec, World,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A login, writes, a logout, an error: every byte that came back.
async fn scenario(world: &World) -> Vec<Answer> {
    let login = "/app/sessions/login?workspace_name=acme&app_id=acme-web&state=s\
        &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback";
    let form = "action=sign_in&email=ada%40example.com&password=correct+horse";
    let mut seen = vec![visit(world, login, "").await];
    let submitted = post_form(world, login, "", form).await;
    let back = visit(world, submitted.header("location"), "").await;
    let token = back.header("location").split(['=', '&']).nth(1).unwrap().to_owned();
    seen.extend([submitted, back]);
    seen.push(call(world, "POST", "/sessions/set/k", &token, r#"{"value":1}"#).await);
    world.clock().advance(Duration::from_secs(90));
    let guest = post_form(world, login, "", "action=anonymous").await;
    seen.push(visit(world, guest.header("location"), "").await);
    seen.push(guest);
    seen.push(visit(world, "/.well-known/jwks.json", "").await);
    seen.push(call(world, "GET", "/sessions", &token, "").await);
    seen.push(call(world, "POST", "/auth/logout", &token, "").await);
    seen.push(call(world, "GET", "/sessions", &token, "").await);
    seen
}

#[tokio::test]
async fn a_seed_decides_every_byte() {
    let (one, two) = (in_memory(), in_memory());
    let (first, second) = (scenario(&one).await, scenario(&two).await);
    assert_eq!(first, second);
    assert_eq!(one.at_rest(), two.at_rest());
    assert_eq!(first[0].header("date"), "Thu, 01 Jan 2026 00:00:00 GMT");
    assert_eq!(first[7].header("date"), "Thu, 01 Jan 2026 00:01:30 GMT");
    let other = builder().seed(8).build().unwrap();
    assert_ne!(scenario(&other).await, first);
}

#[tokio::test]
async fn no_token_of_one_world_counts_in_another() {
    let unseeded = || {
        World::builder()
            .workspace(WorkspaceSpec::new("acme"))
            .application("acme", ApplicationSpec::new(APP))
            .user("acme", UserSpec::new(ADA))
            .build()
            .unwrap()
    };
    let (one, two) = (unseeded(), unseeded());
    let token = one.sign_in(ADA, APP).await.unwrap();
    two.sign_in(ADA, APP).await.unwrap();
    let answer = call(&two, "GET", "/sessions", &token, "").await;
    assert_eq!(answer.error(), (410, "Invalid token".to_owned()));
    let identity = one.identity_token(ADA).unwrap();
    let body = r#"{"workspaceName":"acme"}"#;
    assert_eq!(call(&two, "POST", "/sessions", &identity, body).await.error().0, 401);
}

#[tokio::test]
async fn what_is_stored_is_ciphertext() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let secret = "the quick brown fox";
    call(&world, "POST", "/sessions/set/k", &token, &json!({"value": secret}).to_string()).await;
    let stored = world.at_rest();
    assert_eq!(stored.len(), 1);
    assert_eq!(
        (stored[0].workspace.as_str(), stored[0].application.as_deref()),
        ("acme", Some(APP))
    );
    assert!(!String::from_utf8_lossy(&stored[0].ciphertext).contains("quick"));
    assert_eq!(stored[0].to_string().len(), stored[0].ciphertext.len() * 2);
    let nonce = stored[0].nonce;
    call(&world, "POST", "/sessions/set/k", &token, "1").await;
    assert_ne!(world.at_rest()[0].nonce, nonce, "a nonce is never used twice");
}

#[tokio::test]
async fn activity_is_noted() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let created = world.clock().now();
    world.clock().advance(Duration::from_secs(5));
    call(&world, "POST", "/sessions/set/k", &token, "1").await;
    let written = world.clock().now();
    world.clock().advance(Duration::from_secs(5));
    call(&world, "GET", "/sessions/get/k", &token, "").await;
    let row = &world.at_rest()[0];
    assert_eq!((row.created_at, row.updated_at), (created, written));
    assert_eq!(row.last_activity_at, world.clock().now());
}

#[tokio::test]
async fn ten_thousand_worlds_come_and_go_in_one_task() {
    let worlds: Vec<_> = (0..10_000).map(|_| World::builder().build().unwrap()).collect();
    drop(worlds);
}

#[tokio::test]
async fn a_dropped_world_closes_its_port_and_connections() {
    let mut worlds = Vec::new();
    for _ in 0..300 {
        worlds.push(builder().start().await.unwrap());
    }
    let world = worlds.pop().unwrap();
    let handle = world.clone();
    let address = world.origin().strip_prefix("http://").unwrap().to_owned();
    drop(world);
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: a\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    drop(handle);
    drop(worlds);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.ok();
    assert!(TcpStream::connect(&address).await.is_err(), "the port is closed");
}

#[tokio::test]
async fn stopping_lets_answers_finish() {
    let world = builder().start().await.unwrap();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let slow = Fault::latency("sessions.payload", Duration::from_millis(200));
    world.faults().add(slow).unwrap();
    let address = world.origin().strip_prefix("http://").unwrap().to_owned();
    let _idle = TcpStream::connect(&address).await.unwrap();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request = format!(
        "GET /api/v1/sessions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    while !world.faults().unfired().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::timeout(Duration::from_secs(5), world.stop()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("{}"), "{answer}");
    assert!(TcpStream::connect(&address).await.is_err());
    world.stop().await;
}

#[test]
fn descriptions_that_contradict_themselves_are_refused() {
    let refused = |builder: secureflows_mock::WorldBuilder| builder.build().unwrap_err();
    let acme = || builder().workspace(WorkspaceSpec::new("new"));
    assert!(matches!(
        refused(acme().workspace(WorkspaceSpec::new("acme"))),
        SeedError::WorkspaceTaken { .. }
    ));
    assert!(matches!(
        refused(acme().application("new", ApplicationSpec::new(APP))),
        SeedError::ApplicationTaken { .. }
    ));
    assert!(matches!(
        refused(acme().application("none", ApplicationSpec::new("a"))),
        SeedError::WorkspaceUnknown { .. }
    ));
    assert!(matches!(
        refused(acme().application("new", ApplicationSpec::new("a").redirect_uri("javascript:x"))),
        SeedError::RedirectUri { .. }
    ));
    assert!(matches!(refused(acme().user("new", UserSpec::new("x"))), SeedError::Email { .. }));
    assert!(matches!(
        refused(acme().user("new", UserSpec::new(BOB).password("another"))),
        SeedError::UserTaken { .. }
    ));
    assert!(acme().user("new", UserSpec::new(BOB)).build().is_ok());
    assert!(matches!(refused(acme().starts_at("today")), SeedError::StartTime { .. }));
}

#[tokio::test]
async fn a_plain_users_token_needs_self_service() {
    let world = builder()
        .workspace(WorkspaceSpec::new("closed").self_service(false))
        .user("closed", UserSpec::new(BOB))
        .build()
        .unwrap();
    assert!(world.user_token(BOB, "acme").is_ok());
    assert!(world.user_token(BOB, "closed").is_err());
    assert!(world.user_token(ADA, "closed").is_err());
}

#[tokio::test]
async fn rows_get_the_numbers_they_ask_for_and_the_others_count_on() {
    let ada = UserSpec::new(ADA).id(UserId(70));
    let world = World::builder()
        .workspace(WorkspaceSpec::new("first"))
        .workspace(WorkspaceSpec::new("acme").id(WorkspaceId(50)))
        .application("acme", ApplicationSpec::new(APP).id(ApplicationId(60)))
        .user("acme", UserSpec::new(BOB).session(SessionSpec::new(APP)))
        .user(
            "acme",
            ada.session(SessionSpec::new(APP).id(SessionId(900)).payload(r#"{"n":1e400}"#)),
        )
        .build()
        .unwrap();
    let stored = world.at_rest();
    let numbers = |at: usize| {
        let row = &stored[at];
        (row.workspace_id.0, row.application_id.unwrap().0, row.user_id.0, row.session_id.0)
    };
    assert_eq!(numbers(0), (50, 60, 70, 900));
    assert_eq!(numbers(1), (50, 60, 71, 901));
    let token = world.sign_in(ADA, APP).await.unwrap();
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.body, r#"{"n":1e400}"#);
    let late = UserSpec::new("late@example.com").id(UserId(71));
    let taken = Err(SeedError::IdTaken { kind: "user", id: 71 });
    assert_eq!(world.add_user("acme", late).await, taken);
}

#[test]
fn sessions_that_cannot_be_are_refused() {
    let refused = |session| {
        let user = UserSpec::new("new@example.com").session(session);
        builder().user("acme", user).build().unwrap_err()
    };
    let elsewhere = refused(SessionSpec::new("other-web"));
    assert!(matches!(elsewhere, SeedError::SessionApplication { .. }), "{elsewhere}");
    let array = refused(SessionSpec::new(APP).payload("[]"));
    assert!(matches!(array, SeedError::Payload { .. }), "{array}");
    let zero = refused(SessionSpec::new(APP).id(SessionId(0)));
    assert_eq!(zero, SeedError::Id { kind: "session", id: 0 });
}

#[tokio::test]
async fn a_running_world_destroys_what_has_ended_though_nobody_asks() {
    let world = builder().clock(Clock::running(Duration::ZERO));
    let brief = ApplicationSpec::new("brief").payload_ttl(Duration::from_secs(3_600));
    let world = world.application("acme", brief).start().await.unwrap();
    world.sign_in(ADA, "brief").await.unwrap();
    assert_eq!(world.at_rest().len(), 1);
    world.clock().advance(Duration::from_secs(3_600));
    let gone = async {
        while !world.at_rest().is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
}
