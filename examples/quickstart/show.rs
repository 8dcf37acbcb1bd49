//! One line a step: what, with which answers, how long.

use std::time::Instant;

use anstyle::{AnsiColor, Style};

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const WARN: Style = AnsiColor::Yellow.on_default();

pub(crate) struct Show {
    number: usize,
    since: Instant,
}

impl Show {
    pub(crate) fn new() -> Self {
        Self { number: 0, since: now() }
    }

    /// Prints a step that is done, with the statuses of the platform's answers on the way.
    pub(crate) fn step(&mut self, what: &str, statuses: &[u16]) {
        self.number += 1;
        let took = self.since.elapsed();
        self.since = now();
        anstream::println!(
            "{STRONG}{:>2}{STRONG:#}  {what:<64} {} {FAINT}{:>9.1} ms{FAINT:#}",
            self.number,
            answers(statuses),
            took.as_secs_f64() * 1000.0,
        );
    }

    /// Prints what lies on the platform's disk.
    pub(crate) fn at_rest(&self, stored: Option<&str>) {
        match stored {
            Some(hex) => anstream::println!(
                "\n{STRONG}What is stored at rest:{STRONG:#}\n{FAINT}{hex}{FAINT:#}"
            ),
            None => anstream::println!("\nWhat is stored at rest, only the platform can see."),
        }
    }
}

/// The statuses in their order, equal neighbours counted: `5×410 200`, padded for a table.
fn answers(statuses: &[u16]) -> String {
    let runs = statuses.chunk_by(|a, b| a == b).filter_map(|run| Some((run.first()?, run.len())));
    let words = runs.map(|(status, count)| {
        let style = if *status < 400 { GOOD } else { WARN };
        let text = if count > 1 { format!("{count}×{status}") } else { status.to_string() };
        (text.chars().count(), format!("{style}{text}{style:#}"))
    });
    let (widths, words): (Vec<_>, Vec<_>) = words.unzip();
    let width = widths.iter().sum::<usize>() + widths.len().saturating_sub(1);
    words.join(" ") + &" ".repeat(16_usize.saturating_sub(width))
}

#[expect(clippy::disallowed_methods, reason = "the example shows how long its steps take")]
fn now() -> Instant {
    Instant::now()
}
