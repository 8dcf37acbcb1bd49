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
    let build = workspace::cargo(&["build", "--package", "secureflows-mock"]);
    step::quiet("cargo build --package secureflows-mock", build)?;
    let server = Server::start(Disk::NoSync, &program())?;
    for arguments in [SUITE, CHAOS] {
        let mut command = workspace::cargo(arguments);
        command.args(["--", "--include-ignored"]);
        server.tell(&mut command);
        command.env("SECUREFLOWS_MOCK", program());
        step::open(&format!("cargo {} over PostgreSQL", arguments.join(" ")), command)?;
    }
    Ok(())
}

fn program() -> PathBuf {
    workspace::target().join(format!("debug/secureflows-mock{}", env::consts::EXE_SUFFIX))
}
