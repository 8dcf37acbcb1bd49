//! Every Rust test, and the proof that no scenario was left out.

use anyhow::Result;

use crate::{scenarios, step, workspace};

pub(super) fn run() -> Result<()> {
    let report = scenarios::Report::new("rust")?;
    let mut all = workspace::cargo(&["test", "--workspace", "--all-features", "--no-fail-fast"]);
    all.env(scenarios::REPORT, report.path());
    // These go straight through: whoever reads the output looks for cargo's own closing lines.
    step::open("cargo test --workspace --all-features", all)?;
    let bare = workspace::cargo(&["test", "--package", "secureflows", "--no-default-features"]);
    step::open("cargo test --package secureflows --no-default-features", bare)?;
    step::check("every listed scenario was run", || report.check())
}
