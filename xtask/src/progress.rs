//! A sign of life for whatever takes more than two seconds.

use std::time::Duration;

use crate::say;
use crate::stopwatch::{self, Stopwatch};

/// How long a step may be silent without anybody wondering.
const PATIENCE: Duration = Duration::from_secs(2);
/// Away from a terminal every sign of life is a line that stays: fewer of them.
const PLAIN_EVERY: Duration = Duration::from_secs(30);
/// Fits the narrowest usual terminal: a line that wraps cannot be rewritten.
const WIDTH: usize = 78;
const FRAMES: [&str; 4] = ["|", "/", "-", "\\"];

/// The moving line of one step.
#[derive(Debug)]
pub(crate) struct Progress<'a> {
    label: &'a str,
    watch: Stopwatch,
    ticks: usize,
    next_plain: Duration,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(label: &'a str, watch: Stopwatch) -> Self {
        Self { label, watch, ticks: 0, next_plain: PATIENCE }
    }

    /// To be called a few times a second, with the last line that the step wrote.
    pub(crate) fn tick(&mut self, last_line: &str) {
        let elapsed = self.watch.elapsed();
        if elapsed < PATIENCE {
            return;
        }
        if say::terminal() {
            self.ticks = self.ticks.wrapping_add(1);
            let frame = FRAMES.get(self.ticks % FRAMES.len()).unwrap_or(&"");
            let text = format!("  {frame}       {}  {}", self.label, stopwatch::text(elapsed));
            say::rewrite(&cut(&format!("{text}  {}", last_line.trim())));
        } else if elapsed >= self.next_plain {
            self.next_plain = elapsed + PLAIN_EVERY;
            say::line(&format!("  ...     {}  {}", self.label, stopwatch::text(elapsed)));
        }
    }

    /// Takes the moving line away again.
    pub(crate) fn clear(&self) {
        if self.ticks > 0 {
            say::rewrite("");
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(WIDTH).collect()
}
