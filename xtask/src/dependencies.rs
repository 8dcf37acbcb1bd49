//! What we build on: licences, sources and duplicates by cargo-deny, and the stated Rust version.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::{needs, step, workspace};

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

/// Fails when a dependency of what we publish needs a newer Rust than that states.
fn check(metadata: &Value) -> Result<String> {
    let graph = Graph::of(metadata);
    let mut notes = Vec::new();
    for id in &graph.published {
        let Some(stated) = graph.needs.get(id) else { bail!("{id} states no rust-version") };
        let needed = graph.below(id).into_iter().filter_map(|below| graph.needs.get(below));
        let needed: Vec<_> = needed.filter(|need| need.name != stated.name).collect();
        let newer = needed.iter().filter(|need| need.version > stated.version);
        let newer: Vec<_> = newer.map(|it| format!("\n  {} needs {}", it.name, it.text)).collect();
        if !newer.is_empty() {
            bail!("{} says {}, but:{}", stated.name, stated.text, newer.concat());
        }
        let most = needed.iter().max().map_or("nothing", |need| need.name.as_str());
        notes.push(format!("{} {}, most by {most}", stated.name, stated.text));
    }
    Ok(notes.join("; "))
}

/// Who needs what, of which Rust.
struct Graph<'a> {
    published: Vec<&'a str>,
    needs: BTreeMap<&'a str, Need>,
    /// What a package is built with, by id.
    edges: BTreeMap<&'a str, Vec<&'a str>>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Need {
    version: [u64; 3],
    text: String,
    name: String,
}

impl<'a> Graph<'a> {
    fn of(metadata: &'a Value) -> Self {
        let packages = list(&metadata["packages"]);
        let members: Vec<_> =
            list(&metadata["workspace_members"]).filter_map(Value::as_str).collect();
        let mut graph =
            Self { published: Vec::new(), needs: BTreeMap::new(), edges: BTreeMap::new() };
        for package in packages {
            let Some(id) = package["id"].as_str() else { continue };
            // `publish` is null for what may go anywhere, and a list of nothing for what may not.
            if members.contains(&id) && package["publish"].is_null() {
                graph.published.push(id);
            }
            if let (Some(name), Some(text)) =
                (package["name"].as_str(), package["rust_version"].as_str())
            {
                let need = Need { version: version(text), text: text.into(), name: name.into() };
                graph.needs.insert(id, need);
            }
        }
        for node in list(metadata.pointer("/resolve/nodes").unwrap_or(&Value::Null)) {
            let built_with = list(&node["deps"]).filter(|edge| {
                // What only tests are built with is nobody else's.
                list(&edge["dep_kinds"]).any(|kind| kind["kind"] != "dev")
            });
            let ids = built_with.filter_map(|edge| edge["pkg"].as_str()).collect();
            graph.edges.extend(node["id"].as_str().map(|id| (id, ids)));
        }
        graph
    }

    /// Everything that a package is built with, itself included.
    fn below(&self, id: &'a str) -> BTreeSet<&'a str> {
        let (mut all, mut next) = (BTreeSet::new(), vec![id]);
        while let Some(id) = next.pop() {
            if all.insert(id) {
                next.extend(self.edges.get(id).into_iter().flatten());
            }
        }
        all
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
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
        let built = |kind: Option<&str>| serde_json::json!([{ "kind": kind }]);
        serde_json::json!({
            "workspace_members": ["ours", "helper"],
            "packages": [
                { "id": "ours", "name": "ours", "publish": null, "rust_version": "1.80" },
                { "id": "helper", "name": "helper", "publish": [], "rust_version": "1.70" },
                { "id": "old", "name": "old", "rust_version": "1.60" },
                { "id": "silent", "name": "silent", "rust_version": null },
                { "id": "asked", "name": "asked", "rust_version": rust_version },
                { "id": "tried", "name": "tried", "rust_version": "1.99" },
            ],
            "resolve": { "nodes": [
                { "id": "ours", "deps": [
                    { "pkg": "silent", "dep_kinds": built(None) },
                    { "pkg": "tried", "dep_kinds": built(Some("dev")) },
                ]},
                { "id": "helper", "deps": [{ "pkg": "tried", "dep_kinds": built(None) }] },
                { "id": "silent", "deps": [
                    { "pkg": "old", "dep_kinds": built(None) },
                    { "pkg": "asked", "dep_kinds": built(Some("build")) },
                ]},
            ]},
        })
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(version("1.88"), version("1.88.0"));
        assert!(version("1.100") > version("1.99.1"));
    }

    #[test]
    fn a_dependency_that_needs_more_is_named() {
        assert_eq!(check(&graph("1.70.1")).unwrap(), "ours 1.80, most by asked");
        let error = check(&graph("1.999")).unwrap_err().to_string();
        assert!(error.contains("ours says 1.80") && error.contains("asked needs 1.999"), "{error}");
    }
}
