//! All that a person sees. The only module that writes: coloured on a terminal, plain elsewhere.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::stopwatch;

pub(crate) const PLAIN: Style = Style::new();
pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// One line.
pub(crate) fn line(text: &str) {
    // A closed pipe (`| head`) is no reason to fail a check.
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// What begins now.
pub(crate) fn heading(name: &str, what: &str) {
    let what = if what.is_empty() { String::new() } else { format!(" · {what}") };
    line(&format!("\n{STRONG}{name}{STRONG:#}{FAINT}{what}{FAINT:#}"));
}

/// A step that is done: its outcome, what it was, how long it took, what it found.
pub(crate) fn outcome(good: bool, label: &str, time: Duration, note: &str) {
    let (style, word) = if good { (GOOD, "ok") } else { (BAD, "failed") };
    let time = stopwatch::text(time);
    let note = if note.is_empty() { String::new() } else { format!(", {note}") };
    line(&format!("  {style}{word:6}{style:#}  {label}  {FAINT}{time}{note}{FAINT:#}"));
}

/// A step that has begun and whose own output follows.
pub(crate) fn begun(label: &str) {
    line(&format!("  {FAINT}run     {label}{FAINT:#}"));
}

/// Why it failed, to where errors belong.
pub(crate) fn error(error: &anyhow::Error) {
    let _ = writeln!(anstream::stderr(), "{BAD}error{BAD:#}: {error:#}");
}

/// The whole output of a step, as its program wrote it.
pub(crate) fn raw(output: &[u8]) {
    let mut stdout = anstream::stdout();
    let _ = stdout.write_all(output);
    let _ = stdout.flush();
}

/// Replaces the line that is being written, without ending it. Only for a terminal.
pub(crate) fn rewrite(text: &str) {
    let mut stdout = io::stdout();
    let _ = write!(stdout, "\r\x1b[2K{text}");
    let _ = stdout.flush();
}

/// Asks; Enter means yes.
pub(crate) fn ask(question: &str) -> io::Result<bool> {
    let mut stdout = anstream::stdout();
    write!(stdout, "\n{STRONG}{question}{STRONG:#} [Y/n] ")?;
    stdout.flush()?;
    let mut answer = String::new();
    // No answer at all (end of input) is not a yes.
    let read = io::stdin().read_line(&mut answer)?;
    Ok(read > 0 && matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

/// A cell of a table.
pub(crate) type Cell = (Style, String);

/// Columns as wide as their widest cell.
pub(crate) fn table(heads: &[&str], rows: &[Vec<Cell>]) {
    let head: Vec<Cell> = heads.iter().map(|head| (FAINT, (*head).to_owned())).collect();
    let all = || std::iter::once(&head).chain(rows);
    let widths: Vec<usize> = (0..heads.len())
        .map(|column| all().filter_map(|row| row.get(column)).map(|cell| width(&cell.1)).max())
        .map(Option::unwrap_or_default)
        .collect();
    for row in all() {
        // The gap is written before the next cell, so that no line ends in blanks.
        let (mut text, mut gap) = (String::new(), 2);
        for ((style, cell), &wide) in row.iter().zip(&widths) {
            if !cell.is_empty() {
                text += &format!("{:gap$}{style}{cell}{style:#}", "");
                gap = 0;
            }
            gap += wide.saturating_sub(width(cell)) + 2;
        }
        line(&text);
    }
}

/// A cell.
pub(crate) fn cell(style: Style, text: impl Display) -> Cell {
    (style, text.to_string())
}

/// Whether somebody is looking.
pub(crate) fn terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether colours are wanted: a terminal, and no `NO_COLOR`.
pub(crate) fn colour() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

fn width(text: &str) -> usize {
    text.chars().count()
}
