//! PostgreSQL's programs, to run a server of our own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::{apt, workspace};

pub(super) const HOW: &str = "apt-get install postgresql";

/// Debian keeps each version's programs in a folder of its own, off the `PATH`.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The oldest that has all that the tables ask for.
const OLDEST: u32 = 15;

/// The folder of `initdb` and `postgres`, the newest there is.
pub(crate) fn folder() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let versions = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let newest = versions.filter(|version| *version >= OLDEST).max();
    let debian = newest.map(|version| Path::new(DEBIAN).join(version.to_string()).join("bin"));
    // Elsewhere they are on the `PATH`, where a folder before the name is not needed.
    debian.filter(|folder| folder.join("initdb").exists()).or_else(|| on_path().then(PathBuf::new))
}

pub(super) fn found() -> Option<String> {
    workspace::ask("psql", &["--version"])?;
    workspace::ask(folder()?.join("postgres"), &["--version"])
        .map(|version| version.trim_start_matches("postgres (PostgreSQL) ").to_owned())
}

pub(super) fn install() -> Result<()> {
    if !apt::here() {
        bail!("install PostgreSQL, {OLDEST} or newer, with its programs on the PATH");
    }
    apt::install(&["postgresql"])
}

fn on_path() -> bool {
    let Some(said) = workspace::ask("postgres", &["--version"]) else { return false };
    let version = said.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok());
    version.is_some_and(|version: u32| version >= OLDEST)
}
