//! `cargo xtask bench`: the benchmarks of `tests/`, their tables straight to the reader.

use anyhow::Result;

use crate::postgres::{Disk, Server};
use crate::{clean_build, needs, setup, step, web, workspace};

/// Builds the mock's program and passes `rest` on to the benchmarks: `program`, `peers`, `postgres`, or nothing for
/// all but those that install something: the peers from npm, PostgreSQL, and `build`, which builds from nothing.
/// `web` is the package in Chromium.
pub(crate) fn run(rest: &[String]) -> Result<()> {
    let first = rest.first().map(String::as_str);
    if first == Some("build") {
        return clean_build::run();
    }
    if first == Some("postgres") {
        setup::run(&[&needs::POSTGRES], rest.iter().any(|word| word == "--yes"))?;
    }
    let build = workspace::cargo(&["build", "--release", "--package", "secureflows-mock"]);
    step::open("cargo build --release --package secureflows-mock", build)?;
    if first == Some("web") {
        return web::bench();
    }
    let program = workspace::target().join("release/secureflows-mock");
    let mut command = workspace::cargo(&["bench", "--package", "secureflows-tests"]);
    command.env("SECUREFLOWS_MOCK", &program);
    let mut server = None;
    if first == Some("postgres") {
        // As an operator would run it: what was acknowledged is on the disk.
        let server = server.insert(Server::start(Disk::Sync, &program)?);
        server.tell(&mut command);
        command.args(["--bench", "bench"]);
    }
    command.arg("--").args(rest.iter().filter(|word| *word != "--yes"));
    step::open("cargo bench", command)?;
    if rest.is_empty() { web::bench() } else { Ok(()) }
}
