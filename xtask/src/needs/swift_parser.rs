//! A parser of Swift, in an environment of its own: what is at hand where no compiler is.

use std::path::PathBuf;

use anyhow::Result;

use crate::workspace;

const PINNED: [&str; 2] = ["tree-sitter==0.26.1", "tree-sitter-swift==0.7.4"];

pub(super) const HOW: &str = "python3 -m venv target/tools/swift-parser && \
    target/tools/swift-parser/bin/pip install tree-sitter==0.26.1 tree-sitter-swift==0.7.4";

/// The Python that has it.
pub(crate) fn python() -> PathBuf {
    home().join("bin/python")
}

pub(super) fn found() -> Option<String> {
    let installed = workspace::ask(python(), &["-m", "pip", "freeze"])?;
    let all = PINNED.iter().all(|pin| installed.lines().any(|line| line == *pin));
    all.then(|| PINNED[1].replace("==", " "))
}

pub(super) fn install() -> Result<()> {
    super::python::environment(&home(), "swift-parser", &PINNED)
}

fn home() -> PathBuf {
    workspace::target().join("tools/swift-parser")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_people_read_names_the_pinned_versions() {
        assert!(super::HOW.ends_with(&super::PINNED.join(" ")));
    }
}
