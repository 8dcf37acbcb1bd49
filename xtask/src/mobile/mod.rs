//! The mobile packages: the library, its size, its bindings, and who stands on them.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{scenarios, step, workspace};

/// What the library may weigh, stripped: 1 MB.
const MOST_BYTES: u64 = 1_000_000;
const PACKAGE: &str = "secureflows-mobile";

/// The library is small, and has what the bindings call.
pub(crate) fn library() -> Result<()> {
    build()?;
    step::check("the stripped library is at most 1 MB", || {
        let stripped = workspace::target().join("mobile/stripped");
        let mut strip = Command::new("strip");
        strip.arg("-o").arg(&stripped).arg(library_path());
        workspace::output_of(strip)?;
        check_size(fs::metadata(&stripped)?.len())
    })
}

/// The Kotlin package on the JVM, against the mock.
pub(crate) fn kotlin() -> Result<()> {
    build()?;
    generate("kotlin")?;
    let mock = workspace::cargo(&["build", "--package", "secureflows-mock"]);
    step::quiet("cargo build --package secureflows-mock", mock)?;
    let report = scenarios::Report::new("kotlin")?;
    let program = format!("debug/secureflows-mock{}", std::env::consts::EXE_SUFFIX);
    let mut test = Command::new(workspace::target().join(program));
    test.current_dir(workspace::root().join("sdk-mobile/kotlin"));
    test.args(["exec", "--", "mvn", "--quiet", "--batch-mode", "test"]);
    test.arg(format!("-Dmaven.repo.local={}", workspace::target().join("maven").display()));
    test.arg(format!("-Dbindings={}", bindings("kotlin").display()));
    test.arg(format!("-Dlibrary={}", workspace::target().join("mobile").display()));
    test.env(scenarios::REPORT, report.path());
    step::quiet("mvn test", test)?;
    step::check("every listed scenario was run", || report.check())
}

fn build() -> Result<()> {
    let library =
        workspace::cargo(&["build", "--package", PACKAGE, "--profile", "mobile", "--lib"]);
    step::quiet("cargo build --package secureflows-mobile --profile mobile", library)
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

fn bindings(language: &str) -> PathBuf {
    workspace::target().join("bindings").join(language)
}

fn library_path() -> PathBuf {
    workspace::target().join(format!("mobile/{DLL_PREFIX}secureflows_mobile{DLL_SUFFIX}"))
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
