//! The core in a browser: the toolchain that builds it, and what must not creep into it.

mod debian;
mod toolchain;

use anyhow::{Result, bail};

use crate::{step, workspace};

pub(crate) use toolchain::{find, toolchain};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Each of these costs more than the whole core does.
const TOO_BIG: [&str; 5] = ["reqwest", "tokio", "url", "serde_json", "serde"];
const CORE: [&str; 5] =
    ["--package", "secureflows", "--no-default-features", "--target", "wasm32-unknown-unknown"];

pub(crate) fn run() -> Result<()> {
    let toolchain = toolchain()?;
    let mut build = toolchain.cargo(&["build", "--release"]);
    build.args(CORE);
    step::quiet(&format!("cargo build --target {TARGET}, bare core"), build)?;
    step::check("none of the big dependencies is in it", || {
        let mut tree = toolchain.cargo(&["tree", "--edges", "normal", "--prefix", "none"]);
        tree.args(CORE).args(["--format", "{p}"]);
        check(&workspace::output_of(tree)?)
    })
}

/// Reads one `name version` a line.
fn check(tree: &str) -> Result<String> {
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let found: Vec<&str> = TOO_BIG.into_iter().filter(|name| names.contains(name)).collect();
    if found.is_empty() {
        return Ok(format!("{} crates", names.len()));
    }
    bail!(
        "the bare core depends on {}; `cargo tree {} --invert {}` shows why",
        found.join(", "),
        CORE.join(" "),
        found.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_dependencies_are_found_by_their_whole_name() {
        assert!(check("secureflows v0.1.0 (/x)\nzeroize v1.9.0\nserde_core v1.0.0").is_ok());
        let error = check("secureflows v0.1.0\nurl v2.5.0 (*)").unwrap_err().to_string();
        assert!(error.contains("depends on url"), "{error}");
    }
}
