//! Who is in a workspace, and how they come in.

use serde::{Deserialize, Serialize};

use super::{
    Listing, Management, UserFilter, endpoints,
    names::{AuthProvider, Role, UserStatus},
};
use crate::{error::Error, protocol::call::Call};

/// A user of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The user's id.
    pub id: i64,
    /// The workspace they are in.
    pub workspace_id: i64,
    /// What they may do there.
    pub role: Role,
    /// The identity provider's own id of them.
    pub provider_uid: String,
    /// Their name, where it is known.
    pub user_name: Option<String>,
    /// Their e-mail address, where there is one.
    pub email: Option<String>,
    /// Whether they may come in.
    pub status: UserStatus,
    /// Who vouches for them.
    pub auth_provider: AuthProvider,
}

/// What to change of a user; what is not named stays.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct UserPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
}

impl UserPatch {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another role.
    pub fn role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }

    /// Another name.
    pub fn user_name(mut self, name: impl Into<String>) -> Self {
        self.user_name = Some(name.into());
        self
    }
}

/// A workspace that the holder of an identity token is in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The workspace's id.
    pub workspace_id: i64,
    /// The workspace's unique name.
    pub workspace_name: String,
    /// What they may do there.
    pub role: Role,
}

/// What memberships are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MembershipsFor {
    /// Where they may look after their own data.
    #[default]
    SelfService,
    /// Which workspaces they run.
    WorkspaceManagement,
}

#[derive(Deserialize)]
struct Memberships {
    items: Vec<Membership>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Secret<'a> {
    secret_key: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InWorkspace<'a> {
    workspace_name: &'a str,
}

impl Management {
    /// The users of the workspace. For admins and owners.
    pub fn users(&self, filter: UserFilter) -> Listing<User> {
        Listing::new(self, &endpoints::USERS, filter.pairs())
    }

    /// One user. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 when there is none.
    pub async fn user(&self, id: i64) -> Result<User, Error> {
        self.read(Call::to(&endpoints::USER).at(id)).await
    }

    /// Changes a user. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] when the change cannot be made.
    pub async fn update_user(&self, id: i64, patch: &UserPatch) -> Result<User, Error> {
        self.send(Call::to(&endpoints::USER_PATCH).at(id), patch).await
    }

    /// Deletes a user, with their sessions and data. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 when there is none.
    pub async fn delete_user(&self, id: i64) -> Result<(), Error> {
        self.done(Call::to(&endpoints::USER_DELETE).at(id)).await
    }

    /// The workspaces that the holder of the identity token is in.
    ///
    /// # Errors
    /// [`Error::Invalid`] without an identity provider; [`Error::Forbidden`] for support accounts.
    pub async fn memberships(&self, asked: MembershipsFor) -> Result<Vec<Membership>, Error> {
        let asked = match asked {
            MembershipsFor::SelfService => "self-service",
            MembershipsFor::WorkspaceManagement => "workspace-management",
        };
        let call = Call::to(&endpoints::MEMBERSHIPS).query([("for", asked)]);
        self.read::<Memberships>(call).await.map(|found| found.items)
    }

    /// Redeems an invite for the holder of the identity token.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the invite is unknown, used, expired or revoked; [`Error::Invalid`]
    /// without an identity provider.
    pub async fn accept_invite(&self, secret_key: &str) -> Result<User, Error> {
        self.send(Call::to(&endpoints::FROM_INVITE), &Secret { secret_key }).await
    }

    /// Makes the holder of the identity token a user of `workspace_name` without an invite.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where the workspace does not take in strangers; [`Error::Invalid`] without
    /// an identity provider.
    pub async fn join_anonymously(&self, workspace_name: &str) -> Result<User, Error> {
        self.send(Call::to(&endpoints::ANONYMOUS), &InWorkspace { workspace_name }).await
    }
}
