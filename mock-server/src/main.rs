//! The `secureflows-mock` program: the platform for every language, to develop and test against.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
