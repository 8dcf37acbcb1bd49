//! What goes wrong, in words, and as an exit code.

use std::{ffi::OsString, io, path::PathBuf, process::ExitCode};

use secureflows_mock::{AuthorityError, DatabaseError, SeedFileError, StartError, WeakKey};

#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("cannot read the {what} {}: {source}", path.display())]
    Read { what: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "the canary has to be 8 to 64 letters and digits; store such a word as data, and look for that"
    )]
    Canary,
    #[error(
        "there is nothing to read in {}, which is no file and no folder with files: that would prove nothing",
        path.display()
    )]
    Nothing { path: PathBuf },
    #[error(
        "not one byte or row was read, and that proves nothing; give what the word would be in"
    )]
    Unread,
    #[error(
        "{} is packed as {how}, and cannot be looked into: make a plain dump (pg_dump --format=plain), or unpack it",
        path.display()
    )]
    Packed { path: PathBuf, how: &'static str },
    #[error(
        "cannot read the journal at {url}: {reason}; give the control URL, such as http://127.0.0.1:8787/_mock"
    )]
    Journal { url: String, reason: String },
    #[error("{name}: {error}")]
    Key { name: String, error: WeakKey },
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// As compilers write it, so that editors find the place.
    #[error(
        "{name}:{}:{}: {}\n{}", error.line(), error.column(), error.reason(), error.excerpt()
    )]
    Seed { name: String, error: SeedFileError },
    #[error("{error}{}", cause(error))]
    Start { error: StartError },
    #[error(transparent)]
    Authority { error: AuthorityError },
    #[error("cannot run {}: {source}", command.display())]
    Command { command: OsString, source: io::Error },
    #[error("cannot {doing}: {source}")]
    System { doing: &'static str, source: io::Error },
}

impl Failure {
    /// 1; for a command that is not there 127, for one that cannot be run 126, as shells have it.
    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Command { source, .. } if source.kind() == io::ErrorKind::NotFound => 127.into(),
            Self::Command { .. } => 126.into(),
            _ => ExitCode::FAILURE,
        }
    }
}

/// What the system said, in brackets.
fn cause(error: &StartError) -> String {
    std::error::Error::source(error).map_or_else(String::new, |cause| format!(" ({cause})"))
}
