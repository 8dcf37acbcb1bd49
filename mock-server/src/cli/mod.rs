//! The command line: thin, since everything it does is a call of the library.
//!
//! ```text
//! arguments ─► serve ─► place (seed file, trust, world) ─► announce ─► signals
//!         ├──► exec ──► place ─► the command, with the place in its environment
//!         ├──► keygen, migrate, rotate: what a database needs besides
//!         ├──► prove-at-rest
//!         └──► schema
//! ```

mod announce;
mod arguments;
mod exec;
mod failure;
mod keys;
mod place;
mod prove;
mod serve;
mod signals;
mod trust;

use std::{io::Write as _, process::ExitCode};

use self::{
    arguments::{Arguments, Command},
    failure::Failure,
};

/// Does what the arguments say; the exit code is 0, that of the command, or one that says what went wrong.
pub(crate) fn run() -> ExitCode {
    match act(arguments::parse()) {
        Ok(code) => code,
        Err(failure) => {
            // A closed error stream leaves nobody to tell.
            let _ = writeln!(anstream::stderr(), "secureflows-mock: {failure}");
            failure.exit_code()
        }
    }
}

fn act(arguments: Arguments) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|source| Failure::System { doing: "start", source })?;
    match arguments.command() {
        Command::Serve(options) => runtime.block_on(serve::run(&options)),
        Command::Exec(options) => runtime.block_on(exec::run(&options)),
        Command::Keygen => keys::generate(),
        Command::ProveAtRest(options) => runtime.block_on(prove::run(&options)),
        Command::Rotate(options) => runtime.block_on(keys::rotate(&options)),
        Command::Migrate(options) => runtime.block_on(keys::migrate(&options)),
        Command::Schema => {
            let written = write!(anstream::stdout(), "{}", secureflows_mock::SEED_SCHEMA);
            written.map_err(|source| Failure::System { doing: "write the schema", source })?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
