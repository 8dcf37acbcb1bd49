//! A user: one person in one workspace. The person is known by an account of the identity provider.

use std::cmp::Ordering;

use super::{
    Account, Refusal,
    ids::{UserId, WorkspaceId},
    listing::{Listed, SortKey, holds},
};

/// What a user may do in a workspace (contract §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Made the workspace.
    Owner,
    /// Administers it.
    Admin,
    /// Uses its applications.
    #[default]
    User,
    /// Uses them without an account.
    Anonymous,
    /// Works for the platform.
    Support,
}

impl Role {
    /// The role as the wire spells it, odd spelling included.
    ///
    /// ```
    /// # use secureflows_mock::Role;
    /// assert_eq!(Role::Anonymous.wire_name(), "ANONIMOUS");
    /// ```
    #[must_use]
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::Owner => "OWNER",
            Self::Admin => "ADMIN",
            Self::User => "USER",
            Self::Anonymous => "ANONIMOUS",
            Self::Support => "SUPPORT",
        }
    }
}

impl Role {
    /// Whether the role administers a workspace.
    pub(crate) fn administers(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }

    /// The role of this name on the wire, in whatever case.
    pub(crate) fn parse(name: &str) -> Result<Self, Refusal> {
        let all = [Self::Owner, Self::Admin, Self::User, Self::Anonymous, Self::Support];
        let found = all.into_iter().find(|role| role.wire_name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| Refusal::invalid("role", "use OWNER, ADMIN or USER"))
    }
}

/// What is kept about a user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) role: Role,
    pub(crate) provider_uid: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
}

impl User {
    /// Every user's: one that is deleted is gone.
    pub(crate) const STATUS: &'static str = "active";

    /// What people know the user by.
    pub(crate) fn display_name(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or(&self.provider_uid)
    }

    /// The row that `account` gets when it first comes into a workspace.
    pub(crate) fn first_visit(id: UserId, workspace: WorkspaceId, account: &Account) -> Self {
        let role = if account.is_anonymous() { Role::Anonymous } else { Role::User };
        let (provider_uid, email) = (account.uid.clone(), account.email.clone());
        Self { id, workspace, role, provider_uid, name: account.name.clone(), email }
    }
}

/// What users are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserKey {
    Email,
    Name,
    Role,
    Status,
    Id,
}

impl SortKey for UserKey {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("email", Self::Email),
        ("name", Self::Name),
        ("role", Self::Role),
        ("status", Self::Status),
        ("id", Self::Id),
    ];
    const DEFAULT: Self = Self::Email;
    const DESCENDING: bool = false;
}

impl Listed for User {
    type Key = UserKey;

    fn contains(&self, q: &str) -> bool {
        let texts = [self.email.as_deref(), self.name.as_deref(), Some(self.provider_uid.as_str())];
        texts.into_iter().flatten().any(|text| holds(text, q))
            || holds(self.role.wire_name(), q)
            || holds(Self::STATUS, q)
            || holds(&self.id.to_string(), q)
    }

    fn compare(&self, other: &Self, key: UserKey) -> Ordering {
        let order = match key {
            UserKey::Email => self.email.cmp(&other.email),
            UserKey::Name => self.name.cmp(&other.name),
            UserKey::Role => self.role.wire_name().cmp(other.role.wire_name()),
            UserKey::Status | UserKey::Id => Ordering::Equal,
        };
        order.then(self.id.cmp(&other.id))
    }
}
