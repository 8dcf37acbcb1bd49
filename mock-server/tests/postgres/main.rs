//! What only a database can show. Each test has one of its own on a server that somebody has started:
//! `cargo xtask test postgres` does.
#![cfg(all(feature = "cli", feature = "postgres", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers fail the test they help"
)]

mod barrier;
#[path = "../common/mod.rs"]
mod common;
mod instances;
mod keys;
mod once;
#[expect(dead_code, reason = "seed files are other tests'")]
#[path = "../program/mod.rs"]
mod program;
mod proof;
mod role;
mod rotation;
mod rules;

use common::server::{self, Server};

/// The server that the tests were given.
fn server() -> Server {
    server::of_environment().expect("these tests need a server: cargo xtask test postgres")
}
