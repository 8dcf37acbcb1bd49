//! The npm package `@secureflows/mock`: a launcher in JavaScript, and beside it the mock's program for this platform.

use std::env::consts::{ARCH, EXE_SUFFIX, OS};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{needs, step, workspace};

/// Builds the program, packs it, and starts it from the tarball as its users do. Gives the tarball.
pub(crate) fn pack() -> Result<PathBuf> {
    let build = workspace::cargo(&["build", "--release", "--package", "secureflows-mock"]);
    step::quiet("cargo build --release --package secureflows-mock", build)?;
    let name = format!("secureflows-mock{EXE_SUFFIX}");
    let home = workspace::root().join("sdk-wasm/mock");
    take(&workspace::target().join("release").join(&name), &home.join("bin").join(host()), &name)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(workspace::root().join(licence), home.join(licence))?;
    }
    let folder = workspace::target().join("web/mock");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let mut pack = needs::node("npm");
    pack.current_dir(&home).args(["pack", "--ignore-scripts", "--pack-destination"]).arg(&folder);
    step::quiet("npm pack, of the mock", pack)?;
    let tarball = folder.join(format!("secureflows-mock-{}.tgz", version(&home)?));
    try_out(&folder, &tarball)?;
    Ok(tarball)
}

/// Puts the program where the launcher looks for it, and nothing of another platform's beside it.
fn take(program: &Path, folder: &Path, name: &str) -> Result<()> {
    if let Some(all) = folder.parent() {
        let _ = fs::remove_dir_all(all);
    }
    fs::create_dir_all(folder)?;
    fs::copy(program, folder.join(name)).with_context(|| program.display().to_string())?;
    Ok(())
}

fn try_out(folder: &Path, tarball: &Path) -> Result<()> {
    fs::write(folder.join("package.json"), "{\"private\":true}\n")?;
    let mut install = needs::node("npm");
    install.current_dir(folder).args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]);
    install.arg(tarball);
    step::quiet("npm install, of the mock's tarball", install)?;
    let mut start = needs::node("npm");
    start.current_dir(folder).args(["exec", "--offline", "--", "secureflows-mock", "--version"]);
    step::quiet("secureflows-mock --version, of the tarball", start)
}

fn version(home: &Path) -> Result<String> {
    let package: Value = serde_json::from_slice(&fs::read(home.join("package.json"))?)?;
    Ok(package
        .get("version")
        .and_then(Value::as_str)
        .context("package.json has no version")?
        .to_owned())
}

/// This platform, as Node calls it.
fn host() -> String {
    format!("{}-{}", platform(OS), architecture(ARCH))
}

fn platform(os: &str) -> &str {
    match os {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    }
}

fn architecture(arch: &str) -> &str {
    match arch {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_called_as_node_calls_them() {
        for (os, arch, name) in [
            ("linux", "x86_64", "linux-x64"),
            ("macos", "aarch64", "darwin-arm64"),
            ("windows", "x86_64", "win32-x64"),
            ("linux", "arm", "linux-arm"),
        ] {
            assert_eq!(format!("{}-{}", platform(os), architecture(arch)), name);
        }
    }

    #[test]
    fn the_package_is_of_the_version_of_the_crate() {
        let home = workspace::root().join("sdk-wasm/mock");
        assert_eq!(version(&home).unwrap(), env!("CARGO_PKG_VERSION"));
    }
}
