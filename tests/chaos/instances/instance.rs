//! One process of the platform, which ends when it is dropped.

use std::{
    ffi::OsString,
    io::{BufRead, BufReader, Read as _},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use serde_json::Value;

use crate::logs::Logs;

pub(super) struct Instance {
    child: Child,
    base: String,
}

impl Instance {
    /// Starts it and waits until it answers.
    pub(super) fn start(program: &Path, arguments: &[OsString], logs: &Logs) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null());
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.expect("the program of SECUREFLOWS_MOCK can be run");
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut error = child.stderr.take().unwrap();
        let (mut ready, mut why) = (String::new(), String::new());
        out.read_line(&mut ready).unwrap();
        if ready.is_empty() {
            error.read_to_string(&mut why).unwrap();
        }
        let ready: Value = serde_json::from_str(&ready).unwrap_or_default();
        let base = ready.get("baseUrl").and_then(Value::as_str);
        let base = base.unwrap_or_else(|| panic!("an instance does not start: {why}")).to_owned();
        hear(out, logs.clone());
        hear(BufReader::new(error), logs.clone());
        Self { child, base }
    }

    pub(super) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.base.strip_prefix("http://").unwrap().parse().unwrap()
    }
}

/// `SIGKILL`: it has no time to finish anything.
impl Drop for Instance {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Hears every line until the other end closes.
fn hear(lines: impl BufRead + Send + 'static, logs: Logs) {
    thread::spawn(move || {
        lines.lines().map_while(Result::ok).for_each(|line| logs.hear_process(&line));
    });
}
