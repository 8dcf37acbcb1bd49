//! Why the platform says no. The texts are those of contract §4; the HTTP layer gives them a status.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{
    audit::AuditDown, billing::Overrun, identity::WrongPassword, json::BadJson,
    key_service::KeyServiceDown, payload::BadPayload, refresh::BadRefresh, sign_up::BadSignUp,
    store::StoreError,
};
use crate::crypto::CannotOpen;

/// A refused call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("Missing Authorization header")]
    NoCredential,
    /// On a call that takes an identity token.
    #[error("Missing Authorization header")]
    NoIdentity,
    /// On a call that takes a USER token.
    #[error("Missing Authorization header")]
    NoUser,
    #[error("Invalid token")]
    BadUserToken,
    #[error("This needs the role {needs}")]
    WrongRole { needs: &'static str },
    #[error("Invalid Firebase token")]
    BadIdentity,
    /// At the identity provider, as the next two.
    #[error(transparent)]
    WrongPassword(#[from] WrongPassword),
    #[error(transparent)]
    BadSignUp(#[from] BadSignUp),
    #[error(transparent)]
    BadRefresh(#[from] BadRefresh),
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
    #[error("Key not found")]
    KeyUnknown,
    #[error("User not found")]
    UserUnknown,
    #[error("Invite not found")]
    InviteUnknown,
    /// Of a workspace that the account is not in, whether or not there is one of this name.
    #[error("This account is not a user of the workspace")]
    NotAMember,
    #[error("Use support login for this account")]
    SupportAccount,
    #[error("Invite is not valid: it does not exist, or was used, revoked or has expired")]
    BadInvite,
    #[error("Only an owner may do this")]
    OwnerOnly,
    #[error("A workspace needs an owner: make somebody else one first")]
    LastOwner,
    /// They come with how somebody signed in; nobody gives them.
    #[error("ANONIMOUS and SUPPORT cannot be given: use OWNER, ADMIN or USER")]
    RoleNotGiven,
    /// A value that cannot be taken, and how to mend it.
    #[error("Invalid {field}: {mend}")]
    Invalid { field: &'static str, mend: Cow<'static, str> },
    #[error("Invalid for parameter; use self-service or workspace-management")]
    BadMembershipsFor,
    #[error("Invalid name: another workspace has it; choose another")]
    WorkspaceTaken,
    #[error("appId is already in use; choose another")]
    ApplicationTaken,
    #[error("Session is not active")]
    SessionEnded,
    #[error("workspace concurrent session limit reached (max {limit})")]
    SessionLimit { limit: u64, observed: u64 },
    #[error("session payload exceeds plan limit (max {limit} bytes)")]
    PayloadLimit { limit: u64, observed: u64 },
    #[error("Cannot downgrade plan; revoke sessions or shrink payloads and retry.")]
    DowngradeBlocked(Overrun),
    #[error("This plan change needs a checkout")]
    NeedsCheckout,
    #[error("Only support may change overrides")]
    SupportOnly,
    #[error("Payment is not configured")]
    PaymentOff,
    #[error("Not found")]
    TestSwitchesOff,
    #[error("Workspace not found")]
    NoBilling,
    #[error("{0}")]
    BillingState(&'static str),
    /// A strict world found an identity where only a token says who calls.
    #[error("{name} is not taken from a request: the token says who calls; leave it out")]
    ForgedIdentity { name: &'static str },
    #[error("Audit trail unavailable")]
    AuditDown,
    #[error(transparent)]
    BadPayload(#[from] BadPayload),
    #[error("Key service unavailable")]
    KeyServiceDown,
    #[error("Stored payload cannot be opened")]
    CannotOpen,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    pub(crate) fn invalid(field: &'static str, mend: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid { field, mend: mend.into() }
    }
}

impl From<AuditDown> for Refusal {
    fn from(_: AuditDown) -> Self {
        Self::AuditDown
    }
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
