//! What a world costs.

use secureflows_mock::World;
use secureflows_tests::{ADA, APP, platform};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    many::signed_in,
    measure::{median, quantile, time},
    table::{Table, micros},
};

const WORLDS: usize = 1000;
const ROUNDS: usize = 40;
const CALLS: u32 = 1000;

/// From nothing to the first byte of an authenticated answer over TCP, on a runtime of one thread, as
/// a test has it.
pub(crate) fn start_to_first_answer(table: &mut Table) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut times = Vec::new();
    runtime.block_on(async {
        for _ in 0..WORLDS {
            times.push(time(first_answer()).await);
        }
    });
    let p99 = quantile(&mut times, 0.99);
    table.row(
        "world with two users: start to its first authenticated answer over TCP, as in a test, p50 (p99 beside it)",
        micros(median(&mut times)),
        micros(p99),
        String::new(),
        "≤ 200 µs",
    );
}

/// The world and the connection are handed back, so that taking them down is not measured.
async fn first_answer() -> (World, TcpStream) {
    let world = platform().start().await.unwrap();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let address = world.origin().strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /api/v1/sessions HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    (world, socket)
}

/// The SDK's `get` on a world in the same process.
pub(crate) async fn call_without_a_socket(table: &mut Table) {
    let (_world, client) = signed_in().await;
    client.set_raw("note", "\"some words that somebody wrote\"").await.unwrap();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(
            time(async {
                for _ in 0..CALLS {
                    client.get_raw("note").await.unwrap();
                }
            })
            .await
                / CALLS,
        );
    }
    table.row(
        "client `get` without a socket: client, router, token check, decryption and back",
        micros(median(&mut times)),
        String::new(),
        String::new(),
        "≤ 20 µs",
    );
}
