//! `cargo xtask bench`: the benchmarks of `tests/`, their tables straight to the reader.

use anyhow::Result;

use crate::{step, workspace};

/// Passes `rest` on to the benchmarks, for example a filter.
pub(crate) fn run(rest: &[String]) -> Result<()> {
    let mut command = workspace::cargo(&["bench", "--package", "secureflows-tests"]);
    if !rest.is_empty() {
        command.arg("--").args(rest);
    }
    step::open("cargo bench", command)
}
