//! The package itself, with npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::module;
use crate::{needs, step, workspace};

fn home() -> PathBuf {
    workspace::root().join("sdk-wasm/web")
}

/// Where the packed package is installed, as its users have it.
pub(crate) fn installed() -> PathBuf {
    workspace::target().join("web/installed")
}

/// A program that the package is built with.
pub(super) fn tool(name: &str) -> Command {
    let mut command = needs::node("node");
    command.current_dir(home()).arg(home().join("node_modules/.bin").join(name));
    command
}

/// What the package is built and tested with, at the versions of its lock file.
pub(super) fn install_tools() -> Result<()> {
    let lock = fs::read(home().join("package-lock.json")).context("package-lock.json")?;
    let stamp = home().join("node_modules/.installed-by-xtask");
    if fs::read(&stamp).is_ok_and(|stamped| stamped == lock) {
        return Ok(());
    }
    let mut npm = needs::node("npm");
    npm.current_dir(home()).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    step::quiet("npm ci", npm)?;
    Ok(fs::write(stamp, lock)?)
}

pub(super) fn build() -> Result<()> {
    let mut build = needs::node("node");
    build.current_dir(home()).args(["build.js", "--core"]).arg(module::file());
    step::quiet("node build.js, types checked", build)
}

/// Packs it, and installs the tarball into a folder that knows nothing of this checkout.
pub(super) fn install() -> Result<()> {
    let folder = installed();
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(workspace::root().join(licence), home().join(licence))?;
    }
    let mut pack = needs::node("npm");
    pack.current_dir(home()).args(["pack", "--ignore-scripts", "--pack-destination"]).arg(&folder);
    step::quiet("npm pack", pack)?;
    fs::write(folder.join("package.json"), "{\"private\":true}\n")?;
    let mut install = needs::node("npm");
    install.current_dir(&folder).args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]);
    // Beside it what it is a guest of, as in an app.
    let manifest = fs::read_to_string(home().join("package.json"))?;
    let manifest: Value = serde_json::from_str(&manifest)?;
    let react = manifest.pointer("/devDependencies/react").and_then(Value::as_str);
    let react = format!("react@{}", react.context("package.json names no react to test with")?);
    install.arg(tarball(&folder)?).arg(react);
    step::quiet("npm install, of the tarball", install)
}

fn tarball(folder: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let found = entries.into_iter().map(|entry| entry.path());
    let mut found = found.filter(|path| path.extension().is_some_and(|end| end == "tgz"));
    found.next().context("npm packed nothing")
}

/// Measures it in Chromium.
pub(super) fn bench() -> Result<()> {
    let mut bench = needs::node("node");
    bench.current_dir(home()).arg("bench/bench.js");
    bench.env("SECUREFLOWS_WEB_PACKAGE", installed());
    bench.env("SECUREFLOWS_MOCK_BIN", workspace::target().join("release/secureflows-mock"));
    bench.env("CHROMIUM", needs::chromium());
    step::open("node bench/bench.js", bench)
}

/// Runs every test of the package on what is installed.
pub(super) fn test(environment: &[(&str, &Path)]) -> Result<()> {
    let mut tests = needs::node("node");
    tests.current_dir(home()).args(["tests/run.js"]);
    tests.env("SECUREFLOWS_WEB_PACKAGE", installed());
    tests.env("SECUREFLOWS_MOCK_BIN", workspace::target().join("debug/secureflows-mock"));
    tests.env("CHROMIUM", needs::chromium());
    tests.envs(environment.iter().copied());
    step::open("node tests/run.js", tests)
}
