//! Why a world cannot begin, listen, or sign somebody in.

use std::io;

use crate::domain::{BadRedirectUri, Refusal, StoreError};
#[cfg(feature = "postgres")]
use crate::store::DatabaseError;

/// What a world cannot begin with. Each names what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// A name or id that is empty; give it one.
    #[error("the {field} is empty; give it a name")]
    Empty {
        /// Which one.
        field: &'static str,
    },
    /// Two workspaces of one name; rename one.
    #[error("there is already a workspace `{name}`; names are unique")]
    WorkspaceTaken {
        /// The name.
        name: String,
    },
    /// An application or user of a workspace that was not described; describe it, or correct the name.
    #[error("there is no workspace `{name}`; add it with `.workspace(…)` or correct the name")]
    WorkspaceUnknown {
        /// The name.
        name: String,
    },
    /// Two applications with one id, maybe in different workspaces; rename one (contract ruling 13).
    #[error("there is already an application `{app_id}`; ids are unique across workspaces")]
    ApplicationTaken {
        /// The id.
        app_id: String,
    },
    /// A redirect URI that cannot be registered.
    #[error("application `{app_id}`: redirect URI `{uri}` cannot be registered: {reason}")]
    RedirectUri {
        /// The application.
        app_id: String,
        /// The URI.
        uri: String,
        /// What is wrong with it.
        reason: BadRedirectUri,
    },
    /// A lifetime of a session token that is shorter than a second.
    #[error("application `{app_id}`: session tokens need to live for a second at least")]
    TokenTtl {
        /// The application.
        app_id: String,
    },
    /// A text that is no e-mail address.
    #[error("`{email}` is not an e-mail address")]
    Email {
        /// The text.
        email: String,
    },
    /// One person described twice in one workspace, or with two passwords; leave one out.
    #[error("`{email}` is described twice with different passwords, or twice in one workspace")]
    UserTaken {
        /// The e-mail.
        email: String,
    },
    /// A number that two rows of one kind ask for; change one, or leave it out.
    #[error("another {kind} has the id {id}; change one, or leave it out")]
    IdTaken {
        /// What kind of row.
        kind: &'static str,
        /// The number.
        id: i64,
    },
    /// A number that not every client can read.
    #[error("{id} cannot be the id of a {kind}; ids go from 1 to 9007199254740991")]
    Id {
        /// What kind of row.
        kind: &'static str,
        /// The number.
        id: i64,
    },
    /// A session of an application that its workspace does not have.
    #[error(
        "workspace `{workspace}` has no application `{app_id}`; add it, or correct the session's"
    )]
    SessionApplication {
        /// The user's workspace.
        workspace: String,
        /// The application.
        app_id: String,
    },
    /// A session's data that is no JSON object.
    #[error("the payload of `{email}` in `{app_id}` cannot be stored: {reason}")]
    Payload {
        /// The user.
        email: String,
        /// The application.
        app_id: String,
        /// Why not.
        reason: String,
    },
    /// A start time that is not ISO-8601 with an offset.
    #[error("`{text}` is not a time; write it like 2026-01-01T00:00:00Z")]
    StartTime {
        /// The text.
        text: String,
    },
    /// The operating system gave no randomness; give a seed, or mend the system.
    #[error("the operating system gave no randomness; give the world a `.seed(…)`")]
    NoRandomness,
    /// A data key could not be made.
    #[error("the data key of workspace `{name}` could not be made")]
    Key {
        /// The workspace.
        name: String,
    },
    /// The store did not take a row, which memory always does.
    #[error("the world could not be laid out: {reason}")]
    Store {
        /// What the store said.
        reason: String,
    },
    /// The database cannot be used as it is.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<StoreError> for SeedError {
    fn from(error: StoreError) -> Self {
        Self::Store { reason: error.to_string() }
    }
}

/// Why a world does not listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It could not begin.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The port could not be opened: it is taken, or no descriptor is left. Choose another, or 0 for any.
    #[error("port {port} of 127.0.0.1 cannot be opened; choose another, or 0 for any")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
}

/// Snapshots are for worlds in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this world lies in a database, which has no snapshots; take a dump with pg_dump, or use a world in memory"
)]
pub struct InDatabase;

/// Why nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// Nobody has this e-mail; add the user to the world.
    #[error("nobody has the e-mail `{email}`; add the user to the world")]
    UserUnknown {
        /// The e-mail.
        email: String,
    },
    /// No application has this id; add it to the world.
    #[error("there is no application `{app_id}`; add it to the world")]
    ApplicationUnknown {
        /// The id.
        app_id: String,
    },
    /// The user is not in this workspace, or there is no such workspace.
    #[error("`{email}` is not a user of workspace `{workspace}`")]
    NotAUser {
        /// The e-mail.
        email: String,
        /// The workspace.
        workspace: String,
    },
    /// A redirect URI that the application's allowlist does not hold; register it, character by character.
    #[error(
        "application `{app_id}` does not allow the redirect URI `{uri}`; register it, character by character"
    )]
    RedirectUri {
        /// The application.
        app_id: String,
        /// The URI.
        uri: String,
    },
    /// The platform refused, as it would over HTTP.
    #[error("the platform refused: {reason}")]
    Refused {
        /// The text that a client would get.
        reason: String,
    },
}

impl From<Refusal> for SignInError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { reason: refusal.to_string() }
    }
}
