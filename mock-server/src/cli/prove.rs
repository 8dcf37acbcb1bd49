//! `prove-at-rest`: a word that was stored as data is nowhere in the clear.

mod files;
mod journal;
mod words;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anstyle::{AnsiColor, Style};
use secureflows_mock::Database;
use serde::Serialize;

use super::{arguments::Prove, failure::Failure};

/// A place that was searched.
#[derive(Debug, Serialize)]
struct Place {
    place: String,
    /// How much was read there.
    read: u64,
    /// Of what.
    unit: &'static str,
    /// In how many of them, or where in a file, the word was found.
    found: u64,
}

pub(super) async fn run(options: &Prove) -> Result<ExitCode, Failure> {
    let words = words::of(&options.canary).ok_or(Failure::Canary)?;
    let mut places = Vec::new();
    if let Some(url) = &options.database {
        for table in Database::search(url, &words).await? {
            let place = format!("table {}", table.table);
            places.push(Place { place, read: table.rows, unit: "rows", found: table.found });
        }
    }
    if let Some(url) = &options.control {
        let text = journal::read(url).await?;
        let found = files::occurrences(text.as_bytes(), &words);
        places.push(Place {
            place: format!("journal {url}"),
            read: text.len() as u64,
            unit: "bytes",
            found,
        });
    }
    for path in &options.paths {
        places.extend(files::search(path, &words)?);
    }
    if places.iter().all(|place| place.read == 0) {
        return Err(Failure::Unread);
    }
    let written = if options.json { as_json(&places) } else { in_words(&places) };
    written.map_err(|source| Failure::System { doing: "write what was found", source })?;
    let clean = places.iter().all(|place| place.found == 0);
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_json(places: &[Place]) -> io::Result<()> {
    writeln!(anstream::stdout(), "{}", serde_json::to_string(places)?)
}

/// What holds the word comes first; coloured on a terminal.
fn in_words(places: &[Place]) -> io::Result<()> {
    let (good, bad) = (AnsiColor::Green, AnsiColor::Red);
    let style = |color: AnsiColor| Style::new().bold().fg_color(Some(color.into()));
    let mut out = anstream::stdout().lock();
    for place in places.iter().filter(|place| place.found > 0) {
        let bad = style(bad);
        writeln!(out, "{bad}found{bad:#} {} times in {}", place.found, place.place)?;
    }
    for place in places {
        writeln!(out, "  {:>10} {:5} {}", place.read, place.unit, place.place)?;
    }
    if places.iter().all(|place| place.found == 0) {
        let good = style(good);
        writeln!(out, "{good}clean{good:#} in {} places", places.len())?;
    }
    Ok(())
}
