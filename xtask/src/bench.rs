//! `cargo xtask bench`: the benchmarks of `tests/`, their tables straight to the reader.

use anyhow::Result;

use crate::{clean_build, step, web, workspace};

/// Builds the mock's program and passes `rest` on to the benchmarks: `program`, `peers`, or nothing for all
/// but the peers, which are installed from npm, and `build`, which builds from nothing. `web` is the package in
/// Chromium.
pub(crate) fn run(rest: &[String]) -> Result<()> {
    if rest.first().is_some_and(|word| word == "build") {
        return clean_build::run();
    }
    let build = workspace::cargo(&["build", "--release", "--package", "secureflows-mock"]);
    step::open("cargo build --release --package secureflows-mock", build)?;
    if rest.first().is_some_and(|word| word == "web") {
        return web::bench();
    }
    let mut command = workspace::cargo(&["bench", "--package", "secureflows-tests"]);
    command.env("SECUREFLOWS_MOCK", workspace::target().join("release/secureflows-mock"));
    if !rest.is_empty() {
        command.arg("--").args(rest);
    }
    step::open("cargo bench", command)?;
    if rest.is_empty() { web::bench() } else { Ok(()) }
}
