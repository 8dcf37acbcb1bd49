//! Where things are, and how cargo and rustc are called.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The checkout.
pub(crate) fn root() -> PathBuf {
    // Asked at run time: the binary may have been built for another checkout with the same target
    // directory.
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or(here.clone(), Path::to_path_buf)
}

/// Cargo's target directory: all that is built or installed for this checkout lies in it.
pub(crate) fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The cargo that runs us, as a person would have called it from the root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    // `cargo run` describes this package to us. Build scripts that watch these variables would be
    // run again each time somebody comes through this door.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|p| text.starts_with(p)) {
            command.env_remove(&name);
        }
    }
    command
}

/// What a program prints, trimmed; its failure is an error that carries what it said.
pub(crate) fn output_of(mut command: Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot start `{program}`"))?;
    if !output.status.success() {
        bail!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What `PROGRAM ARGUMENTS…` prints, or nothing when it cannot run or fails.
pub(crate) fn ask(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments);
    output_of(command).ok()
}

/// The rustc in use.
pub(crate) fn rustc() -> std::ffi::OsString {
    env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// What `cargo metadata` says of the whole graph.
pub(crate) fn metadata() -> Result<serde_json::Value> {
    let text = output_of(cargo(&["metadata", "--format-version=1", "--all-features"]))?;
    serde_json::from_str(&text).context("cargo metadata did not print JSON")
}
