//! The fallback where rustup's target cannot be fetched: Debian's newer compiler, which ships the
//! source of the standard library, and a sysroot that we build from it once (about 40 s).
//!
//! Ordinary stable cargo works with that sysroot afterwards. All of it lies in `target/wasm-web`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, Result, bail};

use super::TARGET;
use super::toolchain::{self, Toolchain};
use crate::{apt, step, workspace};

/// Where Debian's packages put it; a rustup in front of it on the path does not hide it.
const RUSTC: &str = "/usr/bin/rustc";
const PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];
const LINKER: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";

/// The toolchain, when its sysroot was built by the compiler that is installed now.
pub(super) fn find() -> Option<Toolchain> {
    let built_by = fs::read_to_string(stamp()).ok()?;
    let version = version().filter(|version| *version == built_by)?;
    let mut flags = OsString::from("--sysroot=");
    flags.push(sysroot());
    Some(Toolchain {
        version: format!("{} (Debian)", toolchain::version(&version)?),
        environment: vec![
            ("RUSTC", RUSTC.into()),
            ("RUSTFLAGS", flags),
            (LINKER, linker().ok()?.into()),
        ],
        target_directory: home().join("build"),
    })
}

pub(super) fn install() -> Result<Toolchain> {
    apt::install(&PACKAGES)?;
    let libraries = build_std()?;
    lay_out_sysroot(&libraries)?;
    find().context("the sysroot was built, but is not found")
}

/// Builds the standard library as a dependency of an empty crate; answers where it lies.
fn build_std() -> Result<PathBuf> {
    let seed = home().join("seed");
    fs::create_dir_all(seed.join("src"))?;
    let manifest = "[package]\nname = \"seed\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(seed.join("Cargo.toml"), manifest)?;
    fs::write(seed.join("src/lib.rs"), "")?;

    let arguments = ["build", "-Zbuild-std=std,panic_abort,test", "--release", "--target", TARGET];
    let mut command = workspace::cargo(&arguments);
    command.current_dir(&seed).env("RUSTC", RUSTC).env("CARGO_TARGET_DIR", seed.join("target"));
    // Building std is what the bootstrap switch is for; link-time optimisation needs its bitcode.
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Cembed-bitcode=yes");
    command.env(LINKER, linker()?);
    step::quiet("build the standard library for wasm", command)?;
    Ok(seed.join("target").join(TARGET).join("release/deps"))
}

fn lay_out_sysroot(libraries: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(sysroot());
    let rustlib = sysroot().join("lib/rustlib");
    let destination = rustlib.join(TARGET).join("lib");
    fs::create_dir_all(&destination)?;
    for entry in fs::read_dir(libraries)? {
        let file = entry?.path();
        let name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if name.ends_with(".rlib") && !name.starts_with("libseed") {
            fs::copy(&file, destination.join(name))?;
        }
    }
    // Build scripts and macros run on this machine and need its own library.
    let host = host()?;
    let own = workspace::ask(RUSTC, &["--print=sysroot"]).context("Debian's rustc is missing")?;
    link(&Path::new(&own).join("lib/rustlib").join(&host), &rustlib.join(&host))?;
    // Written last: half a sysroot has no stamp.
    fs::write(stamp(), version().context("Debian's rustc is missing")?)?;
    fs::remove_dir_all(home().join("seed")).or_else(|_| Ok(()))
}

/// The rustup toolchain's linker: Debian's package has none for wasm.
fn linker() -> Result<PathBuf> {
    let sysroot = workspace::ask("rustc", &["--print=sysroot"]).context("rustc is missing")?;
    let linker = Path::new(&sysroot).join("lib/rustlib").join(host()?).join("bin/rust-lld");
    if !linker.is_file() {
        bail!("{} is missing: it comes with a Rust installed by rustup", linker.display());
    }
    Ok(linker)
}

fn host() -> Result<String> {
    let version = version().context("Debian's rustc is missing")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not name its host")
}

fn version() -> Option<String> {
    workspace::ask(RUSTC, &["--version", "--verbose"])
}

fn home() -> PathBuf {
    workspace::target().join("wasm-web")
}

fn sysroot() -> PathBuf {
    home().join("sysroot")
}

fn stamp() -> PathBuf {
    sysroot().join("built-by")
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
