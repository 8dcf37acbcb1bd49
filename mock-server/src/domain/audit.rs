//! The audit trail: what was done in a workspace, by whom. It is only ever added to, in the same step as
//! the change that it tells of, and it holds no payload, no key of one and no token.

use jiff::Timestamp;
use serde::Serialize;
use tokio::task_local;

use super::{
    Account, User,
    ids::{AuditId, SessionId},
};

/// What happened. The names on the wire are those that the platform uses, and others in the same style.
macro_rules! kinds {
    ($($kind:ident = $name:literal),+ $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum EventKind { $($kind),+ }

        impl EventKind {
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),+ }
            }

            /// The kind of this name.
            #[cfg(feature = "postgres")]
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$kind),)+ _ => None }
            }
        }
    };
}

kinds! {
    SessionCreated = "SESSION_CREATED",
    SessionRenewed = "SESSION_RENEWED",
    SessionKeyWritten = "SESSION_KEY_WRITTEN",
    SessionKeyDeleted = "SESSION_KEY_DELETED",
    SessionRevoked = "SESSION_REVOKED",
    SessionLoggedOut = "SESSION_LOGGED_OUT",
    SessionTtlUpdated = "SESSION_TTL_UPDATED",
    SessionPayloadRead = "SESSION_PAYLOAD_READ",
    SessionsExported = "SESSIONS_EXPORTED",
    UserCreated = "USER_CREATED",
    UserLogin = "USER_LOGIN",
    UserUpdated = "USER_UPDATED",
    UserDeleted = "USER_DELETED",
    WorkspaceCreated = "WORKSPACE_CREATED",
    WorkspaceUpdated = "WORKSPACE_UPDATED",
    ApplicationCreated = "APPLICATION_CREATED",
    ApplicationUpdated = "APPLICATION_UPDATED",
    ApplicationDeleted = "APPLICATION_DELETED",
    ApplicationRedirectUriAdded = "APPLICATION_REDIRECT_URI_ADDED",
    InviteCreated = "INVITE_CREATED",
    InviteUsed = "INVITE_USED",
    InviteRevoked = "INVITE_REVOKED",
    BillingPlanChanged = "BILLING_PLAN_CHANGED",
    BillingOverrideUpdated = "BILLING_OVERRIDE_UPDATED",
    BillingSessionLimitExceeded = "BILLING_SESSION_LIMIT_EXCEEDED",
    BillingPayloadLimitExceeded = "BILLING_PAYLOAD_LIMIT_EXCEEDED",
    BillingCheckoutStarted = "BILLING_CHECKOUT_STARTED",
    BillingCheckoutCompleted = "BILLING_CHECKOUT_COMPLETED",
    BillingCancelRequested = "BILLING_CANCEL_REQUESTED",
    BillingResumeRequested = "BILLING_RESUME_REQUESTED",
    BillingGraceLockEntered = "BILLING_GRACE_LOCK_ENTERED",
    BillingGraceWipe = "BILLING_GRACE_WIPE",
}

/// Something that is about to be noted.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) kind: EventKind,
    pub(crate) at: Timestamp,
    pub(crate) session: Option<AuditedSession>,
    /// Who did it; `None` for what the platform does by itself.
    pub(crate) actor: Option<Doer>,
    /// JSON text.
    pub(crate) metadata: Option<String>,
    /// Of several events with one such name a workspace keeps the first.
    pub(crate) once: Option<String>,
}

/// Something that was noted.
#[derive(Debug, Clone)]
pub(crate) struct AuditRow {
    pub(crate) id: AuditId,
    pub(crate) event: Event,
}

/// The session that an event is about, as it was then.
#[derive(Debug, Clone)]
pub(crate) struct AuditedSession {
    pub(crate) id: SessionId,
    pub(crate) subject: Subject,
    pub(crate) status: &'static str,
}

/// Whose session it is, in which application.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Default)]
pub(crate) struct Subject {
    pub(crate) uid: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) app_id: Option<String>,
}

/// Who did something.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doer {
    pub(crate) uid: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
}

impl Event {
    pub(crate) fn new(kind: EventKind, at: Timestamp) -> Self {
        Self { kind, at, session: None, actor: None, metadata: None, once: None }
    }

    pub(crate) fn by(self, actor: impl Into<Doer>) -> Self {
        Self { actor: Some(actor.into()), ..self }
    }

    pub(crate) fn about(self, session: AuditedSession) -> Self {
        Self { session: Some(session), ..self }
    }

    /// What else there is to say: names, numbers and times, never what a client stores.
    pub(crate) fn with(self, metadata: &impl Serialize) -> Self {
        Self { metadata: serde_json::to_string(metadata).ok(), ..self }
    }

    pub(crate) fn once(self, name: String) -> Self {
        Self { once: Some(name), ..self }
    }
}

impl From<&User> for Doer {
    fn from(user: &User) -> Self {
        let (uid, name, email) = (user.provider_uid.clone(), user.name.clone(), user.email.clone());
        Self { uid, name, email }
    }
}

impl From<&Account> for Doer {
    fn from(account: &Account) -> Self {
        Self { uid: account.uid.clone(), name: account.name.clone(), email: account.email.clone() }
    }
}

/// What a change adds to the audit trail. A store writes it together with the change, or neither.
#[derive(Debug, Default)]
pub(crate) struct Trail(Vec<Event>);

impl Trail {
    /// Notes an event. Call it before anything is changed: what cannot be noted is not done.
    pub(crate) fn write(&mut self, event: Event) -> Result<(), AuditDown> {
        reach()?;
        self.0.push(event);
        Ok(())
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.0
    }
}

task_local! {
    /// Set for the calls that are to find the audit trail closed. A call's rules run in the call's task.
    static DOWN: ();
}

/// The audit trail cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AuditDown;

/// Runs a call for which the audit trail cannot be written.
pub(crate) async fn without_audit<F: Future>(call: F) -> F::Output {
    DOWN.scope((), call).await
}

fn reach() -> Result<(), AuditDown> {
    DOWN.try_with(|()| AuditDown).map_or(Ok(()), Err)
}
