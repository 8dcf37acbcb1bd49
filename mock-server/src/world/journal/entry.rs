//! A row of the journal with what its ids stand for.

use std::{net::IpAddr, time::Duration};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::names::Name;
use crate::{
    domain::{ApplicationId, Reason, SessionId, UserId, WorkspaceId},
    http::{Caller, FaultId, Row},
};

/// One request, and what became of it. It holds no token, no value and no word of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Entry {
    /// Its number in the world, counted from 1.
    pub id: u64,
    /// When it came, by the world's clock.
    #[serde(serialize_with = "text")]
    #[schemars(with = "String")]
    pub time: Timestamp,
    /// Its method; `OTHER` for one that no API uses.
    pub method: &'static str,
    /// The operation it asked for; `None` when there is no such path or method.
    pub operation: Option<&'static str>,
    /// The operation's path, with names in place of what was given.
    pub path: Option<&'static str>,
    /// The answer's status; `None` when no answer left the platform.
    pub status: Option<u16>,
    /// How long it took by the world's clock: no time when that stands still.
    #[serde(rename = "durationMs", serialize_with = "millis")]
    #[schemars(with = "u64")]
    pub duration: Duration,
    /// The workspace of the caller's session.
    #[schemars(with = "Option<i64>")]
    pub workspace_id: Option<WorkspaceId>,
    /// The caller's session.
    #[schemars(with = "Option<i64>")]
    pub session_id: Option<SessionId>,
    /// The revision of the caller's token.
    pub token_revision: Option<i64>,
    /// The user whose session it is.
    #[schemars(with = "Option<i64>")]
    pub user_id: Option<UserId>,
    /// The caller's account at the identity provider.
    pub user_uid: Option<String>,
    /// The caller's e-mail.
    pub email: Option<String>,
    /// The session's application.
    #[schemars(with = "Option<i64>")]
    pub application_id: Option<ApplicationId>,
    /// Where it came from; `None` without a socket.
    pub client_ip: Option<IpAddr>,
    /// What the client calls itself, cut at 200 characters.
    pub user_agent: Option<String>,
    /// The fault that struck it.
    pub fault: Option<FaultId>,
    /// Why it was refused.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub reason: Option<Reason>,
}

impl Entry {
    pub(super) fn of(row: &Row, name: &Name) -> Self {
        let (session_id, token_revision, application_id) = match &row.caller {
            Caller::Session { session, token_revision, application, .. } => {
                (Some(*session), Some(*token_revision), *application)
            }
            Caller::Nobody | Caller::Account(_) | Caller::User { .. } => (None, None, None),
        };
        Self {
            id: row.id,
            time: row.time,
            method: row.method,
            operation: row.operation.map(|(name, _)| name),
            path: row.operation.map(|(_, path)| path),
            status: row.status,
            duration: row.duration,
            workspace_id: row.workspace,
            session_id,
            token_revision,
            user_id: name.user,
            user_uid: name.uid.clone(),
            email: name.email.clone(),
            application_id,
            client_ip: row.client,
            user_agent: row.agent.as_deref().map(str::to_owned),
            fault: row.fault,
            reason: row.reason,
        }
    }
}

fn text<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

fn millis<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
