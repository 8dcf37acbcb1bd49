//! Maven and a Java that it runs on.

use anyhow::{Result, bail};

use crate::{apt, workspace};

pub(super) const HOW: &str = "apt-get install maven default-jdk-headless";

pub(super) fn found() -> Option<String> {
    workspace::ask("javac", &["-version"])?;
    let version = workspace::ask("mvn", &["--version", "--batch-mode"])?;
    version.lines().next().map(|line| line.trim_start_matches("Apache ").to_owned())
}

pub(super) fn install() -> Result<()> {
    if !apt::here() {
        bail!("install a JDK, 17 or newer, and Maven, 3.8 or newer");
    }
    apt::install(&["maven", "default-jdk-headless"])
}
