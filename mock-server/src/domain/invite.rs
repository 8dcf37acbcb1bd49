//! An invite: a secret that makes one person a user with a role, once and in time.

use std::{cmp::Ordering, fmt};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{
    Refusal, Role,
    ids::{InviteId, WorkspaceId},
    listing::{Listed, SortKey, holds},
};

/// What is kept about an invite.
#[derive(Clone)]
pub(crate) struct Invite {
    pub(crate) id: InviteId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) role: Role,
    pub(crate) secret: Zeroizing<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) end: Option<InviteEnd>,
}

/// What ended an invite before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InviteEnd {
    Used,
    Revoked,
}

/// Where an invite stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InviteStatus {
    Active,
    Used,
    Expired,
    Revoked,
}

impl InviteStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl Invite {
    pub(crate) fn status(&self, now: Timestamp) -> InviteStatus {
        match self.end {
            Some(InviteEnd::Used) => InviteStatus::Used,
            Some(InviteEnd::Revoked) => InviteStatus::Revoked,
            None if self.expires_at <= now => InviteStatus::Expired,
            None => InviteStatus::Active,
        }
    }

    /// Lets an invite in that nobody used, that was not revoked and whose time has not passed.
    pub(crate) fn open(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.status(now) {
            InviteStatus::Active => Ok(()),
            _ => Err(Refusal::BadInvite),
        }
    }
}

/// An invite as lists have it: with what its status is now.
#[derive(Debug, Clone)]
pub(crate) struct InviteRow {
    pub(crate) invite: Invite,
    pub(crate) status: InviteStatus,
}

/// What invites are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InviteKey {
    CreatedAt,
    Role,
    ExpiresAt,
    Status,
    Id,
}

impl SortKey for InviteKey {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("createdAt", Self::CreatedAt),
        ("role", Self::Role),
        ("expiresAt", Self::ExpiresAt),
        ("status", Self::Status),
        ("id", Self::Id),
    ];
    const DEFAULT: Self = Self::CreatedAt;
    const DESCENDING: bool = true;
}

impl Listed for InviteRow {
    type Key = InviteKey;

    fn contains(&self, q: &str) -> bool {
        let Invite { id, role, secret, .. } = &self.invite;
        holds(&id.to_string(), q)
            || holds(role.wire_name(), q)
            || holds(self.status.name(), q)
            || holds(secret, q)
    }

    fn compare(&self, other: &Self, key: InviteKey) -> Ordering {
        let (one, two) = (&self.invite, &other.invite);
        let order = match key {
            InviteKey::CreatedAt => one.created_at.cmp(&two.created_at),
            InviteKey::Role => one.role.wire_name().cmp(two.role.wire_name()),
            InviteKey::ExpiresAt => one.expires_at.cmp(&two.expires_at),
            InviteKey::Status => self.status.name().cmp(other.status.name()),
            InviteKey::Id => Ordering::Equal,
        };
        order.then(one.id.cmp(&two.id))
    }
}

impl fmt::Debug for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invite({}, {:?}, …)", self.id, self.role)
    }
}
