//! One request, and what became of it.

use std::{net::IpAddr, sync::Arc, time::Duration};

use http::Method;
use jiff::Timestamp;

use crate::{
    domain::{Access, ApplicationId, Reason, SessionId, UserId, WorkspaceId},
    http::faults::FaultId,
};

/// Where the API is, which the access log is about.
pub(in crate::http) const BASE: &str = "/api/v1";

/// What is noted of a request: ids, which are looked up when somebody reads it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) time: Timestamp,
    pub(crate) method: &'static str,
    /// The operation and its path template, once the request has found one.
    pub(crate) operation: Option<(&'static str, &'static str)>,
    /// `None` when no answer left the platform.
    pub(crate) status: Option<u16>,
    pub(crate) duration: Duration,
    pub(crate) caller: Caller,
    /// The workspace that the caller is of, or went to.
    pub(crate) workspace: Option<WorkspaceId>,
    pub(crate) fault: Option<FaultId>,
    pub(crate) reason: Option<Reason>,
    pub(crate) client: Option<IpAddr>,
    pub(crate) agent: Option<Arc<str>>,
}

/// Who called, as far as the platform found out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    Nobody,
    Session {
        workspace: WorkspaceId,
        session: SessionId,
        token_revision: i64,
        user: UserId,
        application: Option<ApplicationId>,
    },
    /// The bearer of an identity token, by the account's uid.
    Account(Box<str>),
    /// The bearer of a USER token, by the account's uid.
    User {
        workspace: WorkspaceId,
        uid: Box<str>,
    },
}

impl Caller {
    pub(crate) fn workspace(&self) -> Option<WorkspaceId> {
        match self {
            Self::Nobody | Self::Account(_) => None,
            Self::Session { workspace, .. } | Self::User { workspace, .. } => Some(*workspace),
        }
    }
}

impl Row {
    pub(crate) fn begun(time: Timestamp, method: &'static str) -> Self {
        Self {
            id: 0,
            time,
            method,
            operation: None,
            status: None,
            duration: Duration::ZERO,
            caller: Caller::Nobody,
            workspace: None,
            fault: None,
            reason: None,
            client: None,
            agent: None,
        }
    }

    /// The row as its workspace's access log has it; none for what never became a call of the API there, or
    /// got no answer.
    pub(in crate::http) fn access(&self) -> Option<Access> {
        let (_, path) = self.operation.filter(|(_, path)| path.starts_with(BASE))?;
        let (session, token_revision, user, application) = match &self.caller {
            Caller::Session { session, token_revision, user, application, .. } => {
                (Some(*session), Some(*token_revision), Some(*user), *application)
            }
            Caller::Nobody | Caller::Account(_) | Caller::User { .. } => (None, None, None, None),
        };
        let uid = match &self.caller {
            Caller::Account(uid) | Caller::User { uid, .. } => Some(uid.to_string()),
            Caller::Nobody | Caller::Session { .. } => None,
        };
        Some(Access {
            id: i64::try_from(self.id).unwrap_or(i64::MAX),
            workspace: self.workspace?,
            at: self.time,
            method: self.method.to_owned(),
            path: path.to_owned(),
            status: self.status?,
            duration: self.duration,
            session,
            token_revision,
            user,
            application,
            uid,
            client: self.client.map(|client| client.to_string()),
            agent: self.agent.as_deref().map(str::to_owned),
        })
    }
}

/// A method's name. Methods that nobody declares are a client's own words, so they are not repeated.
pub(crate) fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::PUT => "PUT",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
