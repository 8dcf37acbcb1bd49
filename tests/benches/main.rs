//! What the SDK and its mock platform cost, side by side with the plain thing in one run.
//!
//! `cargo xtask bench` prints the table; it is kept in `docs/benchmarks.md`.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]

mod client;
mod load;
mod measure;
mod server;
mod table;
mod world;

use table::Table;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut table = Table::default();
    runtime.block_on(async {
        client::get_beside_reqwest(&mut table).await;
        server::throughput_beside_axum(&mut table).await;
        world::start_to_first_answer(&mut table).await;
        world::call_without_a_socket(&mut table).await;
    });
    table.print();
}
