//! The table at the end.

use std::{io::Write as _, time::Duration};

#[derive(Default)]
pub(crate) struct Table(Vec<[String; 5]>);

impl Table {
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
        let mut out = std::io::stderr().lock();
        let _shown = writeln!(out, "{what}: {ours} {plain} {ratio}");
        self.0.push([what.to_owned(), ours, plain, ratio, target.to_owned()]);
    }

    /// Prints the rows as Markdown, with the machine's size.
    pub(crate) fn print(&self) {
        let header = ["", "measured", "beside it", "ratio", "target"].map(str::to_owned);
        let rule = ["---"; 5].map(str::to_owned);
        let mut out = std::io::stdout().lock();
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let _shown = writeln!(out, "\nMeasured on {cores} cores, {} of memory.\n", memory());
        for row in [&header, &rule].into_iter().chain(&self.0) {
            let _shown = writeln!(out, "| {} |", row.join(" | "));
        }
    }
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
