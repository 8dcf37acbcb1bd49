//! Python environments of our own, in the target directory.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use anyhow::{Result, bail};

use crate::{apt, step, workspace};

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
