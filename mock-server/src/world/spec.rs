//! What a world begins with, as a test or a program describes it.

use std::{fmt, time::Duration};

use zeroize::Zeroizing;

use crate::domain::Role;

/// A workspace to begin with.
#[derive(Debug, Clone)]
pub struct WorkspaceSpec {
    pub(super) name: String,
    pub(super) accept_anonymous: bool,
    pub(super) self_service: bool,
}

impl WorkspaceSpec {
    /// A workspace called `name`, which accepts anonymous users and has self-service on, as a new one has
    /// (contract §5).
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), accept_anonymous: true, self_service: true }
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
            display_name: app_id.clone(),
            app_id,
            redirect_uris: Vec::new(),
            session_token_ttl: None,
            payload_ttl: None,
        }
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
    pub(super) email: String,
    pub(super) password: Option<Zeroizing<String>>,
    pub(super) role: Role,
}

impl UserSpec {
    /// A user with this e-mail and the role [`Role::User`]. Without a password the hosted login knows no way in, but
    /// [`World::sign_in`](crate::World::sign_in) does.
    pub fn new(email: impl Into<String>) -> Self {
        Self { email: email.into(), password: None, role: Role::User }
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
}

impl fmt::Debug for UserSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserSpec({}, {:?}, …)", self.email, self.role)
    }
}
