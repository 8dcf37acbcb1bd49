//! What the SDK and its mock platform cost, side by side with the plain thing in one run.
//!
//! `cargo xtask bench` prints the table; it is kept in `docs/benchmarks.md`. `cargo xtask bench program`
//! measures the mock's program only, `cargo xtask bench peers` puts others beside it, which it installs, and
//! `cargo xtask bench postgres` has it keep its rows in memory and in PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]

mod client;
mod load;
mod many;
mod measure;
mod process;
mod program;
mod server;
mod stores;
mod table;
mod world;
mod worlds;

use table::Table;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut table = Table::default();
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    runtime.block_on(async {
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [program::wiremock::WORD, port] => program::wiremock::serve(port).await,
            ["peers"] => program::beside_peers(&mut table).await,
            ["postgres"] => table = stores::side_by_side().await,
            ["program"] => program::alone(&mut table).await,
            _ => {
                in_process(&mut table).await;
                program::alone(&mut table).await;
            }
        }
    });
    table.print();
}

async fn in_process(table: &mut Table) {
    worlds::memory_of_a_thousand(table).await;
    client::get_beside_reqwest(table).await;
    server::throughput_beside_axum(table).await;
    tokio::task::block_in_place(|| world::start_to_first_answer(table));
    world::call_without_a_socket(table).await;
    many::calls_at_once(table).await;
    many::cached_check(table).await;
    worlds::made_without_a_port(table).await;
    worlds::many_deadlines(table).await;
}
