//! The program as a child process, which does not outlive its test.

use std::{
    cell::RefCell,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::NamedTempFile;

pub(crate) const SEED: &str = r#"
profile = "legacy"
clock.at = "2026-06-01T10:00:00Z"
[[workspace]]
name = "seeded"
[[workspace.application]]
app_id = "seeded-app"
"#;

pub(crate) struct Running {
    child: Child,
    out: RefCell<BufReader<ChildStdout>>,
}

pub(crate) fn start(words: &[&str]) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_secureflows-mock"))
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let out = RefCell::new(BufReader::new(child.stdout.take().unwrap()));
    Running { child, out }
}

pub(crate) fn seed_file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line on standard output.
    pub(crate) fn line(&self) -> String {
        let mut line = String::new();
        self.out.borrow_mut().read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    pub(crate) fn ready_object(&self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = Command::new("kill").args([format!("-{name}"), self.pid().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Its exit code, if it ends in time.
    pub(crate) fn wait(&mut self, bound: Duration) -> Option<i32> {
        let step = Duration::from_millis(10);
        let mut waited = Duration::ZERO;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(waited < bound, "it is still running");
            std::thread::sleep(step);
            waited += step;
        }
    }

    pub(crate) fn stop(mut self) -> (Option<i32>, String, String) {
        self.signal("TERM");
        self.outcome()
    }

    pub(crate) fn end(mut self) -> (Option<i32>, String, String) {
        self.outcome()
    }

    /// Exit code, the rest of standard output, and standard error.
    fn outcome(&mut self) -> (Option<i32>, String, String) {
        let code = self.wait(Duration::from_secs(8));
        let (mut out, mut error) = (String::new(), String::new());
        self.out.borrow_mut().read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        (code, out, error)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
