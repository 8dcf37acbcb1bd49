//! Why a database cannot be used.

/// Why a database cannot be used. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// A text that is no URL of a PostgreSQL database.
    #[error("this is no database's URL; write it like postgres://role@localhost/name")]
    Url,
    /// It does not answer, or lets nobody in by this URL.
    #[error("the database cannot be reached: {reason}")]
    Unreachable {
        /// What was said.
        reason: String,
    },
    /// The tables are not there, or not those of this version.
    #[error(
        "the database has not the tables of this version; run `secureflows-mock migrate` as their owner"
    )]
    NotMigrated,
    /// There is no such role to give rights to.
    #[error("the database has no role `{role}`; create it with CREATE ROLE \"{role}\" LOGIN")]
    NoRole {
        /// Its name.
        role: String,
    },
    /// The role that is to serve the tables is whoever owns them, or the database.
    #[error(
        "`{role}` owns the tables or the database, or is who migrates; create a role that owns nothing, such as CREATE ROLE sf_server LOGIN, and name that"
    )]
    Owner {
        /// Its name.
        role: String,
    },
    /// The role could see past row-level security, or change what shall only ever be added to.
    #[error(
        "the role `{role}` {because}; serve as one that owns nothing and is a member of nothing, and give it rights with `secureflows-mock migrate`"
    )]
    Privileged {
        /// Its name.
        role: String,
        /// What it could do.
        because: String,
    },
    /// Row-level security is not as this version's tables have it.
    #[error(
        "row-level security was changed: {what}; undo that as the tables' owner, or move to a database that `secureflows-mock migrate` made anew"
    )]
    Barrier {
        /// What is missing, or was added.
        what: String,
    },
    /// The keys in the database are wrapped under another master key.
    #[error("the database's master key is {wanted}, and the one given is {given}")]
    OtherKey {
        /// What the database calls its key.
        wanted: String,
        /// What it would call the one that was given.
        given: String,
    },
    /// A key that neither master key opens.
    #[error(
        "the key of {what} is wrapped under neither of the two master keys; give the one that it is under"
    )]
    Sealed {
        /// Whose key it is.
        what: String,
    },
    /// Re-wrapping wants both keys.
    #[error("give the master key before as well, which the keys are wrapped under")]
    NoFormerKey,
    /// Another instance lays out what a world begins with.
    #[error(
        "another instance has been laying out this database for five minutes; start again when that is ready, or end it"
    )]
    Beginning,
    /// More workspaces than can be looked into one by one.
    #[error(
        "the numbers of workspaces go up to {last}, too far to look into each; look as a superuser, who sees the rows of all at once"
    )]
    TooMany {
        /// The last number that was given.
        last: i64,
    },
    /// The database refused.
    #[error("the database refused: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        let reason = error.to_string();
        match error {
            sqlx::Error::Database(_) => Self::Refused { reason },
            _ => Self::Unreachable { reason },
        }
    }
}
