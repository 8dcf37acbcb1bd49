//! The table at the end.

use std::{io::Write as _, time::Duration};

pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Default for Table {
    fn default() -> Self {
        Self::of(["", "measured", "beside it", "ratio", "target"].map(str::to_owned))
    }
}

impl Table {
    pub(crate) fn of(header: impl Into<Vec<String>>) -> Self {
        Self { header: header.into(), rows: Vec::new() }
    }

    /// Adds a row: what, its figure, that of the plain thing beside it, their ratio, the target.
    pub(crate) fn row(
        &mut self,
        what: &str,
        ours: String,
        plain: String,
        ratio: String,
        target: &str,
    ) {
        // A run takes a while: each row is shown when it is there, and all again at the end.
        progress(&format!("{what}: {ours} {plain} {ratio}"));
        self.rows.push(vec![what.to_owned(), ours, plain, ratio, target.to_owned()]);
    }

    /// Adds a row of a table that has a header of its own.
    pub(crate) fn cells(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Prints the rows as Markdown, with the machine's size.
    pub(crate) fn print(&self) {
        let rule = self.header.iter().map(|_| "---".to_owned()).collect();
        let mut out = std::io::stdout().lock();
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let _shown = writeln!(out, "\nMeasured on {cores} cores, {} of memory.\n", memory());
        for row in [&self.header, &rule].into_iter().chain(&self.rows) {
            let _shown = writeln!(out, "| {} |", row.join(" | "));
        }
    }
}

/// Tells whoever waits how far it is.
pub(crate) fn progress(what: &str) {
    let _shown = writeln!(std::io::stderr().lock(), "{what}");
}

fn memory() -> String {
    let info = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = info.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib =
        total.and_then(|rest| rest.trim().strip_suffix(" kB")).and_then(|n| n.parse::<u64>().ok());
    kib.map_or_else(|| "unknown size".to_owned(), |kib| format!("{} GiB", (kib + (1 << 19)) >> 20))
}

pub(crate) fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}

pub(crate) fn per_second(rate: f64) -> String {
    format!("{rate:.0}/s")
}

pub(crate) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// An amount of memory.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(crate) fn size(bytes: u64) -> String {
    let kib = bytes as f64 / 1024.0;
    if kib < 1024.0 { format!("{kib:.1} KiB") } else { format!("{:.1} MiB", kib / 1024.0) }
}
