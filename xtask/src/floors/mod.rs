//! The design's floors, checked: imports go only downwards, and rooms keep out what is not theirs.

mod read;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use proc_macro2::TokenStream;

use crate::{step, workspace};
use read::Facts;
use table::{HOUSES, House};

pub(crate) fn run() -> Result<()> {
    for house in HOUSES {
        step::check(house.source, || check(house, &workspace::root().join(house.source)))?;
    }
    Ok(())
}

/// One source file: where it lies, what module it is, what it says.
struct File {
    name: String,
    module: Vec<String>,
    facts: Facts,
}

fn check(house: &House, source: &Path) -> Result<String> {
    let mut files = Vec::new();
    find(source, source, &mut files)?;
    let mut wrong = Vec::new();
    let tests: BTreeSet<_> = files.iter().flat_map(|f| f.facts.test_modules.clone()).collect();
    // A test module's own modules are tests too.
    files.retain(|file| !tests.iter().any(|test| file.module.starts_with(test)));
    for file in &files {
        imports(house, file, &mut wrong);
        words(house, file, &mut wrong);
    }
    if !wrong.is_empty() {
        bail!("{} (the table is xtask/src/floors/table.rs){}", house.source, wrong.concat());
    }
    let count = files.iter().map(|file| file.facts.imports.len()).sum::<usize>();
    Ok(format!("{count} imports in {} files", files.len()))
}

fn imports(house: &House, file: &File, wrong: &mut Vec<String>) {
    let Some((floor, room)) = house.room(&file.module) else {
        let name = file.module.join("::");
        wrong.push(format!("\n  {}: the module `{name}` is on no floor", file.name));
        return;
    };
    for (path, line) in &file.facts.imports {
        // What is no room is an item of the root.
        let (target_floor, target) = house.room(path).unwrap_or((0, "lib"));
        if target_floor < floor {
            let (name, path) = (&file.name, path.join("::"));
            wrong.push(format!(
                "\n  {name}:{line}: `crate::{path}` goes up, from `{room}` to `{target}`"
            ));
        }
    }
}

fn words(house: &House, file: &File, wrong: &mut Vec<String>) {
    for ban in house.bans.iter().filter(|ban| ban.binds(&file.module)) {
        for (word, line) in &file.facts.words {
            if ban.words.contains(&word.as_str()) {
                let (name, because) = (&file.name, ban.because);
                wrong.push(format!("\n  {name}:{line}: `{word}`: {because}"));
            }
        }
    }
}

fn find(source: &Path, folder: &Path, files: &mut Vec<File>) -> Result<()> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            find(source, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(File::read(source, &path)?);
        }
    }
    Ok(())
}

impl File {
    fn read(source: &Path, path: &Path) -> Result<Self> {
        let shown = path.strip_prefix(workspace::root()).unwrap_or(path);
        let name = shown.display().to_string();
        let module = module(path.strip_prefix(source)?);
        // In the roots `super` leads nowhere and `crate` is where we are.
        let inner = if matches!(module.as_slice(), [root] if root == "lib" || root == "main") {
            &[][..]
        } else {
            &module
        };
        let text = fs::read_to_string(path)?;
        let tokens: TokenStream =
            text.parse().map_err(|error| anyhow::anyhow!("{error}")).context(name.clone())?;
        let facts = read::read(tokens, inner);
        Ok(Self { name, module, facts })
    }
}

/// `protocol/verdict/mod.rs` is `protocol::verdict`.
fn module(path: &Path) -> Vec<String> {
    let path = path.with_extension("");
    let mut names: Vec<String> =
        path.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names.len() > 1 && names.last().is_some_and(|last| last == "mod") {
        names.pop();
    }
    names
}

#[cfg(test)]
mod tests;
