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
    /// Print a new master key for a database: 64 hexadecimal digits, which nobody but the server should have
    Keygen,
    /// Look for a word that was stored as data in a database, dumps, a journal and logs: none may have it in the
    /// clear. The code is 1 when one does
    ProveAtRest(Prove),
    /// Wrap the keys in a database under a new master key; what was broken off goes on where it stopped
    Rotate(Rotate),
    /// Create or update the tables of a database, as their owner, and let a role serve them
    Migrate(Migrate),
}

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// The database, entered as the role that shall own its tables: postgres://owner@localhost/name
    #[arg(long, value_name = "URL")]
    pub(super) database: String,
    /// The role that the server enters as; it must be there, and gets no more rights than it needs
    #[arg(long, value_name = "NAME")]
    pub(super) role: String,
}

#[derive(Debug, Args)]
pub(super) struct Prove {
    /// The word to look for: 8 to 64 letters and digits that were stored as data and nowhere else
    #[arg(long, value_name = "TEXT")]
    pub(super) canary: String,
    /// The database, entered as the role that serves it
    #[arg(long, value_name = "URL")]
    pub(super) database: Option<String>,
    /// The control URL of a server, whose journal is searched
    #[arg(long, value_name = "URL")]
    pub(super) control: Option<String>,
    /// Say what was searched and found in JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Dumps, logs, or folders of them, such as the database's own
    #[arg(value_name = "PATH", required_unless_present_any = ["database", "control"])]
    pub(super) paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Rotate {
    /// The database, entered as the role that serves it
    #[arg(long, value_name = "URL")]
    pub(super) database: String,
    /// The file of the new master key, made with `keygen`
    #[arg(long, value_name = "FILE")]
    pub(super) master_key: PathBuf,
    /// The file of the master key before
    #[arg(long, value_name = "FILE")]
    pub(super) former_master_key: PathBuf,
}

/// A database, and the key to it.
#[derive(Debug, Clone, Args)]
pub(super) struct Keeping {
    /// Keep everything in this PostgreSQL database, such as postgres://role@localhost/name: several instances
    /// are one platform, and a restart loses nothing. Prepare it with `migrate`
    #[arg(long, value_name = "URL", requires = "master_key")]
    pub(super) database: Option<String>,
    /// The file that holds the database's master key, made with `keygen`
    #[arg(long, value_name = "FILE", requires = "database")]
    pub(super) master_key: Option<PathBuf>,
    /// The file of the master key before, while `rotate` may be under way
    #[arg(long, value_name = "FILE", requires = "database")]
    pub(super) former_master_key: Option<PathBuf>,
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
    #[command(flatten)]
    pub(super) keeping: Keeping,
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
