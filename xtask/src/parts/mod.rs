//! The parts of `cargo xtask test`. A new part is a row of [`ALL`].

mod build;
mod rust;

use anyhow::{Result, bail};

use crate::needs::{self, Need};
use crate::say::{self, BAD, FAINT, GOOD, STRONG, cell};
use crate::stopwatch::{self, Stopwatch};
use crate::{bad_input, dependencies, e2e, floors, mobile, postgres, wasm, web};

/// Something that can be checked alone.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) needs: &'static [&'static Need],
    run: fn() -> Result<()>,
}

/// In the order they run: what is quick to tell comes first.
#[rustfmt::skip]
pub(crate) const ALL: &[Part] = &[
    Part { name: "format", what: "the source is formatted", needs: &[&needs::RUSTFMT], run: build::format },
    Part { name: "floors", what: "imports go downwards, every room keeps to itself", needs: &[], run: floors::run },
    Part { name: "deny", what: "licences, sources, duplicates, rust-version", needs: &[&needs::CARGO_DENY], run: dependencies::run },
    Part { name: "lint", what: "no lint has anything to say", needs: &[&needs::CLIPPY], run: build::lint },
    Part { name: "rust", what: "every Rust test, and every scenario was run", needs: &[], run: rust::run },
    Part { name: "postgres", what: "the mock over a real database, alone and as several instances", needs: &[&needs::POSTGRES], run: postgres::test },
    Part { name: "bad-input", what: "requests made from the OpenAPI document get what it says", needs: &[&needs::SCHEMATHESIS], run: bad_input::run },
    Part { name: "wasm", what: "the core builds for a browser, and drags nothing big along", needs: &[&needs::WASM], run: wasm::run },
    Part { name: "web", what: "the npm package as packed: in Node, in bundlers, in a browser", needs: &[&needs::WASM, &needs::NODE, &needs::CHROMIUM], run: web::test },
    Part { name: "mobile-library", what: "the native library is small", needs: &[], run: mobile::library },
    Part { name: "kotlin", what: "the Kotlin package on the JVM, with every scenario", needs: &[&needs::MAVEN], run: mobile::kotlin },
    Part { name: "android", what: "the Android module and its example, as far as they go without an SDK", needs: &[&needs::MAVEN], run: mobile::android },
    Part { name: "swift", what: "the Swift package and its example, as far as they go without a compiler; all with one", needs: &[&needs::SWIFT_PARSER], run: mobile::test_swift },
    Part { name: "python", what: "the Python package as installed, with every scenario", needs: &[&needs::PYTHON], run: mobile::python },
    Part { name: "e2e", what: "a note written in a browser is read in Kotlin, Python and Rust", needs: &[&needs::WASM, &needs::NODE, &needs::CHROMIUM, &needs::MAVEN, &needs::PYTHON], run: e2e::run },
    Part { name: "docs", what: "the documentation builds, its links lead somewhere", needs: &[], run: build::docs },
    Part { name: "quickstart", what: "the commands of the README work", needs: &[], run: build::quickstart },
];

/// The parts of these names, in the order of the table; all of them for no name.
pub(crate) fn choose(names: &[String]) -> Result<Vec<&'static Part>> {
    if let Some(unknown) = names.iter().find(|name| !ALL.iter().any(|part| part.name == **name)) {
        let known = ALL.iter().map(|part| part.name).collect::<Vec<_>>().join(", ");
        bail!("there is no part `{unknown}`; there are: {known}");
    }
    let chosen = |part: &&Part| names.is_empty() || names.iter().any(|name| name == part.name);
    Ok(ALL.iter().filter(chosen).collect())
}

/// Runs them all, also after a failure, and closes with a table.
pub(crate) fn run(parts: &[&Part]) -> Result<()> {
    let (mut rows, mut failed) = (Vec::new(), Vec::new());
    for part in parts {
        let watch = Stopwatch::start();
        say::heading(part.name, part.what);
        let result = (part.run)();
        if let Err(error) = &result {
            say::error(error);
            failed.push(part.name);
        }
        let word = if result.is_ok() { cell(GOOD, "ok") } else { cell(BAD, "failed") };
        let time = cell(FAINT, stopwatch::text(watch.elapsed()));
        rows.push(vec![cell(STRONG, part.name), word, time, cell(FAINT, part.what)]);
    }
    say::heading("summary", "");
    say::table(&["part", "", "time", ""], &rows);
    say::line(&format!("\n{} passed, {} failed", parts.len() - failed.len(), failed.len()));
    if failed.is_empty() {
        return Ok(());
    }
    bail!("failed: {0}\n\nAlone: cargo xtask test {1}", failed.join(", "), failed.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &[&str]) -> Result<Vec<&'static str>> {
        let words: Vec<String> = words.iter().map(|&word| word.into()).collect();
        Ok(choose(&words)?.iter().map(|part| part.name).collect())
    }

    #[test]
    fn all_when_none_is_named() {
        assert_eq!(names(&[]).unwrap().len(), ALL.len());
    }

    #[test]
    fn in_the_order_of_the_table_and_once() {
        assert_eq!(names(&["rust", "format", "rust"]).unwrap(), ["format", "rust"]);
    }

    #[test]
    fn an_unknown_part_is_answered_with_the_list() {
        let error = names(&["rust", "perl"]).unwrap_err().to_string();
        assert!(error.contains("`perl`") && error.contains("quickstart"), "{error}");
    }
}
