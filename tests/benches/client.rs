//! The client beside bare reqwest, on the same world.

use std::{sync::Arc, time::Duration};

use secureflows::{Client, NativeHost};
use secureflows_tests::{ADA, APP, Stage};

use crate::{
    measure::{median, time},
    table::{Table, micros},
};

const ROUNDS: usize = 40;
const CALLS: u32 = 250;

/// One `get` after the other, by the client and by reqwest in turn.
pub(crate) async fn get_beside_reqwest(table: &mut Table) {
    let stage = Stage::set().await;
    let client: Client =
        stage.another().host(Arc::new(NativeHost::new().unwrap())).build().unwrap();
    stage.sign_in(&client, ADA).await;
    client.set_raw("note", "\"some words that somebody wrote\"").await.unwrap();
    let url = format!("{}/api/v1/sessions/get/note", stage.world.origin());
    let token = stage.world.sign_in(ADA, APP).await.unwrap();
    let plain = reqwest::Client::new();

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(
            time(async {
                for _ in 0..CALLS {
                    client.get::<String>("note").await.unwrap();
                }
            })
            .await
                / CALLS,
        );
        theirs.push(
            time(async {
                for _ in 0..CALLS {
                    bare_get(&plain, &url, &token).await;
                }
            })
            .await
                / CALLS,
        );
    }
    let (ours, theirs): (Duration, Duration) = (median(&mut ours), median(&mut theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    table.row(
        "client `get`, beside bare reqwest with the same checks left out",
        micros(ours),
        micros(theirs),
        format!("{ratio:.3}"),
        "≤ 1.05",
    );
}

/// What an app would write by hand: the request, and the value out of its answer.
async fn bare_get(plain: &reqwest::Client, url: &str, token: &str) {
    let answer = plain.get(url).bearer_auth(token).send().await.unwrap().bytes().await.unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    assert!(answer.get("value").is_some_and(serde_json::Value::is_string));
}
