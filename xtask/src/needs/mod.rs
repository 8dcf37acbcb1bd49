//! What the parts need beyond Rust itself. A new need is a row here.

mod chromium;
mod deny;
mod maven;
mod node;
mod postgres;
mod python;
pub(crate) mod rustup;
mod schemathesis;
mod swift_parser;

use anyhow::Result;

use crate::parts::Part;
use crate::wasm;

pub(crate) use chromium::program as chromium;
pub(crate) use deny::program as cargo_deny;
pub(crate) use node::command as node;
pub(crate) use postgres::folder as postgres;
pub(crate) use python::program as python;
pub(crate) use schemathesis::python as schemathesis_python;
pub(crate) use swift_parser::python as swift_parser;

/// Something that a part needs and that can be installed.
#[derive(Debug)]
pub(crate) struct Need {
    pub(crate) name: &'static str,
    pub(crate) why: &'static str,
    /// The command that installs it, for people to read.
    pub(crate) how: &'static str,
    /// The version found, or nothing when it is missing.
    pub(crate) find: fn() -> Result<Option<String>>,
    pub(crate) install: fn() -> Result<()>,
}

pub(crate) static RUSTFMT: Need = Need {
    name: "rustfmt",
    why: "one format",
    how: "rustup component add rustfmt",
    find: || Ok(rustup::version_of("rustfmt")),
    install: || rustup::add("component", "rustfmt"),
};

pub(crate) static CLIPPY: Need = Need {
    name: "clippy",
    why: "lints",
    how: "rustup component add clippy",
    find: || Ok(rustup::version_of("cargo-clippy")),
    install: || rustup::add("component", "clippy"),
};

pub(crate) static WASM: Need = Need {
    name: "wasm target",
    why: "the core in a browser",
    how: "rustup target add wasm32-unknown-unknown  # or Debian's rustc-web",
    find: || Ok(wasm::find().map(|toolchain| toolchain.version)),
    install: || wasm::toolchain().map(drop),
};

pub(crate) static CARGO_DENY: Need = Need {
    name: "cargo-deny",
    why: "licences, sources, duplicates",
    how: deny::HOW,
    find: || Ok(deny::found()),
    install: deny::install,
};

pub(crate) static SCHEMATHESIS: Need = Need {
    name: "schemathesis",
    why: "requests made from the OpenAPI document",
    how: schemathesis::HOW,
    find: || Ok(schemathesis::found()),
    install: schemathesis::install,
};

pub(crate) static NODE: Need = Need {
    name: "node",
    why: "the npm packages",
    how: node::HOW,
    find: || Ok(node::found()),
    install: node::install,
};

pub(crate) static CHROMIUM: Need = Need {
    name: "chromium",
    why: "the web package in a browser",
    how: "apt-get install chromium",
    find: || Ok(chromium::found()),
    install: chromium::install,
};

pub(crate) static MAVEN: Need = Need {
    name: "Maven",
    why: "the Kotlin package on the JVM",
    how: maven::HOW,
    find: || Ok(maven::found()),
    install: maven::install,
};

pub(crate) static POSTGRES: Need = Need {
    name: "PostgreSQL",
    why: "the mock over a database",
    how: postgres::HOW,
    find: || Ok(postgres::found()),
    install: postgres::install,
};

pub(crate) static PYTHON: Need = Need {
    name: "Python tools",
    why: "the Python package: its wheel, its types, its tests",
    how: python::HOW,
    find: || Ok(python::found()),
    install: python::install,
};

pub(crate) static SWIFT_PARSER: Need = Need {
    name: "Swift parser",
    why: "the Swift sources where no compiler is",
    how: swift_parser::HOW,
    find: || Ok(swift_parser::found()),
    install: swift_parser::install,
};

/// The needs of some parts, each once, in the order they are first needed.
pub(crate) fn of(parts: &[&Part]) -> Vec<&'static Need> {
    let mut needs: Vec<&'static Need> = Vec::new();
    for need in parts.iter().flat_map(|part| part.needs) {
        if !needs.iter().any(|known| known.name == need.name) {
            needs.push(need);
        }
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts;

    #[test]
    fn only_the_needs_of_the_chosen_parts_and_each_once() {
        let names = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.into()).collect();
            of(&parts::choose(&words).unwrap()).iter().map(|need| need.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&["rust"]), [""; 0]);
        assert_eq!(names(&["format", "lint"]), ["rustfmt", "clippy"]);
        assert_eq!(names(&["wasm", "wasm"]), ["wasm target"]);
    }
}
