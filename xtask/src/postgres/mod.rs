//! The mock over a real PostgreSQL: the suite that it passes in memory, and what only a database can show.

mod server;

use std::env;
use std::path::PathBuf;

use anyhow::Result;

pub(crate) use server::{Disk, Server};

use crate::{step, workspace};

/// Tests that need a server are ignored elsewhere: here they are run as well.
const SUITE: &[&str] =
    &["test", "--package", "secureflows-mock", "--all-features", "--tests", "--no-fail-fast"];

/// The chaos run against instances that are killed on the way.
const CHAOS: &[&str] = &["test", "--package", "secureflows-tests", "--test", "chaos", "instances"];

pub(crate) fn test() -> Result<()> {
    let server = Server::start(Disk::NoSync, &program(&[])?)?;
    // Fifty clients keep these busy. It is the build that the npm package of the mock takes as well.
    let instances = program(&["--release"])?;
    for arguments in [SUITE, CHAOS] {
        let mut command = workspace::cargo(arguments);
        command.args(["--", "--include-ignored"]);
        server.tell(&mut command);
        command.env("SECUREFLOWS_MOCK", &instances);
        step::open(&format!("cargo {} over PostgreSQL", arguments.join(" ")), command)?;
    }
    Ok(())
}

/// The mock, built with these options.
fn program(options: &[&str]) -> Result<PathBuf> {
    let arguments = [&["build", "--package", "secureflows-mock"], options].concat();
    step::quiet(&format!("cargo {}", arguments.join(" ")), workspace::cargo(&arguments))?;
    let profile = if options.is_empty() { "debug" } else { "release" };
    Ok(workspace::target().join(format!("{profile}/secureflows-mock{}", env::consts::EXE_SUFFIX)))
}
