//! The platform's own checks, alone: what they let through where the barrier behind them is down.

use secureflows_mock::{Database, MasterKey, Role, UserId, UserSpec, World};
use serde_json::{Value, json};

use crate::{
    common::{ADA, APP, BOB, Laid as _, as_owner, builder, call, owned},
    instances::{at_once, instance, pair},
    server,
};

const EVE: &str = "eve@example.com";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn another_workspaces_rows_are_unknown_without_the_barrier_too() {
    let server = server();
    let name = server.create("migrated");
    let database = Database::new(server.url("server", &name), MasterKey::generate().unwrap());
    let eve = UserSpec::new(EVE).role(Role::Owner);
    let world: World = owned().user("other", eve).database(database).build().unwrap();
    let token = world.sign_in(ADA, APP).await.unwrap();
    call(&world, "POST", "/sessions/set/diary", &token, r#"{"value":1}"#).await;
    let invite = json!({"role": "user", "ttlSeconds": 60});
    assert_eq!(as_owner(&world, "POST", "/invites", &invite).await.status, 200);
    let first = async |path: &str| {
        as_owner(&world, "GET", path, &Value::Null).await.json()["items"][0]["id"].to_string()
    };
    let (session, user, invite) =
        (first("/sessions/admin").await, first("/users?q=ada").await, first("/invites").await);
    for table in ["sessions", "users", "invites", "audit_events", "access_log"] {
        server.run(&name, "owner", &format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"));
    }
    let stranger = world.user_token(EVE, "other").unwrap();
    for (method, path, body) in [
        ("GET", "/sessions/admin/{id}", ""),
        ("POST", "/sessions/admin/revoke/{id}", ""),
        ("POST", "/sessions/admin/{id}/ttl", r#"{"ttlSeconds":60}"#),
        ("GET", "/users/{user}", ""),
        ("PATCH", "/users/{user}", r#"{"role":"ADMIN"}"#),
        ("DELETE", "/users/{user}", ""),
        ("GET", "/invites/{invite}", ""),
        ("DELETE", "/invites/{invite}", ""),
    ] {
        let of = |id: &str, user: &str, invite: &str| {
            path.replace("{id}", id).replace("{user}", user).replace("{invite}", invite)
        };
        let foreign = call(&world, method, &of(&session, &user, &invite), &stranger, body).await;
        let unknown = call(&world, method, &of("987", "987", "987"), &stranger, body).await;
        assert!(foreign.status.is_client_error(), "{method} {path}: {}", foreign.body);
        assert_eq!(foreign, unknown, "{method} {path}");
    }
    for list in ["/sessions/admin", "/users", "/invites", "/sessions/export"] {
        let page = call(&world, "GET", list, &stranger, "").await;
        assert!(!page.body.contains(ADA) && !page.body.contains(APP), "{list}: {}", page.body);
    }
    // What is their own is there all the time.
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.json(), json!({"diary": 1}));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_text_that_no_row_can_hold_is_not_found() {
    let world = owned().laid();
    world.sign_in(ADA, APP).await.unwrap();
    for path in [
        "/users?q=%00",
        "/sessions/admin?q=a%00",
        "/sessions/admin?app_id=%00",
        "/applications?q=%00",
        "/invites?q=%00",
    ] {
        let page = as_owner(&world, "GET", path, &Value::Null).await;
        assert_eq!((page.status.as_u16(), &page.json()["totalItems"]), (200, &json!(0)), "{path}");
    }
}

/// Keys in a database outlive their process: chance that came again would seal two payloads alike.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_seed_decides_nothing_in_a_database() {
    let server = server();
    let of_one_seed = [0, 1].map(|_| {
        let world = builder().database(server.database()).seed(7).build().unwrap();
        world.identity_token(ADA).unwrap()
    });
    assert_ne!(of_one_seed[0], of_one_seed[1]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_clock_that_two_set_to_one_time_shows_that() {
    let [one, two] = pair();
    let at = "2031-05-01T00:00:00Z".parse().unwrap();
    at_once(
        [one.clone(), two.clone()].into_iter().map(|world| async move { world.set_time(at).await }),
    )
    .await;
    for world in [&one, &two] {
        call(world, "GET", "/sessions", "", "").await;
        assert_eq!(world.clock().now(), at);
    }
}

/// Who hangs up in the middle of a call takes nothing away.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn an_advance_outlives_the_call_that_would_have_told_of_it() {
    let [one, two] = pair();
    let (begun, minute) = (one.clock().now(), std::time::Duration::from_secs(60));
    for _ in 0..20 {
        one.clock().advance(minute);
        let asking = one.clone();
        let call = tokio::spawn(async move { call(&asking, "GET", "/sessions", "", "").await });
        tokio::task::yield_now().await;
        call.abort();
    }
    call(&one, "GET", "/sessions", "", "").await;
    call(&two, "GET", "/sessions", "", "").await;
    assert_eq!((one.clock().now(), two.clock().now()), (begun + 20 * minute, begun + 20 * minute));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn the_clock_that_was_handed_in_is_the_worlds() {
    let database = server().database();
    let clock = secureflows_mock::Clock::frozen("2030-01-01T00:00:00Z".parse().unwrap());
    let world = owned().clock(clock.clone()).database(database.clone()).build().unwrap();
    clock.advance(std::time::Duration::from_secs(90));
    call(&world, "GET", "/sessions", "", "").await;
    assert_eq!(instance(&database).clock().now(), clock.now());
}

/// Numbers that somebody asks for and numbers that come by themselves never meet.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn numbers_that_were_asked_for_are_nobody_elses() {
    let [one, two] = pair();
    let tasks = (0..40_i64).map(|n| {
        let (world, user) =
            ([&one, &two][usize::from(n % 2 == 0)].clone(), format!("u{n}@example.com"));
        async move {
            let spec = UserSpec::new(user);
            let spec = if n % 2 == 0 { spec.id(UserId(1_000 * (n + 1))) } else { spec };
            world.add_user("acme", spec).await.map_err(|error| error.to_string())
        }
    });
    for added in at_once(tasks).await {
        assert_eq!(added, Ok(()));
    }
    let users = as_owner(&one, "GET", "/users?pageSize=100", &Value::Null).await.json();
    assert_eq!(users["totalItems"], 43);
    let bob = as_owner(&one, "GET", "/users?q=bob", &Value::Null).await.json();
    assert_eq!(bob["items"][0]["email"], BOB);
}
