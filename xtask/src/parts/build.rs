//! The parts that are one or two cargo commands.

use anyhow::Result;

use crate::{links, step, workspace};

pub(super) fn format() -> Result<()> {
    step::quiet("cargo fmt --all --check", workspace::cargo(&["fmt", "--all", "--check"]))
}

pub(super) fn lint() -> Result<()> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--all-features"];
    let mut command = workspace::cargo(&arguments);
    command.args(["--", "-D", "warnings"]);
    step::quiet("cargo clippy, warnings denied", command)
}

pub(super) fn docs() -> Result<()> {
    let mut command = workspace::cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    command.env("RUSTDOCFLAGS", "-Dwarnings");
    step::check("links between the Markdown files", links::check)?;
    step::quiet("cargo doc, warnings denied", command)
}

pub(super) fn quickstart() -> Result<()> {
    let command = workspace::cargo(&["run", "--quiet", "--example", "quickstart"]);
    step::open("cargo run --example quickstart", command)?;
    for example in ["operator", "automation", "notes-service"] {
        let command = workspace::cargo(&["run", "--quiet", "--example", example]);
        step::quiet(&format!("cargo run --example {example}"), command)?;
    }
    Ok(())
}
