//! Which compiler builds for wasm here. The one place that decides.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::{TARGET, debian};
use crate::needs::rustup;
use crate::{apt, say, workspace};

/// Set to `debian`, it takes the fallback although rustup could help: so the fallback can be tried.
const FORCE: &str = "SECUREFLOWS_WASM_TOOLCHAIN";

/// How to call cargo so that it builds for wasm.
#[derive(Debug)]
pub(crate) struct Toolchain {
    pub(crate) version: String,
    pub(super) environment: Vec<(&'static str, OsString)>,
    /// Each compiler has its own, or they would rebuild each other's crates all the time.
    pub(super) target_directory: PathBuf,
}

impl Toolchain {
    /// Where it builds.
    pub(crate) fn target_directory(&self) -> &Path {
        &self.target_directory
    }

    /// A cargo command with this toolchain's environment.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = workspace::cargo(arguments);
        command.env("CARGO_TARGET_DIR", &self.target_directory);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// A toolchain that is ready, if there is one.
pub(crate) fn find() -> Option<Toolchain> {
    let ready = if forced() { None } else { stable() };
    ready.or_else(debian::find)
}

/// A toolchain, installed if need be: the target of the rustc in use; where rustup cannot fetch it,
/// Debian's compiler with a standard library that we build once.
pub(crate) fn toolchain() -> Result<Toolchain> {
    if let Some(ready) = find() {
        return Ok(ready);
    }
    if !forced() {
        match rustup::add("target", TARGET) {
            Ok(()) => return stable().context("rustup added the target, but it is not found"),
            Err(error) if !apt::here() => return Err(error),
            Err(error) => say::line(&format!("  {error:#}\n  taking Debian's compiler instead")),
        }
    }
    debian::install()
}

/// The rustc in use, when it brings a standard library for wasm.
fn stable() -> Option<Toolchain> {
    let rustc = workspace::rustc();
    let library = workspace::ask(&rustc, &["--print=target-libdir", "--target", TARGET])?;
    PathBuf::from(library).is_dir().then_some(())?;
    Some(Toolchain {
        version: version(&workspace::ask(&rustc, &["--version"])?)?,
        environment: Vec::new(),
        target_directory: workspace::target().join("wasm"),
    })
}

/// `1.95.0` of `rustc 1.95.0 (59807616e 2026-04-14)`.
pub(super) fn version(text: &str) -> Option<String> {
    text.split_whitespace().nth(1).map(str::to_owned)
}

fn forced() -> bool {
    env::var(FORCE).is_ok_and(|value| value == "debian")
}
