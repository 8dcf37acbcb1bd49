//! Requests made from the OpenAPI document, the mock's answers held to it.
//!
//! `bad-input/` has what schemathesis is told: the world (`seed.toml`), who calls and where each request
//! begins (`hooks.py`), what is asked of the answers (`schemathesis.toml`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};

use crate::{needs, step, workspace};

/// A profile of the mock, and what is sent to it.
struct Run {
    profile: &'static str,
    /// `positive` for what the document allows, `all` for what it does not as well.
    mode: &'static str,
    /// So many requests an operation at random, beside those that are worked out.
    requests: &'static str,
}

const RUNS: [Run; 2] = [
    Run { profile: "published", mode: "positive", requests: "60" },
    Run { profile: "default", mode: "all", requests: "60" },
];

/// How often each operation answered with which status.
type Met = BTreeMap<String, BTreeMap<String, u64>>;

pub(crate) fn run() -> Result<()> {
    let build = workspace::cargo(&["build", "--package", "secureflows-mock"]);
    step::quiet("cargo build --package secureflows-mock", build)?;
    let mut failed = Vec::new();
    for run in &RUNS {
        if let Err(error) = run.run() {
            failed.push(format!("{error:#}"));
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("{}", failed.join("\n")) }
}

impl Run {
    fn run(&self) -> Result<()> {
        let report = self.report()?;
        let label = format!("schemathesis, profile {}, mode {}", self.profile, self.mode);
        let command = self.command(&report);
        let again = shown(&command);
        step::quiet(&label, command).with_context(|| {
            format!(
                "the same again, where --include-operation-id NAME picks one operation:\n{again}"
            )
        })?;
        step::check("every operation succeeded at least once", || check(&read(&report)?))
    }

    /// A world of its own, and schemathesis beside it.
    fn command(&self, report: &Path) -> Command {
        let root = workspace::root();
        let folder = root.join("xtask/bad-input");
        let program = format!("debug/secureflows-mock{}", env::consts::EXE_SUFFIX);
        let mut command = Command::new(workspace::target().join(program));
        command.current_dir(&root);
        command.args(["exec", "--profile", self.profile, "--seed"]).arg(folder.join("seed.toml"));
        command.arg("--").arg(needs::schemathesis_python()).arg(folder.join("run.py"));
        command.args(["--mode", self.mode, "--max-examples", self.requests]);
        command.env("SECUREFLOWS_BAD_INPUT_REPORT", report);
        if self.profile == "published" {
            command.env("SECUREFLOWS_PUBLISHED", root.join("mock-server/published.tsv"));
        }
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("COLUMNS", "120");
        command
    }

    /// Where it reports to, without what an earlier run left there.
    fn report(&self) -> Result<PathBuf> {
        let folder = workspace::target().join("bad-input");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{}.json", self.profile));
        fs::write(&path, "")?;
        Ok(path)
    }
}

fn read(report: &Path) -> Result<Met> {
    let text = fs::read_to_string(report)?;
    serde_json::from_str(&text).context("no statuses were reported")
}

/// Fails when an operation only ever refused: then nothing is known of what it answers.
fn check(met: &Met) -> Result<String> {
    let succeeds = |status: &&String| status.starts_with(['2', '3']);
    let refused: Vec<_> = met
        .iter()
        .filter(|(_, statuses)| !statuses.keys().any(|status| succeeds(&status)))
        .map(|(operation, statuses)| format!("\n  {operation}: {statuses:?}"))
        .collect();
    if met.is_empty() || !refused.is_empty() {
        bail!("of {} operations these never succeeded:{}", met.len(), refused.concat());
    }
    let requests: u64 = met.values().flat_map(BTreeMap::values).sum();
    let successes = met.values().flatten().filter(|(status, _)| succeeds(status));
    let successes: u64 = successes.map(|(_, times)| times).sum();
    Ok(format!("{} operations, {requests} requests, {successes} successes", met.len()))
}

/// A command as it is typed.
fn shown(command: &Command) -> String {
    let set = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let set = set.map(|(name, value)| format!("{}={}", name.display(), value.display()));
    let program = std::iter::once(command.get_program()).chain(command.get_args());
    set.chain(program.map(|word| word.display().to_string())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(text: &str) -> Met {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn an_operation_that_only_refuses_is_named() {
        let good = r#""users.read": {"200": 3, "404": 2}, "auth.callback": {"302": 1}"#;
        let note = check(&met(&format!("{{{good}}}"))).unwrap();
        assert_eq!(note, "2 operations, 6 requests, 4 successes");
        let bad = check(&met(&format!("{{{good}, \"users.list\": {{\"403\": 9}}}}"))).unwrap_err();
        assert!(bad.to_string().contains("users.list") && !bad.to_string().contains("users.read"));
        assert!(check(&met(r#"{"users.list": {}}"#)).is_err());
        assert!(check(&Met::new()).is_err());
    }
}
