//! `/api/v1/users`: who is in a workspace, and how they come in (contract §5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    call::Call,
    described::NAME,
    error::Problem,
    given::given,
    io::{Answer, Asked, Example, Json, NoContent, Parameter},
    listing::{Listed, PageView},
    query::Query,
    views::UserView,
};
use crate::domain::{
    Account, Directory, Membership, MembershipsFor, Role, UserCaller, UserId, UserKey, UserPatch,
};

/// Which workspace.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InWorkspace {
    workspace_name: String,
}

impl Example for InWorkspace {
    fn example() -> Value {
        json!({ "workspaceName": "acme" })
    }
}

/// A USER token.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccessToken {
    pub(super) access_token: String,
}

pub(super) async fn log_in<S: Directory>(
    call: Call<S>,
    account: Account,
    Json(body): Json<InWorkspace>,
) -> Answer<Json<AccessToken>> {
    let (user, access_token) = call.platform().log_in(&account, &body.workspace_name).await?;
    call.visit.entered(user.workspace);
    Ok(Json(AccessToken { access_token }))
}

/// What memberships are asked for.
#[derive(Debug)]
pub(super) struct For(MembershipsFor);

impl Asked for For {
    fn from_query(query: &Query) -> Result<Self, Problem> {
        Ok(Self(MembershipsFor::named(query.text("for")?.as_deref())?))
    }

    fn parameters() -> Vec<Parameter> {
        let names = MembershipsFor::NAMES.map(|(name, _)| name);
        let schema = json!({ "type": "string", "enum": names, "default": names[0] });
        vec![Parameter::optional("for", "What the caller wants to do there.", schema)]
    }
}

/// The workspaces that somebody is in.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Memberships {
    items: Vec<MembershipView>,
}

/// A workspace that somebody is in.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MembershipView {
    workspace_id: i64,
    workspace_name: String,
    role: &'static str,
}

pub(super) async fn memberships<S: Directory>(
    call: Call<S>,
    account: Account,
    For(asked): For,
) -> Answer<Json<Memberships>> {
    let found = call.platform().memberships(&account, asked).await?;
    let items = found.into_iter().map(|membership| {
        let Membership { workspace, workspace_name, role } = membership;
        MembershipView { workspace_id: workspace.0, workspace_name, role: role.wire_name() }
    });
    Ok(Json(Memberships { items: items.collect() }))
}

/// An invite's secret.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Secret {
    secret_key: String,
}

impl Example for Secret {
    fn example() -> Value {
        json!({ "secretKey": "6d1c…" })
    }
}

pub(super) async fn from_invite<S: Directory>(
    call: Call<S>,
    account: Account,
    Json(body): Json<Secret>,
) -> Answer<Json<UserView>> {
    let user = call.platform().redeem_invite(&account, &body.secret_key).await?;
    call.visit.entered(user.workspace);
    Ok(Json(user.into()))
}

pub(super) async fn anonymous<S: Directory>(
    call: Call<S>,
    account: Account,
    Json(body): Json<InWorkspace>,
) -> Answer<Json<UserView>> {
    let user = call.platform().join_anonymously(&account, &body.workspace_name).await?;
    call.visit.entered(user.workspace);
    Ok(Json(user.into()))
}

pub(super) async fn list<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Listed(listing): Listed<UserKey>,
) -> Answer<Json<PageView<UserView>>> {
    let page = call.platform().users(&caller, &listing).await?;
    Ok(Json(PageView::of(page, UserView::from)))
}

pub(super) async fn read<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<UserView>> {
    let id = UserId(call.number("id")?);
    Ok(Json(call.platform().user(&caller, id).await?.into()))
}

/// A user, as it is to be. Who they are (`workspaceId`, `providerUid`, `email` and the like) is taken
/// and changes nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserChange {
    /// OWNER, ADMIN or USER; the role that the user has is taken too, and stays.
    #[schemars(extend("enum" = ["OWNER", "ADMIN", "USER", "ANONIMOUS", "SUPPORT", null]))]
    role: Option<String>,
    /// Null takes the name away.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>", length(min = 1, max = 200), regex(pattern = NAME))]
    user_name: Option<Option<String>>,
}

impl Example for UserChange {
    fn example() -> Value {
        json!({ "role": "ADMIN", "userName": "Grace Hopper" })
    }
}

pub(super) async fn update<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Json(body): Json<UserChange>,
) -> Answer<Json<UserView>> {
    let id = UserId(call.number("id")?);
    let role = body.role.as_deref().map(Role::parse).transpose()?;
    let patch = UserPatch { role, name: body.user_name };
    Ok(Json(call.platform().change_user(&caller, id, patch).await?.into()))
}

pub(super) async fn delete<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<NoContent> {
    let id = UserId(call.number("id")?);
    call.platform().delete_user(&caller, id).await?;
    Ok(NoContent)
}
