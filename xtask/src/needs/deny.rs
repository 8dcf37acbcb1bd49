//! cargo-deny, at one pinned version, kept in the target directory.

use std::path::PathBuf;

use anyhow::Result;

use crate::{step, workspace};

/// Raise both together; its own `rust-version` must not exceed the workspace's.
const VERSION: &str = "0.20.2";
pub(super) const HOW: &str = "cargo install cargo-deny@0.20.2 --locked";

/// The program to run: ours, or one of the same version that is installed already.
pub(crate) fn program() -> Option<PathBuf> {
    [tools().join("bin/cargo-deny"), PathBuf::from("cargo-deny")].into_iter().find(|program| {
        workspace::ask(program, &["--version"]).is_some_and(|text| text.ends_with(VERSION))
    })
}

pub(super) fn found() -> Option<String> {
    program().map(|_| VERSION.to_owned())
}

/// Without optimisation: it builds in a third of the time, and checking our graph takes a second
/// either way. Without its default features, which only fetching advisories needs.
pub(super) fn install() -> Result<()> {
    let build = tools().join("build");
    let mut command =
        workspace::cargo(&["install", "--locked", "--debug", "--no-default-features"]);
    command.arg(format!("cargo-deny@{VERSION}"));
    command.arg("--root").arg(tools()).arg("--target-dir").arg(&build);
    command.env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_INCREMENTAL", "0");
    step::quiet("cargo install cargo-deny", command)?;
    // Half a gigabyte that nobody needs again; that it stays is no reason to fail.
    let _ = std::fs::remove_dir_all(build);
    Ok(())
}

fn tools() -> PathBuf {
    workspace::target().join("tools")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_people_read_names_the_pinned_version() {
        assert!(super::HOW.contains(super::VERSION));
    }
}
