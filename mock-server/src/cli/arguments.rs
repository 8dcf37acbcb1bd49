//! What can be asked for.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use secureflows_mock::Profile;

const STEERED: &str =
    "Tests steer the world under /_mock, on the same port: GET /_mock/openapi.json says how.";

/// The secureFlows platform on this machine, to build and test against. Without a command it serves.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = STEERED)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve one world on 127.0.0.1 until it is stopped
    #[command(after_help = STEERED)]
    Serve(Serve),
    /// Run a command beside a world of its own, and exit with its code
    Exec(Exec),
    /// Print the JSON Schema of seed files
    Schema,
}

#[derive(Debug, Clone, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    pub(super) world: Place,
    /// The port to listen on; 0 for any free one
    #[arg(long, default_value_t = 8787)]
    pub(super) port: u16,
    /// Say so in JSON when ready, on one line: {"baseUrl", "controlUrl", "pid", …}
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The command's environment: SECUREFLOWS_ORIGIN, SECUREFLOWS_CONTROL_URL, and \
    of the seed's first application SECUREFLOWS_WORKSPACE and SECUREFLOWS_APP_ID; with --tls \
    SECUREFLOWS_CA_FILE, the certificate to trust, and NODE_EXTRA_CA_CERTS unless it is set already."
)]
pub(super) struct Exec {
    #[command(flatten)]
    pub(super) world: Place,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(super) command: Vec<OsString>,
}

/// What the world is like.
#[derive(Debug, Clone, Args)]
pub(super) struct Place {
    /// What the world begins with, as TOML; a demo unless given
    #[arg(long, value_name = "FILE")]
    pub(super) seed: Option<PathBuf>,
    /// How missing and dead session tokens are answered; what the seed file says unless given
    #[arg(long, value_enum)]
    pub(super) profile: Option<Dialect>,
    /// HTTPS, with a certificate authority made for this run
    #[arg(long)]
    pub(super) tls: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Dialect {
    /// 410 for dead tokens, 401 for missing ones
    Default,
    /// As the published API description has it
    Published,
    /// As older deployments answer: 403
    Legacy,
}

/// Reads the process's arguments. What cannot be read ends the process with usage and code 2.
pub(super) fn parse() -> Arguments {
    Arguments::parse()
}

impl Arguments {
    pub(super) fn command(self) -> Command {
        self.command.unwrap_or(Command::Serve(self.serve))
    }
}

impl From<Dialect> for Profile {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Default => Self::Default,
            Dialect::Published => Self::Published,
            Dialect::Legacy => Self::Legacy,
        }
    }
}
