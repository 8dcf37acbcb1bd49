//! `/api/v1/workspaces`: the tenant itself (contract §5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    call::Call,
    described::WORKSPACE_NAME,
    io::{Answer, Example, Json},
    views::WorkspaceView,
};
use crate::domain::{Account, Directory, NewWorkspace, UserCaller, Workspace as _, WorkspacePatch};

/// A workspace to make.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateWorkspace {
    /// Unique on the platform.
    #[schemars(length(min = 1, max = 200), regex(pattern = WORKSPACE_NAME))]
    name: String,
    /// Whether people may come in without an account; they may unless said.
    accept_anonimous: Option<bool>,
    /// Whether users may look after their own sessions; they may unless said.
    enable_self_service: Option<bool>,
    /// `free` unless said.
    #[schemars(extend("enum" = ["free", "base", "pro", null]))]
    plan_name: Option<String>,
}

impl Example for CreateWorkspace {
    fn example() -> Value {
        json!({ "name": "globex", "acceptAnonimous": true, "enableSelfService": true })
    }
}

/// A workspace that was made, and a USER token of its owner.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreatedWorkspace {
    workspace: WorkspaceView,
    access_token: String,
}

pub(super) async fn create<S: Directory>(
    call: Call<S>,
    account: Account,
    Json(body): Json<CreateWorkspace>,
) -> Answer<Json<CreatedWorkspace>> {
    let new = NewWorkspace {
        name: body.name,
        accept_anonymous: body.accept_anonimous.unwrap_or(true),
        self_service: body.enable_self_service.unwrap_or(true),
        plan: body.plan_name.unwrap_or_else(|| "free".to_owned()),
    };
    let (row, access_token) = call.platform().create_workspace(&account, new).await?;
    call.visit.entered(row.id);
    Ok(Json(CreatedWorkspace { workspace: (&*row).into(), access_token }))
}

pub(super) async fn read<S: Directory>(
    _: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<WorkspaceView>> {
    Ok(Json((&*caller.workspace.row()).into()))
}

/// What changes about a workspace; null and nothing keep it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorkspaceChange {
    #[schemars(length(min = 1, max = 200), regex(pattern = WORKSPACE_NAME))]
    name: Option<String>,
    accept_anonimous: Option<bool>,
    enable_self_service: Option<bool>,
}

impl Example for WorkspaceChange {
    fn example() -> Value {
        json!({ "enableSelfService": true })
    }
}

pub(super) async fn update<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Json(body): Json<WorkspaceChange>,
) -> Answer<Json<WorkspaceView>> {
    let patch = WorkspacePatch {
        name: body.name,
        accept_anonymous: body.accept_anonimous,
        self_service: body.enable_self_service,
    };
    Ok(Json((&*call.platform().change_workspace(&caller, patch).await?).into()))
}
