//! Every log line of the run, looked at as it comes.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

/// What has been seen so far.
#[derive(Clone, Default)]
pub(crate) struct Logs {
    lines: Arc<AtomicUsize>,
    leaks: Arc<AtomicUsize>,
    /// What instances said, who say nothing when all is well.
    said: Arc<Mutex<Vec<String>>>,
}

/// Listens to everything that is told on this thread, at `TRACE`. Every test of this program does: `tracing`
/// asks whoever comes by a place first whether anybody listens there, and remembers a no for all.
pub(crate) fn listen() -> Listening {
    let logs = Logs::default();
    let told = tracing_subscriber::fmt().with_ansi(false).with_max_level(LevelFilter::TRACE);
    let told = told.with_writer(logs.clone()).finish();
    Listening { logs, _default: tracing::subscriber::set_default(told) }
}

pub(crate) struct Listening {
    logs: Logs,
    _default: tracing::subscriber::DefaultGuard,
}

impl Listening {
    /// What hears other processes.
    pub(crate) fn of_processes(&self) -> Logs {
        self.logs.clone()
    }

    pub(crate) fn check(&self) {
        let lines = self.logs.lines.load(Ordering::Relaxed);
        assert!(lines > 100_000, "only {lines} lines were told");
        self.check_leaks();
    }

    pub(crate) fn check_leaks(&self) {
        assert_eq!(self.logs.leaks.load(Ordering::Relaxed), 0, "lines with a token or a value");
        let said = self.logs.said.lock().unwrap();
        assert!(said.is_empty(), "instances said: {}", said.join("\n"));
    }
}

impl Logs {
    /// One line: every token of the platform is a JWT, and every value of the run begins `p0-d`.
    pub(crate) fn hear(&self, line: &str) {
        self.lines.fetch_add(1, Ordering::Relaxed);
        let value = line.match_indices("-d").any(|(at, _)| {
            let before = line.as_bytes().get(at.saturating_sub(2)..at).unwrap_or_default();
            matches!(before, [b'p', b'0'..=b'9'])
        });
        if line.contains("eyJ") || value {
            self.leaks.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A line that a process printed.
    pub(crate) fn hear_process(&self, line: &str) {
        self.hear(line);
        self.said.lock().unwrap().push(line.to_owned());
    }
}

impl io::Write for Logs {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.hear(&String::from_utf8_lossy(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
