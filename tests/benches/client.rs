//! The client beside bare reqwest, on the same world.

use std::{sync::Arc, time::Duration};

use secureflows::{Client, NativeHost};
use secureflows_tests::{ADA, APP, Stage};

use crate::{
    measure::{median, time},
    table::{Table, micros},
};

const ROUNDS: usize = 100;
const CALLS: u32 = 100;
/// What the client allows one attempt by default.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// One `get` after the other, by the client and by reqwest in turn.
pub(crate) async fn get_beside_reqwest(table: &mut Table) {
    let stage = Stage::set().await;
    let host = Arc::new(NativeHost::new().unwrap());
    let client = stage.another().host(host).build().unwrap();
    stage.sign_in(&client, ADA).await;
    client.set_raw("note", "\"some words that somebody wrote\"").await.unwrap();
    let url = format!("{}/api/v1/sessions/get/note", stage.world.origin());
    let token = stage.world.sign_in(ADA, APP).await.unwrap();

    let limited = reqwest::Client::builder().no_proxy().timeout(TIME_LIMIT).build().unwrap();
    let (ours, theirs, ratio) = in_turn(&client, &limited, &url, &token).await;
    let what = "client `get`, beside bare reqwest with the same time limit";
    table.row(what, micros(ours), micros(theirs), ratio, "≤ 1.05");

    let unlimited = reqwest::Client::builder().no_proxy().build().unwrap();
    let (ours, theirs, ratio) = in_turn(&client, &unlimited, &url, &token).await;
    let what = "client `get`, beside bare reqwest that would wait for ever";
    table.row(what, micros(ours), micros(theirs), ratio, "");
}

/// The median time of both, and the median ratio: each pair is measured back to back, so their
/// ratios are steadier than their times.
async fn in_turn(
    client: &Client,
    plain: &reqwest::Client,
    url: &str,
    token: &str,
) -> (Duration, Duration, String) {
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let our = time(async {
            for _ in 0..CALLS {
                client.get::<String>("note").await.unwrap();
            }
        });
        let our = our.await / CALLS;
        let their = time(async {
            for _ in 0..CALLS {
                bare_get(plain, url, token).await;
            }
        });
        let their = their.await / CALLS;
        ratios.push(our.as_nanos() * 1000 / their.as_nanos());
        ours.push(our);
        theirs.push(their);
    }
    let ratio = median(&mut ratios);
    let ratio = format!("{}.{:03}", ratio / 1000, ratio % 1000);
    (median(&mut ours), median(&mut theirs), ratio)
}

/// What an app would write by hand: the request, and the value out of its answer.
async fn bare_get(plain: &reqwest::Client, url: &str, token: &str) {
    let answer = plain.get(url).bearer_auth(token).send().await.unwrap().bytes().await.unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    assert!(answer.get("value").is_some_and(serde_json::Value::is_string));
}
