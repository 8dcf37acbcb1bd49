//! Chromium, for what only a browser can show.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{apt, workspace};

/// Where Debian's package puts it. Tests take another from `CHROMIUM`.
const PROGRAM: &str = "/usr/bin/chromium";

/// The program to run.
pub(crate) fn program() -> String {
    std::env::var("CHROMIUM").unwrap_or_else(|_| PROGRAM.to_owned())
}

pub(super) fn found() -> Option<String> {
    let version = workspace::ask(program(), &["--version"])?;
    version.split_whitespace().nth(1).map(str::to_owned)
}

pub(super) fn install() -> Result<()> {
    if !apt::here() {
        bail!("install Chromium, and say in CHROMIUM where it is");
    }
    apt::install(&["chromium"])?;
    if !Path::new(PROGRAM).exists() {
        bail!("Debian's chromium is installed, but {PROGRAM} is missing");
    }
    Ok(())
}
