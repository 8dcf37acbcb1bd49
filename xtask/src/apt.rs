//! Debian's packages.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::{step, workspace};

/// Whether this is a Debian, or one of its kind.
pub(crate) fn here() -> bool {
    Path::new("/etc/debian_version").exists()
}

/// `apt-get install` of these, after an update.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    get(&["update"])?;
    get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

fn get(arguments: &[&str]) -> Result<()> {
    let root = workspace::ask("id", &["-u"]).as_deref() == Some("0");
    let mut command = Command::new(if root { "apt-get" } else { "sudo" });
    command.args((!root).then_some("apt-get")).args(arguments);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    let label = format!("apt-get {}", arguments.join(" "));
    // sudo may ask for a password: then nothing may write over the question.
    if root { step::quiet(&label, command) } else { step::open(&label, command) }
}
