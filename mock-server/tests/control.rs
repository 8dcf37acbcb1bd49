//! The control API: who may use it, what it says of itself, what it steers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use axum::{body::Body, http::Request};
use common::{Answer, builder, send};
use secureflows_mock::World;
use serde_json::{Value, json};

fn steered() -> World {
    builder().control(true).build().unwrap()
}

async fn steer(world: &World, method: &str, path: &str, body: Value) -> Answer {
    let request = Request::builder().method(method).uri(format!("/_mock{path}"));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(world.router(), request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn every_described_path_answers() {
    let world = steered();
    let document = steer(&world, "GET", "/openapi.json", Value::Null).await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, operations) in document["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/_mock").unwrap().replace("{world}", "self");
        for method in operations.as_object().unwrap().keys() {
            let answer = steer(&world, &method.to_uppercase(), &path, Value::Null).await;
            assert!(![404, 405].contains(&answer.status.as_u16()), "{method} {path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_world_is_the_platform_only_unless_it_is_said() {
    let world = common::world();
    assert_eq!(world.control_url(), None);
    assert_eq!(steer(&world, "GET", "/clock", Value::Null).await.status, 404);
    let world = steered();
    assert_eq!(world.control_url().as_deref(), Some("http://127.0.0.1/_mock"));
    assert_eq!(steer(&world, "GET", "/clock", Value::Null).await.status, 200);
    assert_eq!(common::visit(&world, "/_mockery", "").await.error().1, "Not found");
}

#[tokio::test]
async fn foreign_pages_are_refused_and_own_ones_may_read() {
    let world = steered();
    let from = |method: &str, name: &str, value: &str| {
        let request = Request::builder().method(method).uri("/_mock/clock").header(name, value);
        send(world.router(), request.body(Body::empty()).unwrap())
    };
    for (name, value) in
        [("host", "evil.example"), ("origin", "https://evil.example"), ("origin", "null")]
    {
        let answer = from("GET", name, value).await;
        assert_eq!(answer.error().0, 403, "{name}: {value}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
        assert_eq!(from("OPTIONS", name, value).await.status, 403);
    }
    let answer = from("GET", "origin", "http://localhost:5173").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "http://localhost:5173");
    let preflight = from("OPTIONS", "origin", "http://localhost:5173").await;
    assert_eq!(preflight.status, 204);
    assert!(preflight.header("access-control-allow-methods").contains("DELETE"));
}

#[tokio::test]
async fn refusals_name_the_field_and_the_mend() {
    let world = steered();
    for (method, path, body, status, text) in [
        ("GET", "/nothing", json!(null), 404, "openapi.json"),
        ("PATCH", "/clock", json!(null), 405, "GET or PUT"),
        ("PUT", "/clock", json!({}), 400, "missing field `now`"),
        ("PUT", "/clock", json!({"now": "noon"}), 400, "`now`: `noon` is not a time"),
        ("PUT", "/clock", json!({"now": "2020-01-01T00:00:00Z"}), 409, "\"back\": true"),
        ("POST", "/clock/advance", json!({"seconds": -1}), 400, "0 or more"),
        ("POST", "/clock/advance", json!({"minutes": 1}), 400, "expected `seconds`"),
        ("POST", "/clock/advance", json!([1, 2]), 400, "Body"),
        ("GET", "/worlds/w9", json!(null), 404, "`w9`"),
    ] {
        let (got, error) = steer(&world, method, path, body).await.error();
        assert_eq!(got, status, "{path} {error}");
        assert!(error.contains(text), "{path}: {error}");
    }
}

#[tokio::test]
async fn the_clock_is_read_set_and_advanced() {
    let world = steered();
    let read = steer(&world, "GET", "/clock", Value::Null).await;
    assert_eq!(read.json(), json!({"now": "2026-01-01T00:00:00Z", "running": false}));
    let ahead = steer(&world, "POST", "/clock/advance", json!({"seconds": 1.5})).await;
    assert_eq!(ahead.json()["now"], "2026-01-01T00:00:01.5Z");
    let set = json!({"now": "2026-01-02T01:00:00+01:00"});
    assert_eq!(steer(&world, "PUT", "/clock", set).await.json()["now"], "2026-01-02T00:00:00Z");
    let back = json!({"now": "2025-01-01T00:00:00Z", "back": true});
    let back = steer(&world, "PUT", "/clock", back).await;
    assert_eq!(back.json()["now"], "2025-01-01T00:00:00Z");
    assert_eq!(back.header("date"), "Wed, 01 Jan 2025 00:00:00 GMT");
}
