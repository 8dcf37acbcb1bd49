//! The tenant itself.

use std::fmt;

use serde::{Deserialize, Serialize};

use zeroize::Zeroizing;

use super::{Management, UserToken, endpoints, names::Plan};
use crate::{error::Error, protocol::call::Call};

/// A workspace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Workspace {
    /// The workspace's id.
    pub id: i64,
    /// Its unique name.
    pub name: String,
    /// Whether people come in without an invite.
    #[serde(rename = "acceptAnonimous")]
    pub accept_anonymous: bool,
    /// Whether users may look after their own data.
    #[serde(rename = "enableSelfService")]
    pub enable_self_service: bool,
}

/// A workspace to be made.
#[derive(Clone, Debug, Serialize)]
#[must_use]
pub struct NewWorkspace {
    name: String,
    #[serde(rename = "acceptAnonimous")]
    accept_anonymous: bool,
    #[serde(rename = "enableSelfService")]
    enable_self_service: bool,
    #[serde(rename = "planName")]
    plan: Plan,
}

impl NewWorkspace {
    /// A workspace of this unique name: people come in without an invite, users look after their own
    /// data, and the plan is free.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            accept_anonymous: true,
            enable_self_service: true,
            plan: Plan::Free,
        }
    }

    /// Whether people come in without an invite.
    pub const fn accept_anonymous(mut self, accept: bool) -> Self {
        self.accept_anonymous = accept;
        self
    }

    /// Whether users may look after their own data.
    pub const fn enable_self_service(mut self, enable: bool) -> Self {
        self.enable_self_service = enable;
        self
    }

    /// Its plan.
    pub fn plan(mut self, plan: Plan) -> Self {
        self.plan = plan;
        self
    }
}

/// What to change of a workspace; what is not named stays.
#[derive(Clone, Debug, Default, Serialize)]
#[must_use]
pub struct WorkspacePatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "acceptAnonimous", skip_serializing_if = "Option::is_none")]
    accept_anonymous: Option<bool>,
    #[serde(rename = "enableSelfService", skip_serializing_if = "Option::is_none")]
    enable_self_service: Option<bool>,
}

impl WorkspacePatch {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another unique name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whether people come in without an invite.
    pub const fn accept_anonymous(mut self, accept: bool) -> Self {
        self.accept_anonymous = Some(accept);
        self
    }

    /// Whether users may look after their own data.
    pub const fn enable_self_service(mut self, enable: bool) -> Self {
        self.enable_self_service = Some(enable);
        self
    }
}

/// A workspace that was made, and its owner's token.
#[derive(Clone)]
pub struct CreatedWorkspace {
    /// The workspace.
    pub workspace: Workspace,
    /// The owner's USER token, to build a [`Management`] of it.
    pub token: UserToken,
}

impl fmt::Debug for CreatedWorkspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedWorkspace")
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Created {
    workspace: Workspace,
    #[serde(rename = "accessToken")]
    access_token: Zeroizing<String>,
}

impl Management {
    /// Makes a workspace, with the holder of the identity token as its owner.
    ///
    /// # Errors
    /// [`Error::Rejected`] when the name is taken; [`Error::Invalid`] without an identity provider.
    pub async fn create_workspace(&self, new: &NewWorkspace) -> Result<CreatedWorkspace, Error> {
        let created: Created = self.send(Call::to(&endpoints::WORKSPACE_CREATE), new).await?;
        let token = self.0.credentials.user_token(&created.access_token)?;
        Ok(CreatedWorkspace { workspace: created.workspace, token })
    }

    /// The workspace. For admins and owners.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn workspace(&self) -> Result<Workspace, Error> {
        self.read(Call::to(&endpoints::WORKSPACE)).await
    }

    /// Changes the workspace. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] when the change cannot be made.
    pub async fn update_workspace(&self, patch: &WorkspacePatch) -> Result<Workspace, Error> {
        self.send(Call::to(&endpoints::WORKSPACE_PATCH), patch).await
    }
}
