//! What a world begins with, as a test or a program describes it.

use std::{fmt, time::Duration};

use zeroize::Zeroizing;

use crate::domain::{ApplicationId, Billing, Plan, Role, SessionId, UserId, WorkspaceId};

/// A workspace to begin with.
#[derive(Debug, Clone)]
pub struct WorkspaceSpec {
    pub(super) id: Option<WorkspaceId>,
    pub(super) name: String,
    pub(super) accept_anonymous: bool,
    pub(super) self_service: bool,
    pub(super) billing: Billing,
}

impl WorkspaceSpec {
    /// A workspace called `name`, which accepts anonymous users, has self-service on and the plan
    /// [`Plan::Free`], as a new one has (contract §5).
    pub fn new(name: impl Into<String>) -> Self {
        let (name, billing) = (name.into(), Billing::beta(Plan::Free));
        Self { id: None, name, accept_anonymous: true, self_service: true, billing }
    }

    /// What it pays for, which limits its sessions and payloads. Nothing is due: its status is `beta`.
    #[must_use]
    pub fn plan(mut self, plan: Plan) -> Self {
        self.billing.plan = plan;
        self
    }

    /// How many sessions may be active at once, whatever the plan, as support can set it.
    #[must_use]
    pub fn max_sessions(mut self, sessions: u32) -> Self {
        self.billing.override_sessions = Some(sessions.into());
        self
    }

    /// How many bytes of JSON a payload may have, whatever the plan, as support can set it.
    #[must_use]
    pub fn max_payload_bytes(mut self, bytes: u32) -> Self {
        self.billing.override_payload_bytes = Some(bytes.into());
        self
    }

    /// Gives the workspace this number. Without one it gets the next that is free.
    #[must_use]
    pub fn id(self, id: WorkspaceId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// Whether people may come in without an account.
    #[must_use]
    pub fn accept_anonymous(self, accept_anonymous: bool) -> Self {
        Self { accept_anonymous, ..self }
    }

    /// Whether plain and anonymous users may get a USER token.
    #[must_use]
    pub fn self_service(self, self_service: bool) -> Self {
        Self { self_service, ..self }
    }
}

/// An application to begin with.
#[derive(Debug, Clone)]
pub struct ApplicationSpec {
    pub(super) id: Option<ApplicationId>,
    pub(super) app_id: String,
    pub(super) display_name: String,
    pub(super) redirect_uris: Vec<String>,
    pub(super) session_token_ttl: Option<Duration>,
    pub(super) payload_ttl: Option<Duration>,
}

impl ApplicationSpec {
    /// An application with this id, unique in the world, which is its display name too.
    pub fn new(app_id: impl Into<String>) -> Self {
        let app_id = app_id.into();
        Self {
            id: None,
            display_name: app_id.clone(),
            app_id,
            redirect_uris: Vec::new(),
            session_token_ttl: None,
            payload_ttl: None,
        }
    }

    /// Gives the application's row this number. Without one it gets the next that is free.
    #[must_use]
    pub fn id(self, id: ApplicationId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// What people read on the login page.
    #[must_use]
    pub fn display_name(self, display_name: impl Into<String>) -> Self {
        Self { display_name: display_name.into(), ..self }
    }

    /// Adds a URI to the allowlist: a web address or one with a custom scheme (contract ruling 9). It
    /// matches exactly and only itself.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// How long a session token is good, in whole seconds; a week unless said.
    #[must_use]
    pub fn session_token_ttl(self, ttl: Duration) -> Self {
        Self { session_token_ttl: Some(ttl), ..self }
    }

    /// How long a session's data lives after it was created; for ever unless said, or when zero.
    #[must_use]
    pub fn payload_ttl(self, ttl: Duration) -> Self {
        Self { payload_ttl: Some(ttl), ..self }
    }
}

/// A user to begin with.
#[derive(Clone)]
pub struct UserSpec {
    pub(super) id: Option<UserId>,
    pub(super) email: String,
    pub(super) email_verified: bool,
    pub(super) name: Option<String>,
    pub(super) password: Option<Zeroizing<String>>,
    pub(super) role: Role,
    pub(super) sessions: Vec<SessionSpec>,
}

impl UserSpec {
    /// A user with this e-mail, which is verified, and the role [`Role::User`]. Without a password the hosted login
    /// knows only the ways of other providers in, but [`World::sign_in`](crate::World::sign_in) does too.
    pub fn new(email: impl Into<String>) -> Self {
        Self {
            id: None,
            email: email.into(),
            email_verified: true,
            name: None,
            password: None,
            role: Role::User,
            sessions: Vec::new(),
        }
    }

    /// Gives the user this number. Without one they get the next that is free.
    #[must_use]
    pub fn id(self, id: UserId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// Whether it is known that the e-mail is theirs; it is, unless said. Social sign-in is linked to accounts
    /// with a verified e-mail only. Somebody who is in several workspaces is as the first one says.
    #[must_use]
    pub fn email_verified(self, email_verified: bool) -> Self {
        Self { email_verified, ..self }
    }

    /// What people call the user: the `name` of identity tokens.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// What the user types at the hosted login.
    #[must_use]
    pub fn password(self, password: impl Into<String>) -> Self {
        Self { password: Some(Zeroizing::new(password.into())), ..self }
    }

    /// What the user may do in the workspace.
    #[must_use]
    pub fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// Adds a session that the user has from the beginning.
    #[must_use]
    pub fn session(mut self, session: SessionSpec) -> Self {
        self.sessions.push(session);
        self
    }
}

impl fmt::Debug for UserSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserSpec({}, {:?}, …)", self.email, self.role)
    }
}

/// A session to begin with: data of one user in one application.
///
/// ```
/// use secureflows_mock::{SessionId, SessionSpec};
/// use serde_json::json;
///
/// let session = SessionSpec::new("acme-notes").id(SessionId(900)).payload(json!({"theme": "dark"}));
/// ```
#[derive(Clone)]
pub struct SessionSpec {
    pub(super) id: Option<SessionId>,
    pub(super) app_id: String,
    pub(super) payload: Zeroizing<String>,
}

impl SessionSpec {
    /// A session in the application with this id, without data.
    pub fn new(app_id: impl Into<String>) -> Self {
        Self { id: None, app_id: app_id.into(), payload: Zeroizing::new("{}".to_owned()) }
    }

    /// Gives the session this number. Without one it gets the next that is free.
    #[must_use]
    pub fn id(self, id: SessionId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// The data: a JSON object, as a value or as text, which is kept as it is written.
    #[must_use]
    pub fn payload(self, payload: impl fmt::Display) -> Self {
        Self { payload: Zeroizing::new(payload.to_string()), ..self }
    }
}

impl fmt::Debug for SessionSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionSpec({}, …)", self.app_id)
    }
}
