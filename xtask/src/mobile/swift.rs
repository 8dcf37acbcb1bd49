//! The Swift package: its bindings, what can be told of it without a compiler, and the rest with one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::{bindings, build, generate, library_path, xcframework};
use crate::{needs, scenarios, step, workspace};

/// What `cargo xtask swift` was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The bindings, and the tests where there is a Swift.
    All,
    /// The bindings.
    Bindings,
    /// The library for Apple's systems, with the bindings.
    XcFramework,
}

pub(crate) fn run(wanted: Wanted) -> Result<()> {
    match wanted {
        Wanted::All if has_swift() => play(),
        Wanted::All | Wanted::Bindings => make_bindings(),
        Wanted::XcFramework => {
            xcframework::check_system(std::env::consts::OS)?;
            make_bindings()?;
            xcframework::make(&bindings("swift"), &home())
        }
    }
}

/// The part of `cargo xtask test`.
pub(crate) fn test() -> Result<()> {
    make_bindings()?;
    step::check("the library exports every function of the header", || {
        let header = fs::read_to_string(bindings("swift").join("SecureFlowsFFI.h"))?;
        check_symbols(&functions(&header), &exported()?)
    })?;
    parse()?;
    step::check("every scenario stands in the tests", || {
        let sources = sources(&home().join("Tests"))?;
        let texts = sources.iter().map(fs::read_to_string).collect::<Result<String, _>>()?;
        check_ids(&scenarios::all()?, &texts)
    })?;
    if has_swift() { play() } else { Ok(()) }
}

/// Puts what is generated where the package looks for it.
fn make_bindings() -> Result<()> {
    build()?;
    generate("swift")?;
    let made = bindings("swift");
    let places = [
        ("SecureFlowsBinding.swift", "Sources/SecureFlowsBinding"),
        ("SecureFlowsFFI.h", "Sources/SecureFlowsFFI"),
    ];
    for (file, folder) in places {
        fs::copy(made.join(file), home().join(folder).join(file)).context(file)?;
    }
    Ok(())
}

/// Where there is a Swift, the package is compiled and every scenario is played.
fn play() -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!(
            "the tests run on Linux; on a Mac use --xcframework, then `swift test` in sdk-mobile/swift"
        );
    }
    step::quiet("sdk-mobile/swift/test-linux", Command::new(home().join("test-linux")))
}

fn has_swift() -> bool {
    workspace::ask("swift", &["--version"]).is_some()
}

/// The package, its tests, the example and what is generated: all of it is Swift to a parser.
fn parse() -> Result<()> {
    let mut files =
        vec![home().join("Package.swift"), bindings("swift").join("SecureFlowsBinding.swift")];
    for folder in
        ["sdk-mobile/swift/Sources/SecureFlows", "sdk-mobile/swift/Tests", "examples/ios-notes"]
    {
        files.extend(sources(&workspace::root().join(folder))?);
    }
    let mut parse = Command::new(needs::swift_parser());
    parse.arg(workspace::root().join("xtask/swift/parse.py")).args(&files);
    step::quiet(&format!("tree-sitter-swift, on {} files", files.len()), parse)
}

/// All Swift files of a folder and those in it.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|end| end == "swift") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The functions that a generated header declares: each begins a line with its type and has its name
/// before the bracket.
fn functions(header: &str) -> BTreeSet<String> {
    let declared = header.lines().filter(|line| !line.starts_with(['/', '#', ' ']));
    let declared = declared.filter(|line| !line.starts_with("typedef"));
    let names = declared.filter_map(|line| line.split_once('(')?.0.split([' ', '*']).next_back());
    names.filter(|name| name.contains("ffi_")).map(str::to_owned).collect()
}

/// What the built library has for others.
fn exported() -> Result<BTreeSet<String>> {
    let mut nm = Command::new("nm");
    nm.args(if cfg!(target_os = "macos") { ["-g", "-U"] } else { ["-D", "--defined-only"] });
    let text = workspace::output_of({
        nm.arg(library_path());
        nm
    })?;
    let names = text.lines().filter_map(|line| line.split_whitespace().next_back());
    // Apple's names have a bar in front.
    Ok(names.map(|name| name.trim_start_matches('_').to_owned()).collect())
}

fn check_symbols(declared: &BTreeSet<String>, exported: &BTreeSet<String>) -> Result<String> {
    let missing: Vec<_> = declared.difference(exported).map(String::as_str).collect();
    if declared.is_empty() || !missing.is_empty() {
        bail!("of {} functions these are not there: {}", declared.len(), missing.join(", "));
    }
    Ok(format!("{} functions", declared.len()))
}

fn check_ids(listed: &BTreeSet<String>, sources: &str) -> Result<String> {
    let named = |id: &&String| sources.contains(&format!("\"{id}\""));
    let missing: Vec<_> = listed.iter().filter(|id| !named(id)).map(String::as_str).collect();
    if !missing.is_empty() {
        bail!("no test plays {}", missing.join(", "));
    }
    Ok(format!("{} ids", listed.len()))
}

fn home() -> PathBuf {
    workspace::root().join("sdk-mobile/swift")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn functions_are_found_and_nothing_else() {
        let header = "// void uniffi_no(\n#ifndef X\ntypedef void (*UniffiCallback)(uint64_t\n    );\n\
            uint64_t uniffi_a_fn_one(uint64_t handle\n);\nvoid ffi_two(void\n    \n);\n\
            const char *_Nonnull uniffi_three(void);\ntypedef struct S {\n    uint8_t x;\n} S;\n";
        assert_eq!(functions(header), set(&["uniffi_a_fn_one", "ffi_two", "uniffi_three"]));
    }

    #[test]
    fn a_function_that_the_library_has_not_is_named() {
        let exported = set(&["ffi_one", "other"]);
        assert_eq!(check_symbols(&set(&["ffi_one"]), &exported).unwrap(), "1 functions");
        let error = check_symbols(&set(&["ffi_one", "ffi_two"]), &exported).unwrap_err();
        assert!(error.to_string().ends_with("not there: ffi_two"), "{error}");
        assert!(check_symbols(&set(&[]), &exported).is_err());
    }

    #[test]
    fn a_scenario_without_a_test_is_named() {
        let listed = set(&["a.b", "a.bc"]);
        assert!(check_ids(&listed, "scenario(\"a.b\") scenario(\"a.bc\")").is_ok());
        let error = check_ids(&listed, "scenario(\"a.bc\")").unwrap_err();
        assert_eq!(error.to_string(), "no test plays a.b");
    }
}
