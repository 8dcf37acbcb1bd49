//! What the client takes: allocations of a call beside those of bare reqwest, and memory of a client.
//!
//! A program of its own, since the allocator that counts would slow the other benchmarks down.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]

#[path = "../benches/table.rs"]
#[expect(dead_code, reason = "its other half is for the other benchmarks")]
mod table;

use std::{hint::black_box, sync::Arc};

use allocation_counter::{AllocationInfo, measure};
use secureflows::{Client, NativeHost, SessionToken};
use secureflows_mock::World;
use secureflows_tests::{ADA, APP, REDIRECT, WORKSPACE, platform};
use table::{Table, size};

const CALLS: u64 = 1_000;
const CLIENTS: u64 = 1_000;

fn main() {
    // Arguments pick among the other benchmarks.
    if std::env::args().skip(1).any(|word| word != "--bench") {
        return;
    }
    let mut table = Table::default();
    // The world answers on threads of its own, so that only the client's work is counted here.
    let server = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let world = server.block_on(platform().start()).unwrap();
    allocations_beside_reqwest(&world, &mut table);
    memory_of_a_client(&world, &mut table);
    table.print();
}

fn allocations_beside_reqwest(world: &World, table: &mut Table) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = client(world, &Arc::new(NativeHost::new().unwrap()));
    let token = runtime.block_on(world.sign_in(ADA, APP)).unwrap();
    let url = format!("{}/api/v1/sessions/get/note", world.origin());
    let plain = reqwest::Client::builder().no_proxy().build().unwrap();
    let ours = async || drop(client.get::<String>("note").await.unwrap());
    let theirs = async || {
        let answer = plain.get(&url).bearer_auth(&token).send().await.unwrap();
        let answer: serde_json::Value =
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        black_box(answer);
    };
    runtime.block_on(async {
        let bearer = SessionToken::issued_by(world.origin(), token.clone()).unwrap();
        client.adopt(bearer).await.unwrap();
        client.set("note", "some words that somebody wrote").await.unwrap();
        // Connections and buffers that stay are made by the first call.
        ours().await;
        theirs().await;
    });
    let count = |calls: &dyn Fn()| measure(|| (0..CALLS).for_each(|_| calls())).count_total / CALLS;
    let ours = count(&|| runtime.block_on(ours()));
    let theirs = count(&|| runtime.block_on(theirs()));
    let more = format!("{} more", ours.saturating_sub(theirs));
    let what = "allocations of a client `get`, beside bare reqwest";
    table.row(what, ours.to_string(), theirs.to_string(), more, "");
}

fn memory_of_a_client(world: &World, table: &mut Table) {
    let host = Arc::new(NativeHost::new().unwrap());
    // Tables that are made once a process are not the client's.
    drop(client(world, &host));
    let mut clients = Vec::with_capacity(usize::try_from(CLIENTS).unwrap());
    let kept = measure(|| clients.extend((0..CLIENTS).map(|_| client(world, &host))));
    let what = "memory of a client, a thousand on one host";
    table.row(what, size(per_client(&kept, CLIENTS)), String::new(), String::new(), "≤ 64 KiB");
    let mut host = None;
    let kept = measure(|| host = Some(NativeHost::new().unwrap()));
    let what = "memory of the native host: connections, TLS configuration";
    table.row(what, size(per_client(&kept, 1)), String::new(), String::new(), "");
}

fn per_client(kept: &AllocationInfo, clients: u64) -> u64 {
    u64::try_from(kept.bytes_current).unwrap_or(0) / clients
}

fn client(world: &World, host: &Arc<NativeHost>) -> Client {
    let client = Client::builder()
        .origin(world.origin())
        .workspace(WORKSPACE)
        .app_id(APP)
        .redirect_uri(REDIRECT)
        .host(Arc::clone(host) as _);
    client.build().unwrap()
}
