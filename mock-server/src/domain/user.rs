//! A user: one person in one workspace. The person is known by an account of the identity provider.

use super::{
    Account,
    ids::{UserId, WorkspaceId},
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

/// What is kept about a user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) role: Role,
    pub(crate) provider_uid: String,
    pub(crate) email: Option<String>,
}

impl User {
    /// The row that `account` gets when it first comes into a workspace.
    pub(crate) fn first_visit(id: UserId, workspace: WorkspaceId, account: &Account) -> Self {
        let role = if account.is_anonymous() { Role::Anonymous } else { Role::User };
        let (provider_uid, email) = (account.uid.clone(), account.email.clone());
        Self { id, workspace, role, provider_uid, email }
    }
}
