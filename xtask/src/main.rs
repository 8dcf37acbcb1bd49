//! The one door to builds and checks: `cargo xtask test`, `setup`, `web` and `bench`.
//!
//! ```text
//! args ─► setup (needs: what is missing, how it is installed)
//!     └─► parts (a table: name, needs, function) ─► step (one line each, with its time) ─► say
//! ```
//! A new part is a row in [`parts::ALL`]; something new to install is a row in [`needs`].

mod apt;
mod args;
mod bad_input;
mod bench;
mod clean_build;
mod dependencies;
mod e2e;
mod floors;
mod links;
mod mobile;
mod needs;
mod npm_mock;
mod parts;
mod postgres;
mod progress;
mod say;
mod scenarios;
mod setup;
mod step;
mod stopwatch;
mod wasm;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use args::Command;

fn main() -> ExitCode {
    match args::parse().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Test { parts, yes } => {
            let parts = parts::choose(&parts)?;
            setup::run(&needs::of(&parts), yes)?;
            parts::run(&parts)
        }
        Command::Web { yes } => {
            setup::run(&[&needs::WASM, &needs::NODE], yes)?;
            web::run()
        }
        Command::Android => mobile::build_android(),
        Command::Swift { wanted } => mobile::swift(wanted),
        Command::Setup { yes } => setup::run(&needs::of(&parts::choose(&[])?), yes),
        Command::Bench { rest } => bench::run(&rest),
        Command::Help => {
            say::line(&args::help());
            Ok(())
        }
    }
}
