//! The command line.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::mobile::Wanted;
use crate::parts;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Run the named parts; all of them when none is named.
    Test {
        parts: Vec<String>,
        yes: bool,
    },
    /// Install what the parts need, and stop there.
    Setup {
        yes: bool,
    },
    /// Build the npm package `@secureflows/web` and measure it.
    Web {
        yes: bool,
    },
    /// Run the benchmarks; the rest goes to them as it is.
    Bench {
        rest: Vec<String>,
    },
    /// Build the libraries of the Android module for four ABIs.
    Android,
    /// Generate the Swift bindings, and test the package or build its framework.
    Swift {
        wanted: Wanted,
    },
    Help,
}

/// Reads the process's arguments.
pub(crate) fn parse() -> Result<Command> {
    parse_from(lexopt::Parser::from_env())
}

/// The text of `cargo xtask --help`: made from the table of parts, so that it stays true.
pub(crate) fn help() -> String {
    let mut text = String::from(
        "cargo xtask test [PART…] [--yes]   set up what is missing, then run all parts or those named
cargo xtask kotlin [--yes]         the same as `test kotlin`; so with `python`
cargo xtask android                build the Android module's libraries with the NDK, four ABIs
cargo xtask swift                  generate the Swift bindings; where there is a Swift, play every scenario too
cargo xtask swift --bindings       only generate them
cargo xtask swift --xcframework    build the library for Apple's systems, on a Mac
cargo xtask setup [--yes]          only install what the parts need
cargo xtask web [--yes]            build the npm package into target/web, and what each part of it weighs
cargo xtask bench [program|peers|web]  run the benchmarks: all, the mock's program, it beside others from npm, the
                                   npm package in Chromium
cargo xtask bench postgres [--yes] how get and set do over memory and PostgreSQL, few sessions and many
cargo xtask bench build            how long the crate builds from nothing, and what it brings along

--yes installs without asking, as CI=true does.

Parts, in the order they run:",
    );
    for part in parts::ALL {
        let _ = write!(text, "\n  {:14} {}", part.name, part.what);
    }
    text
}

fn parse_from(mut parser: lexopt::Parser) -> Result<Command> {
    let (mut words, mut yes, mut wanted) = (Vec::new(), false, Wanted::All);
    while let Some(argument) = parser.next()? {
        match argument {
            // What follows `bench` is for the benchmarks, options included.
            Value(word) if words.is_empty() && word == "bench" => {
                let rest = parser.raw_args()?.map(ValueExt::string).collect::<Result<_, _>>()?;
                return Ok(Command::Bench { rest });
            }
            Value(word) => words.push(word.string()?),
            Long("yes") | Short('y') => yes = true,
            Long("bindings") if words == ["swift"] => wanted = Wanted::Bindings,
            Long("xcframework") if words == ["swift"] => wanted = Wanted::XcFramework,
            Long("help") | Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    let mut words = words.into_iter();
    match (words.next().as_deref(), words.collect::<Vec<_>>()) {
        (None | Some("help"), _) => Ok(Command::Help),
        (Some("test"), parts) => Ok(Command::Test { parts, yes }),
        (Some("android"), rest) if rest.is_empty() => Ok(Command::Android),
        (Some("swift"), rest) if rest.is_empty() => Ok(Command::Swift { wanted }),
        (Some("web"), rest) if rest.is_empty() => Ok(Command::Web { yes }),
        (Some(part @ ("kotlin" | "python")), rest) if rest.is_empty() => {
            Ok(Command::Test { parts: vec![part.into()], yes })
        }
        (Some("setup"), rest) if rest.is_empty() => Ok(Command::Setup { yes }),
        (Some("setup"), _) => bail!("`setup` takes no part: it installs the needs of all of them"),
        (Some(other), _) => bail!("there is no command `{other}`\n\n{}", help()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Command> {
        parse_from(lexopt::Parser::from_args(words))
    }

    #[test]
    fn parts_and_options_come_in_any_order() {
        let expected = Command::Test { parts: vec!["rust".into(), "wasm".into()], yes: true };
        assert_eq!(parse(&["test", "rust", "--yes", "wasm"]).unwrap(), expected);
        assert_eq!(parse(&["-y", "test", "rust", "wasm"]).unwrap(), expected);
    }

    #[test]
    fn no_command_shows_the_help() {
        assert_eq!(parse(&[]).unwrap(), Command::Help);
        assert!(help().contains("quickstart"));
    }

    #[test]
    fn bench_keeps_the_options_of_the_benchmarks() {
        let rest = vec!["get".into(), "--quick".into()];
        assert_eq!(parse(&["bench", "get", "--quick"]).unwrap(), Command::Bench { rest });
    }

    #[test]
    fn what_is_wanted_of_swift_is_said_by_one_option() {
        let swift = |words: &[&str]| parse(&[&["swift"], words].concat()).unwrap();
        assert_eq!(swift(&[]), Command::Swift { wanted: Wanted::All });
        assert_eq!(swift(&["--xcframework"]), Command::Swift { wanted: Wanted::XcFramework });
        assert!(parse(&["test", "--xcframework"]).is_err());
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(parse(&["tset"]).unwrap_err().to_string().contains("no command `tset`"));
        assert!(parse(&["test", "--fast"]).is_err());
        assert!(parse(&["setup", "rust"]).is_err());
    }
}
