//! Why the platform says no. The texts are those of contract §4; the HTTP layer gives them a status.

use jiff::Timestamp;

use super::{json::BadJson, key_service::KeyServiceDown, payload::BadPayload, store::StoreError};
use crate::crypto::CannotOpen;

/// A refused call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("Missing Authorization header")]
    NoCredential,
    /// On a call that takes an identity token.
    #[error("Missing Authorization header")]
    NoIdentity,
    #[error("Invalid Firebase token")]
    BadIdentity,
    /// A client cannot tell it from any other bad one.
    #[error("Invalid Firebase token")]
    IdentityExpired { at: Timestamp },
    #[error("Invalid token")]
    BadToken,
    #[error("Session token expired")]
    TokenExpired { at: Timestamp },
    /// A newer token was made, or this one was logged out: the revision is another by now. A client cannot
    /// tell it from an expired one.
    #[error("Session token expired")]
    TokenSuperseded { revision: i64 },
    #[error("Session expired")]
    SessionExpired { at: Option<Timestamp> },
    #[error("Session revoked")]
    SessionRevoked { at: Timestamp },
    #[error("Session not found")]
    SessionUnknown,
    #[error("Firebase user does not own this session")]
    NotOwner,
    #[error(
        "Workspace is locked after paid period ended without Free downgrade; end-user session access is blocked until you \
         Downgrade to Free (reduce usage first if over Free limits)"
    )]
    GraceLock,
    #[error("Anonymous users are not accepted in this workspace")]
    AnonymousRefused,
    #[error("Self-service is disabled for this workspace")]
    SelfServiceOff,
    #[error("Workspace not found")]
    WorkspaceUnknown,
    #[error("Application not found in this workspace")]
    ApplicationUnknown,
    #[error(transparent)]
    BadPayload(#[from] BadPayload),
    #[error("Key service unavailable")]
    KeyServiceDown,
    #[error("Stored payload cannot be opened")]
    CannotOpen,
}

impl From<BadJson> for Refusal {
    fn from(error: BadJson) -> Self {
        Self::BadPayload(error.into())
    }
}

impl From<CannotOpen> for Refusal {
    fn from(_: CannotOpen) -> Self {
        Self::CannotOpen
    }
}

impl From<KeyServiceDown> for Refusal {
    fn from(_: KeyServiceDown) -> Self {
        Self::KeyServiceDown
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {}
    }
}
