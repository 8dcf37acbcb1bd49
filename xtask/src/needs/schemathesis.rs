//! schemathesis in an environment of its own, with everything that it needs at pinned versions.

use std::path::PathBuf;

use anyhow::Result;

use super::python::is_complete;
use crate::workspace;

/// Every package with its version and hashes.
const REQUIREMENTS: &str = include_str!("../../bad-input/requirements.txt");

pub(super) const HOW: &str = "python3 -m venv target/tools/schemathesis && \
    target/tools/schemathesis/bin/pip install --require-hashes -r xtask/bad-input/requirements.txt";

/// The Python that has it.
pub(crate) fn python() -> PathBuf {
    home().join("bin/python")
}

pub(super) fn found() -> Option<String> {
    let version = workspace::ask(python(), &["-m", "schemathesis.cli", "--version"])?;
    let installed = workspace::ask(python(), &["-m", "pip", "freeze", "--all"])?;
    is_complete(REQUIREMENTS, &installed)
        .then(|| version.split_whitespace().last().map(str::to_owned))?
}

pub(super) fn install() -> Result<()> {
    let pinned = ["--require-hashes", "-r", "xtask/bad-input/requirements.txt"];
    super::python::environment(&home(), "schemathesis", &pinned)
}

fn home() -> PathBuf {
    workspace::target().join("tools/schemathesis")
}

#[cfg(test)]
mod tests {
    use super::super::python::pinned;
    use super::*;

    #[test]
    fn another_version_or_a_missing_package_is_not_the_pinned_set() {
        let all: Vec<String> = pinned(REQUIREMENTS).collect();
        assert!(REQUIREMENTS.contains("\nschemathesis==") && all.len() > 10);
        assert!(
            is_complete(REQUIREMENTS, &all.join("\n"))
                && is_complete(REQUIREMENTS, &all.join("\n").to_uppercase())
        );
        assert!(!is_complete(REQUIREMENTS, &all[1..].join("\n")));
        assert!(!is_complete(
            REQUIREMENTS,
            &all.join("\n").replace("schemathesis==", "schemathesis==0")
        ));
    }
}
