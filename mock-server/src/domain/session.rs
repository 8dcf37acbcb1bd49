//! A session: the durable record of one user in one workspace for one application.

use jiff::Timestamp;

use super::{
    Refusal,
    ids::{ApplicationId, SessionId, UserId, WorkspaceId},
};
use crate::crypto::Sealed;

/// What is kept about a session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: UserId,
    pub(crate) application: Option<ApplicationId>,
    pub(crate) state: SessionState,
    /// Tokens of an older revision are superseded.
    pub(crate) token_revision: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) last_activity_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    /// When it expired or was revoked.
    pub(crate) ended_at: Option<Timestamp>,
    /// When the last token of the newest revision expires; `None` once it has, or is superseded.
    pub(crate) token_expires_at: Option<Timestamp>,
}

/// Where a session is in its life. Only an active one has data: both ends destroy it.
#[derive(Debug, Clone)]
pub(crate) enum SessionState {
    Active(Sealed),
    /// The payload's TTL ran out.
    Expired,
    Revoked,
}

impl Session {
    /// The sealed payload of an active session. A session whose time has come expires here.
    pub(crate) fn active(&mut self, now: Timestamp) -> Result<&mut Sealed, Refusal> {
        self.expire(now);
        match &mut self.state {
            SessionState::Active(sealed) => Ok(sealed),
            SessionState::Expired => Err(Refusal::SessionExpired { at: self.expires_at }),
            SessionState::Revoked => {
                // Nothing is written to a session after its end.
                Err(Refusal::SessionRevoked { at: self.updated_at })
            }
        }
    }

    /// Lets a token of `revision` in, as long as the session lives and no newer token was made.
    pub(crate) fn admit(&mut self, revision: i64, now: Timestamp) -> Result<(), Refusal> {
        self.active(now)?;
        if self.token_revision == revision {
            Ok(())
        } else {
            Err(Refusal::TokenSuperseded { revision: self.token_revision })
        }
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
    pub(crate) fn revoke(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.active(now)?;
        self.state = SessionState::Revoked;
        self.ended_at = Some(now);
        self.updated_at = now;
        Ok(())
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
