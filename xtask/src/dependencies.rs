//! What we build on: licences, sources and duplicates by cargo-deny, and the stated Rust version.

use std::process::Command;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::{needs, step, workspace};

/// Stated once, in the root's `Cargo.toml`; this crate inherits it.
const STATED: &str = env!("CARGO_PKG_RUST_VERSION");

pub(crate) fn run() -> Result<()> {
    let Some(program) = needs::cargo_deny() else { bail!("cargo-deny is missing") };
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    command.args(["--config", ".deny.toml", "check", "licenses", "bans", "sources"]);
    // An exception that nothing needs any more is a hole.
    command.args(["--deny", "unmatched-skip"]);
    // Advisories need a database that cannot be fetched everywhere: the public workflow has them.
    step::quiet("cargo-deny: licences, bans, sources", command)?;
    step::check("the stated rust-version is true", || check(&workspace::metadata()?))
}

/// Fails when a dependency needs a newer Rust than we promise to build with.
fn check(metadata: &Value) -> Result<String> {
    let packages = metadata.get("packages").and_then(Value::as_array);
    let needed = packages.into_iter().flatten().filter_map(|package| {
        let field = |name| package.get(name).and_then(Value::as_str);
        Some((version(field("rust_version")?), field("name")?, field("rust_version")?))
    });
    let needed: Vec<_> = needed.collect();
    let newer = needed.iter().filter(|(needs, ..)| *needs > version(STATED));
    let newer: Vec<_> = newer.map(|(_, name, text)| format!("\n  {name} needs {text}")).collect();
    if !newer.is_empty() {
        bail!("rust-version says {STATED}, but:{}", newer.concat());
    }
    let highest = needed.iter().filter(|(.., text)| *text != STATED).max();
    Ok(highest.map_or_else(String::new, |(_, name, text)| {
        format!("{STATED}; the most is asked by {name}: {text}")
    }))
}

/// `1.88` and `1.88.0` are the same.
fn version(text: &str) -> [u64; 3] {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap_or(0));
    [(); 3].map(|()| numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(rust_version: &str) -> Value {
        serde_json::json!({ "packages": [
            { "name": "old", "rust_version": "1.60" },
            { "name": "silent", "rust_version": null },
            { "name": "asked", "rust_version": rust_version },
        ]})
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(version("1.88"), version("1.88.0"));
        assert!(version("1.100") > version("1.99.1"));
    }

    #[test]
    fn a_dependency_that_needs_more_is_named() {
        assert!(check(&graph("1.70.1")).unwrap().contains("asked: 1.70.1"));
        let error = check(&graph("1.999")).unwrap_err().to_string();
        assert!(error.contains("asked needs 1.999"), "{error}");
    }
}
