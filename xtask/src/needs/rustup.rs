//! Components and targets of the Rust toolchain in use.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{step, workspace};

/// `rustup component add NAME` or `rustup target add NAME`.
pub(crate) fn add(kind: &str, name: &str) -> Result<()> {
    if !present() {
        bail!("there is no rustup here: install the {kind} {name} the way Rust was installed");
    }
    let mut command = Command::new("rustup");
    command.current_dir(workspace::root()).args([kind, "add", name]);
    step::quiet(&format!("rustup {kind} add {name}"), command)
}

pub(crate) fn present() -> bool {
    workspace::ask("rustup", &["--version"]).is_some()
}

/// Asks the program itself: rustup leaves stand-ins on the path for components that are not there,
/// and those fail.
pub(crate) fn version_of(program: &str) -> Option<String> {
    let answer = workspace::ask(program, &["--version"])?;
    answer.split_whitespace().nth(1).map(str::to_owned)
}
