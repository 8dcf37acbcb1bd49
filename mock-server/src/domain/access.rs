//! The access log: one row for each request to the API, by whomever (contract §5).

use std::time::Duration;

use jiff::Timestamp;

use super::ids::{ApplicationId, SessionId, UserId, WorkspaceId};

/// A request, and what became of it: no token, no query, names in place of what stood in its path.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    /// Its number; a store gives its own.
    pub(crate) id: i64,
    pub(crate) workspace: WorkspaceId,
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    /// The path's template.
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) duration: Duration,
    pub(crate) session: Option<SessionId>,
    pub(crate) token_revision: Option<i64>,
    pub(crate) user: Option<UserId>,
    pub(crate) application: Option<ApplicationId>,
    /// The caller's account, unless the session says whose it is.
    pub(crate) uid: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) agent: Option<String>,
}
