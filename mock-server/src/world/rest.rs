//! A look at what is stored, for the test that wants to see ciphertext.

use std::fmt;

use jiff::Timestamp;

use super::{World, wait};
use crate::{
    domain::{
        ApplicationId, Directory as _, SessionId, SessionState, Stored, UserId, Workspace as _,
        WorkspaceId,
    },
    random::hex,
};

/// A session's payload as it is stored: sealed. It prints as its ciphertext in hex.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AtRest {
    /// The session.
    pub session_id: SessionId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// Its workspace's name.
    pub workspace: String,
    /// Its application's row, if it has one.
    pub application_id: Option<ApplicationId>,
    /// Its application's `app_id`, if it has one.
    pub application: Option<String>,
    /// Whose it is.
    pub user_id: UserId,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its payload was last written.
    pub updated_at: Timestamp,
    /// When its payload was last read or written.
    pub last_activity_at: Timestamp,
    /// When its payload's TTL runs out.
    pub expires_at: Option<Timestamp>,
    /// The nonce it was sealed with.
    pub nonce: [u8; 24],
    /// The sealed payload with its authentication tag (XChaCha20-Poly1305, contract ruling 12).
    pub ciphertext: Vec<u8>,
}

impl fmt::Display for AtRest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.ciphertext))
    }
}

impl World {
    /// Every stored payload, oldest session first. A session that was revoked, or whose end was noticed,
    /// has none.
    #[must_use]
    pub fn at_rest(&self) -> Vec<AtRest> {
        let mut stored = wait(self.stored_payloads()).unwrap_or_default();
        stored.sort_by_key(|at_rest| at_rest.session_id);
        stored
    }

    async fn stored_payloads(&self) -> Stored<Vec<AtRest>> {
        let mut stored = Vec::new();
        for shelf in self.site().platform.store.workspaces().await? {
            let mut sessions = Vec::new();
            shelf.look_at_sessions(|session| sessions.push(session)).await?;
            let row = shelf.row();
            for session in sessions {
                let SessionState::Active(sealed) = session.state else { continue };
                let application = match session.application {
                    Some(id) => shelf.application(id).await?,
                    None => None,
                };
                stored.push(AtRest {
                    session_id: session.id,
                    workspace_id: row.id,
                    workspace: row.name.clone(),
                    application_id: session.application,
                    application: application.map(|application| application.app_id.clone()),
                    user_id: session.user,
                    created_at: session.created_at,
                    updated_at: session.updated_at,
                    last_activity_at: session.last_activity_at,
                    expires_at: session.expires_at,
                    nonce: sealed.nonce,
                    ciphertext: sealed.ciphertext,
                });
            }
        }
        Ok(stored)
    }
}
