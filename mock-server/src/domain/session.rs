//! A session: the durable record of one user in one workspace for one application.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::{
    Refusal, User,
    audit::{AuditedSession, Doer, Subject},
    ids::{ApplicationId, SessionId, UserId, WorkspaceId},
    listing::{Listed, Listing, SortKey, holds},
};
use crate::crypto::Sealed;

/// What is kept about a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: UserId,
    pub(crate) application: Option<ApplicationId>,
    pub(crate) state: SessionState,
    /// How many keys the payload has.
    pub(crate) attributes: u64,
    /// Tokens of an older revision are superseded.
    pub(crate) token_revision: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) last_activity_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    /// When it expired or was revoked.
    pub(crate) ended_at: Option<Timestamp>,
    /// Who ended it; `None` for what the platform ended by itself.
    pub(crate) revoked_by: Option<Doer>,
    /// When the last token of the newest revision expires; `None` once it has, or is superseded.
    pub(crate) token_expires_at: Option<Timestamp>,
}

/// Where a session is in its life. Only an active one has data: both ends destroy it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SessionState {
    Active(Sealed),
    /// The payload's TTL ran out.
    Expired,
    Revoked,
}

impl SessionState {
    fn status(&self) -> SessionStatus {
        match self {
            Self::Active(_) => SessionStatus::Active,
            Self::Expired => SessionStatus::Expired,
            Self::Revoked => SessionStatus::Revoked,
        }
    }
}

/// What decides whether a token of a session is let in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admission {
    pub(crate) user: UserId,
    pub(crate) application: Option<ApplicationId>,
    pub(crate) status: SessionStatus,
    pub(crate) token_revision: i64,
    pub(crate) updated_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Admission {
    /// As a session stands.
    pub(crate) fn of(session: &Session) -> Self {
        Self {
            user: session.user,
            application: session.application,
            status: session.state.status(),
            token_revision: session.token_revision,
            updated_at: session.updated_at,
            expires_at: session.expires_at,
        }
    }

    /// Whether the session's time has come and nobody has ended it yet.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.status == SessionStatus::Active && self.expires_at.is_some_and(|at| at <= now)
    }

    /// Refuses everybody once the session has ended.
    pub(super) fn alive(&self) -> Result<(), Refusal> {
        match self.status {
            SessionStatus::Active => Ok(()),
            SessionStatus::Expired => Err(Refusal::SessionExpired { at: self.expires_at }),
            // Nothing is written to a session after its end.
            SessionStatus::Revoked => Err(Refusal::SessionRevoked { at: self.updated_at }),
        }
    }

    /// Lets a token of `revision` in, as long as the session lives and no newer token was made.
    pub(super) fn admit(&self, revision: i64) -> Result<(), Refusal> {
        self.alive()?;
        if self.token_revision == revision {
            Ok(())
        } else {
            Err(Refusal::TokenSuperseded { revision: self.token_revision })
        }
    }
}

impl Session {
    /// What tokens meet. A session whose time has come expires here.
    pub(crate) fn admission(&mut self, now: Timestamp) -> Admission {
        self.expire(now);
        Admission::of(self)
    }

    /// The sealed payload of an active session. A session whose time has come expires here.
    pub(crate) fn active(&mut self, now: Timestamp) -> Result<&mut Sealed, Refusal> {
        self.admission(now).alive()?;
        match &mut self.state {
            SessionState::Active(sealed) => Ok(sealed),
            // Refused above, with what there is to say.
            SessionState::Expired | SessionState::Revoked => Err(Refusal::SessionUnknown),
        }
    }

    /// Lets a token of `revision` in, as long as the session lives and no newer token was made.
    pub(crate) fn admit(&mut self, revision: i64, now: Timestamp) -> Result<(), Refusal> {
        self.admission(now).admit(revision)
    }

    /// Makes every token so far superseded; the data stays.
    pub(crate) fn supersede_tokens(&mut self) -> i64 {
        self.token_revision = self.token_revision.saturating_add(1);
        self.token_expires_at = None;
        self.token_revision
    }

    /// Takes note of a token of `revision` that is good until `ends`.
    pub(super) fn note_token(&mut self, revision: i64, ends: Timestamp) {
        if self.token_revision == revision {
            self.token_expires_at = self.token_expires_at.max(Some(ends));
        }
    }

    /// Ends the session and destroys its data.
    pub(crate) fn revoke(&mut self, now: Timestamp, by: Option<Doer>) -> Result<(), Refusal> {
        self.active(now)?;
        self.state = SessionState::Revoked;
        self.attributes = 0;
        self.ended_at = Some(now);
        self.updated_at = now;
        self.revoked_by = by;
        Ok(())
    }

    /// Where the session is in its life. One whose time has come expires here.
    pub(crate) fn status(&mut self, now: Timestamp) -> SessionStatus {
        self.expire(now);
        self.state.status()
    }

    /// How many bytes of JSON an active session's payload is.
    pub(crate) fn payload_bytes(&self) -> Option<u64> {
        match &self.state {
            SessionState::Active(sealed) => Some(sealed.plain_bytes()),
            SessionState::Expired | SessionState::Revoked => None,
        }
    }

    /// As an audit event names the session.
    pub(crate) fn audited(&self, subject: Subject) -> AuditedSession {
        AuditedSession { id: self.id, subject, status: self.state.status().name() }
    }

    /// The place that this session's ciphertext belongs to (contract ruling 12).
    pub(crate) fn place(&self) -> Place {
        let (workspace, user, application) = (self.workspace, self.user, self.application);
        Place { workspace, user, application, session: self.id }
    }
}

/// Where a ciphertext belongs. Sealed into it: moved anywhere else it does not open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: UserId,
    pub(crate) application: Option<ApplicationId>,
    pub(crate) session: SessionId,
}

impl Place {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = b"secureflows payload ".to_vec();
        // Row numbers begin at 1, so 0 can stand for "no application".
        let application = self.application.map_or(0, |id| id.0);
        for id in [self.workspace.0, self.user.0, application, self.session.0] {
            bytes.extend(id.to_be_bytes());
        }
        bytes
    }
}

/// What a session is called after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionStatus {
    Active,
    Expired,
    Revoked,
}

impl SessionStatus {
    pub(crate) const ALL: [Self; 3] = [Self::Active, Self::Expired, Self::Revoked];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// A session as lists have it: with whose it is, in which application, and its status now.
#[derive(Debug, Clone)]
pub(crate) struct SessionRow {
    pub(crate) session: Session,
    pub(crate) status: SessionStatus,
    /// `None` when the user was deleted.
    pub(crate) user: Option<User>,
    pub(crate) app_id: Option<String>,
}

/// Which sessions of a workspace.
#[derive(Debug, Clone)]
pub(crate) struct SessionListing {
    pub(crate) listing: Listing<SessionKey>,
    pub(crate) status: Option<SessionStatus>,
    pub(crate) app_id: Option<String>,
    pub(crate) user: Option<UserId>,
}

/// What sessions are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionKey {
    Id,
    User,
    App,
    Created,
    Expires,
    Status,
    LastActivity,
    Updated,
}

impl SortKey for SessionKey {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("id", Self::Id),
        ("user", Self::User),
        ("app", Self::App),
        ("created", Self::Created),
        ("expires", Self::Expires),
        ("status", Self::Status),
        ("lastActivity", Self::LastActivity),
        ("updated", Self::Updated),
    ];
    const DEFAULT: Self = Self::Created;
    const DESCENDING: bool = true;
}

impl SessionRow {
    fn who(&self) -> Option<&str> {
        self.user.as_ref().map(User::display_name)
    }
}

impl Listed for SessionRow {
    type Key = SessionKey;

    fn contains(&self, q: &str) -> bool {
        let user = self.user.as_ref();
        let texts = [
            user.map(|user| user.provider_uid.as_str()),
            user.and_then(|user| user.email.as_deref()),
            self.app_id.as_deref(),
        ];
        holds(&self.session.id.to_string(), q)
            || texts.into_iter().flatten().any(|text| holds(text, q))
    }

    fn compare(&self, other: &Self, key: SessionKey) -> Ordering {
        let (one, two) = (&self.session, &other.session);
        let order = match key {
            SessionKey::Id => Ordering::Equal,
            SessionKey::User => self.who().cmp(&other.who()),
            SessionKey::App => self.app_id.cmp(&other.app_id),
            SessionKey::Created => one.created_at.cmp(&two.created_at),
            // What never expires comes after all that does.
            SessionKey::Expires => {
                let end = |session: &Session| session.expires_at.unwrap_or(Timestamp::MAX);
                end(one).cmp(&end(two))
            }
            SessionKey::Status => self.status.name().cmp(other.status.name()),
            SessionKey::LastActivity => one.last_activity_at.cmp(&two.last_activity_at),
            SessionKey::Updated => one.updated_at.cmp(&two.updated_at),
        };
        order.then(one.id.cmp(&two.id))
    }
}
