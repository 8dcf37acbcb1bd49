//! Calls at once, and a verifier's answer from its cache.

use std::sync::Arc;

use futures_util::future::join_all;
use secureflows::{Client, SessionToken, verifier::Verifier};
use secureflows_mock::World;
use secureflows_tests::{ADA, APP, REDIRECT, WORKSPACE, platform};

use crate::{
    measure::{median, time},
    table::{Table, micros},
};

const ROUNDS: usize = 20;
const CHECKS: u32 = 10_000;

/// From one call at a time to ten thousand at once, without sockets: what each costs.
pub(crate) async fn calls_at_once(table: &mut Table) {
    let (world, client) = signed_in().await;
    client.set_raw("note", "\"some words that somebody wrote\"").await.unwrap();
    let mut alone = None;
    for at_once in [1_u32, 100, 10_000] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let calls = (0..at_once).map(|_| client.get_raw("note"));
            let all = time(async {
                assert!(join_all(calls).await.iter().all(Result::is_ok));
            });
            times.push(all.await / at_once);
        }
        let each = median(&mut times);
        let beside = alone.get_or_insert(each);
        let ratio = each.as_secs_f64() / beside.as_secs_f64();
        let what =
            format!("client `get` without a socket, {at_once} at once: each, beside one alone");
        table.row(&what, micros(each), micros(*beside), format!("{ratio:.2}"), "");
    }
    drop(world);
}

/// A token that the verifier has asked for before.
pub(crate) async fn cached_check(table: &mut Table) {
    let world = platform().build().unwrap();
    let verifier = Verifier::builder().origin(world.origin()).host(Arc::new(world.host()));
    let verifier = verifier.build().unwrap();
    let token = world.sign_in(ADA, APP).await.unwrap();
    verifier.verify(&token).await.unwrap();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let checks = time(async {
            for _ in 0..CHECKS {
                verifier.verify(&token).await.unwrap();
            }
        });
        times.push(checks.await / CHECKS);
    }
    let each = median(&mut times);
    let what = "verifier: a token that was asked for within 30 s";
    table.row(what, micros(each), String::new(), String::new(), "≤ 2 µs");
}

/// A world without a socket, and a client of it that is signed in.
pub(crate) async fn signed_in() -> (World, Client) {
    let world = platform().build().unwrap();
    let client = Client::builder()
        .origin(world.origin())
        .workspace(WORKSPACE)
        .app_id(APP)
        .redirect_uri(REDIRECT)
        .host(Arc::new(world.host()))
        .build()
        .unwrap();
    let token = world.sign_in(ADA, APP).await.unwrap();
    client.adopt(SessionToken::issued_by(world.origin(), token).unwrap()).await.unwrap();
    (world, client)
}
