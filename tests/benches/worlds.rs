//! What many worlds cost, and what one costs that has much to end.

use std::time::Duration;

use axum::{body::Body, http::Request};
use secureflows_mock::{ApplicationSpec, UserSpec, WorkspaceSpec, World};
use secureflows_tests::{ADA, APP, WORKSPACE, platform};
use tower::ServiceExt as _;

use crate::{
    measure::{median, time},
    table::{Table, micros, millis, size},
};

const MANY: u32 = 1_000;
const BATCHES: usize = 20;
const DEADLINES: u32 = 10_000;
const HOUR: Duration = Duration::from_secs(3600);

/// What a thousand worlds take, without a port and then with one. To be measured before anything
/// else is, since memory that was freed is taken again unseen.
pub(crate) async fn memory_of_a_thousand(table: &mut Table) {
    let before = memory();
    let quiet: Vec<World> = (0..MANY).map(|_| platform().build().unwrap()).collect();
    let each = memory().saturating_sub(before) / u64::from(MANY);
    let what = "memory of a new world with two users, without its port, of a thousand";
    table.row(what, size(each), String::new(), String::new(), "≤ 64 KiB");

    let before = memory();
    let mut listening = Vec::new();
    for _ in 0..MANY {
        let world = platform().control(true).start().await.unwrap();
        world.sign_in(ADA, APP).await.unwrap();
        listening.push(world);
    }
    let all = memory().saturating_sub(before);
    let what = "memory of 1,000 worlds that listen, control API included, a user signed in on each";
    table.row(what, size(all), String::new(), String::new(), "< 80 MiB");
    drop((quiet, listening));
}

/// The time to make a world, without its port, and to drop it.
pub(crate) async fn made_without_a_port(table: &mut Table) {
    let mut times = Vec::new();
    for _ in 0..BATCHES {
        times.push(time(async { (0..MANY).for_each(|_| drop(platform().build())) }).await / MANY);
    }
    let what = "a new world with two users, without its port: made and dropped";
    table.row(what, micros(median(&mut times)), String::new(), String::new(), "≤ 100 µs");
}

/// The time to end ten thousand sessions that are due at once.
pub(crate) async fn many_deadlines(table: &mut Table) {
    let world = World::builder()
        .workspace(WorkspaceSpec::new(WORKSPACE).max_sessions(DEADLINES))
        .application(WORKSPACE, ApplicationSpec::new(APP).payload_ttl(HOUR))
        .user(WORKSPACE, UserSpec::new(ADA))
        .build()
        .unwrap();
    let identity = world.identity_token(ADA).unwrap();
    for _ in 0..DEADLINES {
        let request = Request::post("/api/v1/sessions")
            .header("authorization", format!("Bearer {identity}"))
            .header("content-type", "application/json")
            .body(Body::from(format!(r#"{{"workspaceName":"{WORKSPACE}","app_id":"{APP}"}}"#)));
        let answer = world.router().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    let mut fired = Vec::new();
    let took = time(async { fired = world.advance(2 * HOUR).await }).await;
    assert_eq!(u32::try_from(fired.len()), Ok(DEADLINES));
    let what = "10,000 deadlines that are due at once";
    table.row(what, millis(took), String::new(), String::new(), "≤ 20 ms");
}

/// This process's resident memory in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("");
    resident.trim().trim_end_matches(" kB").parse().unwrap_or(0) * 1024
}
