//! The library for Apple's systems: one slice for each, in `SecureFlowsFFI.xcframework`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::PACKAGE;
use crate::{step, workspace};

/// A slice: the targets of Rust whose libraries are one file in it.
const SLICES: [(&str, &[&str]); 3] = [
    ("ios", &["aarch64-apple-ios"]),
    ("ios-simulator", &["aarch64-apple-ios-sim", "x86_64-apple-ios"]),
    ("macos", &["aarch64-apple-darwin", "x86_64-apple-darwin"]),
];
const LIBRARY: &str = "libsecureflows_mobile.a";

/// Only a Mac has what it takes.
pub(super) fn check_system(system: &str) -> Result<()> {
    if system != "macos" {
        bail!(
            "an XCFramework is built on a Mac with Xcode: run `cargo xtask swift --xcframework` there"
        );
    }
    Ok(())
}

/// Builds it into `package`, with the header that was generated into `made`.
pub(super) fn make(made: &Path, package: &Path) -> Result<()> {
    let work = workspace::target().join("xcframework");
    let headers = headers(made, &work)?;
    let framework = package.join("SecureFlowsFFI.xcframework");
    if framework.exists() {
        fs::remove_dir_all(&framework).context("the old framework")?;
    }
    let mut create = Command::new("xcodebuild");
    create.arg("-create-xcframework");
    for (slice, targets) in SLICES {
        let library = library(slice, targets, &work)?;
        create.arg("-library").arg(library).arg("-headers").arg(&headers);
    }
    create.arg("-output").arg(&framework);
    step::quiet("xcodebuild -create-xcframework", create)
}

/// The header and its module map, in a folder that no other framework has: all of an app's headers go
/// to one place.
fn headers(made: &Path, work: &Path) -> Result<PathBuf> {
    let headers = work.join("headers");
    let folder = headers.join("SecureFlowsFFI");
    fs::create_dir_all(&folder)?;
    fs::copy(made.join("SecureFlowsFFI.h"), folder.join("SecureFlowsFFI.h"))?;
    fs::write(folder.join("module.modulemap"), MODULE_MAP)?;
    Ok(headers)
}

const MODULE_MAP: &str =
    "module SecureFlowsFFI {\n    header \"SecureFlowsFFI.h\"\n    export *\n}\n";

/// One file of the libraries of `targets`.
fn library(slice: &str, targets: &[&str], work: &Path) -> Result<PathBuf> {
    let mut built = Vec::new();
    for target in targets {
        let build = ["build", "--package", PACKAGE, "--profile", "mobile", "--lib", "--target"];
        let mut build = workspace::cargo(&build);
        build.arg(target);
        build.env("IPHONEOS_DEPLOYMENT_TARGET", "15.0").env("MACOSX_DEPLOYMENT_TARGET", "12.0");
        step::quiet(&format!("cargo build --target {target}"), build)?;
        built.push(workspace::target().join(target).join("mobile").join(LIBRARY));
    }
    let folder = work.join(slice);
    fs::create_dir_all(&folder)?;
    let joined = folder.join(LIBRARY);
    let mut join = Command::new("lipo");
    join.arg("-create").args(&built).arg("-output").arg(&joined);
    step::quiet(&format!("lipo -create, for {slice}"), join)?;
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elsewhere_than_on_a_mac_it_is_refused_and_says_so() {
        assert!(check_system("macos").is_ok());
        let error = check_system("linux").unwrap_err().to_string();
        assert!(error.contains("on a Mac"), "{error}");
    }
}
