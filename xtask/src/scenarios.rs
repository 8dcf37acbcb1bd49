//! One scenario list for every surface: what is listed was run, and what was run is listed.
//!
//! A runner appends the id of each scenario it ran, one per line, to the file that [`REPORT`] names.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// The environment variable that tells a runner where to report.
pub(crate) const REPORT: &str = "SECUREFLOWS_SCENARIO_REPORT";
const LIST: &str = "tests/scenarios.md";

/// The report of one surface: `rust`, and later `web`, `kotlin`, ….
#[derive(Debug)]
pub(crate) struct Report {
    path: PathBuf,
}

impl Report {
    /// An empty one: ids of an earlier run prove nothing.
    pub(crate) fn new(surface: &str) -> Result<Self> {
        let folder = workspace::target().join("scenarios");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{surface}.txt"));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(Self { path }),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Compares with the list.
    pub(crate) fn check(&self) -> Result<String> {
        let Ok(report) = fs::read_to_string(&self.path) else {
            bail!("no scenario was reported: does the runner append ids to the file in {REPORT}?");
        };
        let listed = all()?;
        check(&listed, &ids(&report))?;
        Ok(format!("{} scenarios", listed.len()))
    }
}

/// The ids that are listed.
pub(crate) fn all() -> Result<BTreeSet<String>> {
    listed(&fs::read_to_string(workspace::root().join(LIST)).context(LIST)?)
}

/// Fails when the two differ, naming what is missing on either side.
pub(crate) fn check(listed: &BTreeSet<String>, ran: &BTreeSet<String>) -> Result<()> {
    let mut gap = String::new();
    for id in listed.difference(ran) {
        let _ = write!(gap, "\n  `{id}` is listed in {LIST}, but was not run");
    }
    for id in ran.difference(listed) {
        let _ = write!(gap, "\n  `{id}` was run, but is not listed in {LIST}");
    }
    if gap.is_empty() { Ok(()) } else { bail!("the scenarios have a gap:{gap}") }
}

/// The ids of a Markdown file: what stands in backticks in the first column of its tables.
fn listed(markdown: &str) -> Result<BTreeSet<String>> {
    let mut listed = BTreeSet::new();
    for line in markdown.lines() {
        let first_cell = line.trim().strip_prefix('|').and_then(|row| row.split('|').next());
        let id = first_cell
            .and_then(|cell| cell.trim().strip_prefix('`'))
            .and_then(|cell| cell.strip_suffix('`'));
        if let Some(id) = id
            && !listed.insert(id.to_owned())
        {
            bail!("`{id}` is listed twice in {LIST}");
        }
    }
    Ok(listed)
}

fn ids(report: &str) -> BTreeSet<String> {
    report.lines().map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKDOWN: &str = "# Scenarios\n\nNot `prose.id`.\n\n| id | what |\n| --- | --- |\n\
        | `sign-in.happy` | in | \n| `data.absent` | `get` of a key never written |\n";

    #[test]
    fn ids_are_the_first_column_of_the_tables() {
        assert_eq!(listed(MARKDOWN).unwrap(), ids("data.absent\nsign-in.happy\n"));
    }

    #[test]
    fn an_id_listed_twice_is_an_error() {
        assert!(listed("| `a.b` | x |\n| `a.b` | y |").is_err());
    }

    #[test]
    fn no_gap_when_all_were_run_however_often() {
        check(&listed(MARKDOWN).unwrap(), &ids("sign-in.happy\ndata.absent\n\ndata.absent"))
            .unwrap();
    }

    #[test]
    fn a_gap_on_either_side_is_named() {
        let error = check(&ids("a.listed\nboth"), &ids("both\nb.ran")).unwrap_err().to_string();
        assert!(error.contains("`a.listed` is listed"), "{error}");
        assert!(error.contains("`b.ran` was run"), "{error}");
        assert!(!error.contains("`both`"), "{error}");
    }
}
