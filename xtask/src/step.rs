//! One step of a part: one line with its time, and everything it said when it fails.

use std::io::{self, BufRead as _, BufReader, PipeReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::progress::Progress;
use crate::say;
use crate::stopwatch::Stopwatch;

/// Runs a program whose output matters only when it fails: then it is shown whole.
pub(crate) fn quiet(label: &str, mut command: Command) -> Result<()> {
    let watch = Stopwatch::start();
    let (reader, writer) = io::pipe()?;
    // One pipe for both streams keeps their lines in the order they were written.
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    if say::colour() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().with_context(|| format!("cannot start `{program}`"))?;
    // It holds the writing ends: while it lives, the reader would never see the end.
    drop(command);

    let output = collect(reader, Progress::new(label, watch));
    let status = child.wait()?;
    say::outcome(status.success(), label, watch.elapsed(), "");
    if !status.success() {
        say::raw(&output);
        bail!("`{label}` failed ({status})");
    }
    Ok(())
}

/// Runs a program whose output is what people want to see: it goes straight through.
pub(crate) fn open(label: &str, mut command: Command) -> Result<()> {
    let watch = Stopwatch::start();
    say::begun(label);
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start `{program}`"))?;
    say::outcome(status.success(), label, watch.elapsed(), "");
    if !status.success() {
        bail!("`{label}` failed ({status})");
    }
    Ok(())
}

/// Runs a check of our own; it answers with a note on what it looked at.
pub(crate) fn check(label: &str, check: impl FnOnce() -> Result<String>) -> Result<()> {
    let watch = Stopwatch::start();
    let result = check();
    let note = result.as_deref().unwrap_or_default();
    say::outcome(result.is_ok(), label, watch.elapsed(), note);
    result.map(drop)
}

/// Everything the program writes, while its last line is shown.
fn collect(reader: PipeReader, mut progress: Progress<'_>) -> Vec<u8> {
    let (sender, lines) = channel();
    thread::spawn(move || read(reader, &sender));
    let (mut output, mut last) = (Vec::new(), String::new());
    while let Some(line) = next(&lines) {
        if let Some(line) = line {
            last = anstream::adapter::strip_str(&String::from_utf8_lossy(&line)).to_string();
            output.extend(line);
        }
        progress.tick(&last);
    }
    progress.clear();
    output
}

/// The next line, `Some(None)` when there is none yet, `None` at the end.
fn next(lines: &Receiver<Vec<u8>>) -> Option<Option<Vec<u8>>> {
    match lines.recv_timeout(Duration::from_millis(200)) {
        Ok(line) => Some(Some(line)),
        Err(RecvTimeoutError::Timeout) => Some(None),
        Err(RecvTimeoutError::Disconnected) => None,
    }
}

fn read(reader: PipeReader, lines: &Sender<Vec<u8>>) {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line), Ok(1..)) {
        if lines.send(std::mem::take(&mut line)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_are_kept_in_order() {
        let (reader, writer) = io::pipe().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; printf three"]);
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
        let mut child = command.spawn().unwrap();
        drop(command);
        let output = collect(reader, Progress::new("test", Stopwatch::start()));
        assert_eq!(String::from_utf8(output).unwrap(), "one\ntwo\nthree");
        assert!(child.wait().unwrap().success());
    }

    #[test]
    fn a_failing_program_is_an_error_that_names_the_step() {
        let mut command = Command::new("sh");
        command.args(["-c", "exit 3"]);
        let error = quiet("the step", command).unwrap_err().to_string();
        assert!(error.contains("the step") && error.contains('3'), "{error}");
    }
}
