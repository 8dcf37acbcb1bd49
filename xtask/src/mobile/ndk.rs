//! Android's NDK, and what else its libraries are built with.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::workspace;

/// An NDK that is at hand.
#[derive(Debug)]
pub(crate) struct Ndk {
    pub(crate) home: PathBuf,
    pub(crate) strip: PathBuf,
}

impl Ndk {
    /// Looks for the NDK, cargo-ndk and the rustc targets; the error names all that is missing.
    pub(crate) fn find(targets: &[&str]) -> Result<Self> {
        let homes = ["ANDROID_NDK_HOME", "ANDROID_NDK_ROOT"].map(env::var_os);
        let sdks = ["ANDROID_HOME", "ANDROID_SDK_ROOT"].map(env::var_os);
        let homes = homes.into_iter().flatten().map(PathBuf::from);
        let ndk = homes.chain(sdks.into_iter().flatten().filter_map(newest)).find_map(in_folder);
        let cargo_ndk = workspace::ask("cargo-ndk", &["--version"]);
        let installed = workspace::ask("rustup", &["target", "list", "--installed"]);
        match missing(ndk.is_some(), cargo_ndk.is_some(), installed.as_deref(), targets) {
            text if !text.is_empty() => bail!("the Android libraries need{text}"),
            _ => ndk.ok_or_else(|| anyhow::anyhow!("there is no NDK")),
        }
    }
}

fn missing(ndk: bool, cargo_ndk: bool, installed: Option<&str>, targets: &[&str]) -> String {
    let mut text = String::new();
    if !ndk {
        text += "\n  the NDK, r27 or newer: `sdkmanager \"ndk;27.2.12479018\"`, then set ANDROID_HOME or \
            ANDROID_NDK_HOME";
    }
    if !cargo_ndk {
        text += "\n  cargo-ndk: `cargo install cargo-ndk --version ^4`";
    }
    let there = |target: &&&str| installed.unwrap_or_default().lines().any(|line| line == **target);
    let absent: Vec<&str> = targets.iter().filter(|target| !there(target)).copied().collect();
    if !absent.is_empty() {
        text += &format!("\n  the targets of Rust: `rustup target add {}`", absent.join(" "));
    }
    text
}

/// The newest of the NDKs that the SDK in `sdk` has beside each other.
fn newest(sdk: OsString) -> Option<PathBuf> {
    let folders = fs::read_dir(PathBuf::from(sdk).join("ndk")).ok()?;
    let number = |path: &PathBuf| {
        let name = path.file_name()?.to_str()?;
        name.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>()
    };
    folders.filter_map(|folder| Some(folder.ok()?.path())).max_by_key(number)
}

fn in_folder(home: PathBuf) -> Option<Ndk> {
    let hosts = fs::read_dir(home.join("toolchains/llvm/prebuilt")).ok()?;
    let strips = hosts.filter_map(|host| Some(host.ok()?.path().join("bin/llvm-strip")));
    let strip = strips.into_iter().find(|strip| strip.exists())?;
    Some(Ndk { home, strip })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_missing_is_named_at_once() {
        let text = missing(
            false,
            false,
            Some("x86_64-linux-android"),
            &["x86_64-linux-android", "i686-linux-android"],
        );
        assert!(
            text.contains("ANDROID_NDK_HOME") && text.contains("cargo install cargo-ndk"),
            "{text}"
        );
        assert!(text.contains("target add i686-linux-android`"), "{text}");
    }

    #[test]
    fn nothing_is_missing() {
        assert_eq!(missing(true, true, Some("a\nb"), &["a", "b"]), "");
    }
}
