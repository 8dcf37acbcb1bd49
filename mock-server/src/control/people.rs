//! Workspaces, applications and users of a world that has begun, and what happens to them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    describe::{NewApplication, NewUser, NewWorkspace},
    dispatch::{Answer, Call},
    refused,
};
use crate::http::{ApiError, no_answer};

/// What was added.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Added {
    /// The name, the `appId` or the e-mail.
    added: String,
    /// The workspace that it belongs to, or is.
    workspace: String,
}

/// What is no more.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Removed {
    /// The workspace's name.
    removed: String,
}

/// A workspace's grace lock.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Lock {
    workspace: String,
    locked: bool,
}

/// Whose sessions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Whose {
    /// The user's e-mail.
    user: String,
}

/// What was revoked.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Revoked {
    /// How many sessions.
    revoked: usize,
}

pub(super) async fn add_workspace(call: Call, new: NewWorkspace) -> Answer<Added> {
    let world = &call.world;
    world.add_workspace(new.spec()).await.map_err(|error| refused::seed(&error))?;
    for application in &new.applications {
        let of = application.workspace.as_ref().unwrap_or(&new.name);
        let added = world.add_application(of, application.spec()).await;
        added.map_err(|error| refused::seed(&error))?;
    }
    for user in &new.users {
        let of = user.workspace.as_ref().unwrap_or(&new.name);
        world.add_user(of, user.spec()).await.map_err(|error| refused::seed(&error))?;
    }
    Ok(Added { added: new.name.clone(), workspace: new.name })
}

pub(super) async fn remove_workspace(call: Call) -> Answer<Removed> {
    reach(&call).await?;
    let workspace = call.parameter("workspace").to_owned();
    if call.world.remove_workspace(&workspace).await {
        return Ok(Removed { removed: workspace });
    }
    Err(refused::unknown_workspace(&workspace))
}

pub(super) async fn add_application(call: Call, new: NewApplication) -> Answer<Added> {
    let workspace = workspace(&call, new.workspace.as_ref()).await?;
    let added = call.world.add_application(&workspace, new.spec()).await;
    added.map_err(|error| refused::seed(&error))?;
    Ok(Added { added: new.app_id, workspace })
}

pub(super) async fn add_user(call: Call, new: NewUser) -> Answer<Added> {
    let workspace = workspace(&call, new.workspace.as_ref()).await?;
    let added = call.world.add_user(&workspace, new.spec()).await;
    added.map_err(|error| refused::seed(&error))?;
    Ok(Added { added: new.email, workspace })
}

pub(super) async fn lock(call: Call) -> Answer<Lock> {
    reach(&call).await?;
    let workspace = call.parameter("workspace").to_owned();
    let found = call.world.lock_workspace(&workspace).await;
    locked(found, workspace, true)
}

pub(super) async fn unlock(call: Call) -> Answer<Lock> {
    reach(&call).await?;
    let workspace = call.parameter("workspace").to_owned();
    let found = call.world.unlock_workspace(&workspace).await;
    locked(found, workspace, false)
}

pub(super) async fn revoke(call: Call, whose: Whose) -> Answer<Revoked> {
    reach(&call).await?;
    // Only to tell an unknown user from one without sessions.
    call.world.account(&whose.user).await.map_err(|error| refused::sign_in(&error))?;
    Ok(Revoked { revoked: call.world.revoke_sessions(&whose.user).await })
}

/// Refuses where nobody could say whether something is there.
async fn reach(call: &Call) -> Answer<()> {
    call.world.reach().await.map_err(no_answer)
}

fn locked(found: bool, workspace: String, locked: bool) -> Answer<Lock> {
    if found { Ok(Lock { workspace, locked }) } else { Err(refused::unknown_workspace(&workspace)) }
}

/// The workspace that is named, or the only one.
async fn workspace(call: &Call, named: Option<&String>) -> Answer<String> {
    let mut all = call.world.workspace_names().await;
    match (named, all.pop()) {
        (Some(name), _) => Ok(name.clone()),
        (None, Some(only)) if all.is_empty() => Ok(only),
        _ => Err(ApiError::bad_request("Body: missing field `workspace`; name one of the world's")),
    }
}
