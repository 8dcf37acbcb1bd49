//! One request, and what became of it.

use std::{net::IpAddr, sync::Arc, time::Duration};

use http::Method;
use jiff::Timestamp;

use crate::{
    domain::{ApplicationId, Reason, SessionId, UserId, WorkspaceId},
    http::faults::FaultId,
};

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
#[derive(Debug, Clone, PartialEq, Eq)]
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
