//! The mock platform beside a bare axum route, under the same load.

use std::time::Duration;

use axum::{Router, routing::get};
use secureflows_tests::{ADA, APP, Stage};
use tokio::net::TcpListener;

use crate::{
    load::requests_per_second,
    measure::median,
    table::{Table, per_second},
};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);

/// Authenticated `get`s a second, beside a route that answers the same bytes from nowhere.
pub(crate) async fn throughput_beside_axum(table: &mut Table) {
    let stage = Stage::with_ada().await;
    stage.client.set_raw("note", "\"some words that somebody wrote\"").await.unwrap();
    let token = stage.world.sign_in(ADA, APP).await.unwrap();
    let mock = stage.world.origin().strip_prefix("http://").unwrap().to_owned();
    let request = format!(
        "GET /api/v1/sessions/get/note HTTP/1.1\r\nHost: {mock}\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let bare = bare_route(r#"{"key":"note","value":"some words that somebody wrote"}"#).await;

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(requests_per_second(&bare, request.clone(), ROUND).await as u64);
        ours.push(requests_per_second(&mock, request.clone(), ROUND).await as u64);
    }
    let (ours, theirs) = (median(&mut ours) as f64, median(&mut theirs) as f64);
    table.row(
        "authenticated `get` on the mock, 32 connections, load on the same cores, beside a bare axum route",
        per_second(ours),
        per_second(theirs),
        format!("{:.2}", ours / theirs),
        "≥ 0.45",
    );
}

async fn bare_route(body: &'static str) -> String {
    let answer = move || async move { ([("content-type", "application/json")], body) };
    let router = Router::new().route("/api/v1/sessions/get/{key}", get(answer));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
