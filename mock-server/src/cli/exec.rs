//! `exec`: a command beside a world of its own.

use std::{ffi::OsString, process::ExitCode};

use tokio::process::{Child, Command};

use super::{
    arguments,
    failure::Failure,
    place::Place,
    signals::{Signal, Signals},
};

const NODE_CA: &str = "NODE_EXTRA_CA_CERTS";

pub(super) async fn run(options: &arguments::Exec) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen()?;
    let place = Place::open(&options.world, 0).await?;
    let mut words = options.command.iter();
    // The parser has seen to it that there is one.
    let program = words.next().cloned().unwrap_or_default();
    let mut command = Command::new(&program);
    command.args(words).envs(environment(&place));
    let mut child =
        command.spawn().map_err(|source| Failure::Command { command: program, source })?;
    let status = loop {
        tokio::select! {
            ended = child.wait() => break ended,
            signal = signals.next() => forward(&child, signal),
        }
    };
    let status =
        status.map_err(|source| Failure::System { doing: "wait for the command", source })?;
    Ok(code(status))
}

/// How the command reaches the world.
fn environment(place: &Place) -> Vec<(&'static str, OsString)> {
    let mut variables = vec![
        ("SECUREFLOWS_ORIGIN", place.base_url().into()),
        ("SECUREFLOWS_CONTROL_URL", place.control_url().into()),
    ];
    if let Some((workspace, app_id)) = place.application() {
        variables.push(("SECUREFLOWS_WORKSPACE", workspace.into()));
        variables.push(("SECUREFLOWS_APP_ID", app_id.into()));
    }
    if let Some(trust) = &place.trust {
        variables.push(("SECUREFLOWS_CA_FILE", trust.file().into()));
        // It adds to what Node trusts; the like of other clients would take the place of all they trust.
        if std::env::var_os(NODE_CA).is_none() {
            variables.push((NODE_CA, trust.file().into()));
        }
    }
    variables
}

/// Hands a signal on, except a Ctrl-C, which the terminal sends to the command as well.
#[cfg(unix)]
fn forward(child: &Child, signal: Signal) {
    use std::io::IsTerminal as _;

    use rustix::process::{Pid, kill_process};

    let from_terminal = std::io::stdin().is_terminal() || std::io::stderr().is_terminal();
    let signal = match signal {
        Signal::Interrupt if from_terminal => return,
        Signal::Interrupt => rustix::process::Signal::INT,
        Signal::Terminate => rustix::process::Signal::TERM,
    };
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // It fails when the command has just ended, which is what was wanted.
        let _ = kill_process(pid, signal);
    }
}

/// A console's Ctrl-C reaches the command by itself.
#[cfg(not(unix))]
fn forward(_child: &Child, _signal: Signal) {}

/// The command's own code; 128 and the signal's number when a signal ended it, as shells have it.
fn code(status: std::process::ExitStatus) -> ExitCode {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return u8::try_from(128 + signal).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
