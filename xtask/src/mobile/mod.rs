//! The mobile packages: the library, its size, its bindings, and who stands on them.

mod android;
mod kotlin;
mod ndk;
mod python;
mod swift;
mod xcframework;

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{step, workspace};

pub(crate) use android::{run as build_android, test as android};
pub(crate) use kotlin::{consumer as kotlin_program, install as install_kotlin, test as kotlin};
pub(crate) use python::{install as install_python, test as python};
pub(crate) use swift::{Wanted, run as swift, test as test_swift};

/// What the library may weigh, stripped: 1 MB.
const MOST_BYTES: u64 = 1_000_000;
const PACKAGE: &str = "secureflows-mobile";

/// The library is small, and has what the bindings call.
pub(crate) fn library() -> Result<()> {
    build()?;
    step::check("the stripped library is at most 1 MB", || {
        check_size(fs::metadata(stripped()?)?.len())
    })
}

/// Builds the library, whole: what bindings are generated from.
fn build() -> Result<()> {
    let library =
        workspace::cargo(&["build", "--package", PACKAGE, "--profile", "mobile", "--lib"]);
    step::quiet("cargo build --package secureflows-mobile --profile mobile", library)
}

/// The built library without its symbols and the bindings' own data: what a package carries.
fn stripped() -> Result<PathBuf> {
    let folder = workspace::target().join("mobile/packed");
    fs::create_dir_all(&folder)?;
    let stripped = folder.join(library_name());
    let mut strip = Command::new("strip");
    // Apple's own must keep what others link to.
    strip.args(cfg!(target_os = "macos").then_some("-x"));
    strip.arg("-o").arg(&stripped).arg(library_path());
    workspace::output_of(strip)?;
    Ok(stripped)
}

/// From the library itself, by a generator of the same workspace: the two cannot drift apart.
fn generate(language: &str) -> Result<()> {
    let folder = bindings(language);
    if folder.exists() {
        fs::remove_dir_all(&folder).context("old bindings")?;
    }
    let mut generate = workspace::cargo(&["run", "--quiet", "--package", PACKAGE]);
    generate.args([
        "--features",
        "cli",
        "--bin",
        "uniffi-bindgen",
        "--",
        "generate",
        "--no-format",
    ]);
    generate.arg("--library").arg(library_path()).args(["--language", language]);
    generate.arg("--out-dir").arg(&folder);
    step::quiet(&format!("uniffi-bindgen generate --language {language}"), generate)
}

/// The beginning of a command that runs beside a world of its own.
fn beside_a_mock() -> Result<Command> {
    let mut command = mock()?;
    command.args(["exec", "--"]);
    Ok(command)
}

/// Builds the mock's program; gives the beginning of its command.
pub(crate) fn mock() -> Result<Command> {
    let mock = workspace::cargo(&["build", "--package", "secureflows-mock"]);
    step::quiet("cargo build --package secureflows-mock", mock)?;
    Ok(Command::new(workspace::target().join(format!("debug/secureflows-mock{EXE_SUFFIX}"))))
}

fn bindings(language: &str) -> PathBuf {
    workspace::target().join("bindings").join(language)
}

fn library_path() -> PathBuf {
    workspace::target().join("mobile").join(library_name())
}

fn library_name() -> String {
    format!("{DLL_PREFIX}secureflows_mobile{DLL_SUFFIX}")
}

fn check_size(bytes: u64) -> Result<String> {
    if bytes <= MOST_BYTES {
        return Ok(format!("{bytes} bytes"));
    }
    bail!("it is {bytes} bytes, {MOST_BYTES} at most; `cargo bloat` shows what is in it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_of_more_than_a_megabyte_is_refused() {
        assert!(check_size(MOST_BYTES).is_ok());
        assert!(check_size(MOST_BYTES + 1).is_err());
    }
}
