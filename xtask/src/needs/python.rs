//! Python environments of our own, in the target directory.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use anyhow::{Result, bail};

use crate::{apt, step, workspace};

/// What the Python package is built and tested with: every package with its version and hashes.
const REQUIREMENTS: &str = include_str!("../../../sdk-mobile/python/requirements.txt");

pub(super) const HOW: &str = "python3 -m venv target/tools/python && \
    target/tools/python/bin/pip install --require-hashes -r sdk-mobile/python/requirements.txt";

/// The Python that has it.
pub(crate) fn program() -> PathBuf {
    workspace::target().join("tools/python/bin/python")
}

pub(super) fn found() -> Option<String> {
    let installed = workspace::ask(program(), &["-m", "pip", "freeze", "--all"])?;
    let version = workspace::ask(program(), &["--version"])?;
    is_complete(REQUIREMENTS, &installed).then_some(version)
}

pub(super) fn install() -> Result<()> {
    let pinned = ["--require-hashes", "-r", "sdk-mobile/python/requirements.txt"];
    environment(&workspace::target().join("tools/python"), "hatchling, mypy and pytest", &pinned)
}

/// Whether everything that is pinned for every system is there, as `pip freeze` lists it.
pub(super) fn is_complete(requirements: &str, installed: &str) -> bool {
    let installed: Vec<String> = installed.lines().map(plain).collect();
    pinned(requirements).all(|pin| installed.contains(&pin))
}

/// `name==version` of what is pinned, less what only some systems need.
pub(super) fn pinned(requirements: &str) -> impl Iterator<Item = String> {
    let pins = requirements.lines().filter(|line| line.contains("==") && !line.contains(';'));
    pins.filter(|line| !line.starts_with('#')).map(|line| plain(line.trim_end_matches('\\')))
}

/// Names differ in case, `-` and `_` without being different.
fn plain(package: &str) -> String {
    package.trim().to_lowercase().replace('_', "-")
}

/// Makes an environment at `home`, in place of what was there, and installs what `requirements` say.
pub(super) fn environment(home: &Path, what: &str, requirements: &[&str]) -> Result<()> {
    if workspace::ask("python3", &["-m", "ensurepip", "--version"]).is_none() {
        if !apt::here() {
            bail!("install Python 3.11 or newer, with its modules venv and ensurepip");
        }
        apt::install(&["python3-venv"])?;
    }
    match fs::remove_dir_all(home) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv"]).arg(home);
    step::quiet(&format!("python3 -m venv, for {what}"), make)?;
    let mut install = Command::new(home.join("bin/python"));
    install.current_dir(workspace::root());
    install.args(["-m", "pip", "install", "--disable-pip-version-check"]).args(requirements);
    step::quiet(&format!("pip install {what}"), install)
}
