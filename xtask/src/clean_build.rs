//! `cargo xtask bench build`: how long the crate takes to build from nothing, and how much it brings along,
//! beside another client of an API.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::stopwatch::{self, Stopwatch};
use crate::{say, step, workspace};

/// A crate that an app would depend on, with its default features.
struct Crate {
    name: &'static str,
    /// As it stands in a manifest.
    dependency: fn() -> String,
}

const CRATES: [Crate; 2] = [
    Crate {
        name: "secureflows",
        dependency: || {
            format!("secureflows = {{ path = {:?} }}", workspace::root().join("sdk-core"))
        },
    },
    Crate { name: "octocrab", dependency: || "octocrab = \"0.54\"".to_owned() },
];

pub(crate) fn run() -> Result<()> {
    let mut rows = Vec::new();
    for measured in &CRATES {
        let folder = measured.lay_out()?;
        step::quiet(&format!("fetch {}", measured.name), cargo(&folder, &["fetch"]))?;
        let watch = Stopwatch::start();
        step::quiet(&format!("clean build of {}", measured.name), cargo(&folder, &["build"]))?;
        let time = stopwatch::text(watch.elapsed());
        let tree = ["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
        let tree = workspace::output_of(cargo(&folder, &tree))?;
        let mut names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        names.sort_unstable();
        names.dedup();
        // Less the app that stands for everybody's, and the crate itself.
        let count = names.len().saturating_sub(2);
        rows.push(vec![
            say::cell(say::STRONG, measured.name),
            say::cell(say::PLAIN, time),
            say::cell(say::PLAIN, count.to_string()),
        ]);
    }
    say::table(&["crate, default features", "clean build", "dependencies"], &rows);
    Ok(())
}

impl Crate {
    /// An app that has nothing but this dependency, and nothing built yet.
    fn lay_out(&self) -> Result<PathBuf> {
        let folder = workspace::target().join("bench-build").join(self.name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("src")).context("bench-build")?;
        fs::write(folder.join("src/lib.rs"), "")?;
        let manifest = format!(
            "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{}\n",
            (self.dependency)()
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        Ok(folder)
    }
}

fn cargo(folder: &Path, arguments: &[&str]) -> std::process::Command {
    let mut command = workspace::cargo(arguments);
    command.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    command
}
