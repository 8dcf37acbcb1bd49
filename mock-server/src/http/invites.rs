//! `/api/v1/invites`: letting people in (contract §5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    call::Call,
    error::Problem,
    io::{Answer, Asked, Example, Json, NoContent, Parameter},
    listing::{Listed, PageView},
    query::Query,
    views::{self, InviteDetail, InviteView},
    whole::Whole,
};
use crate::domain::{Directory, InviteId, InviteKey, InviteRow, UserCaller};

/// An invite to make.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateInvite {
    /// admin or user.
    #[schemars(extend("enum" = ["admin", "user"]))]
    role: String,
    /// How long it is open: a minute to a year.
    #[schemars(range(min = 60, max = 31_536_000))]
    ttl_seconds: Whole,
}

impl Example for CreateInvite {
    fn example() -> Value {
        json!({ "role": "user", "ttlSeconds": 86_400 })
    }
}

/// What lets somebody in, once, and until when.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invitation {
    secret_key: String,
    expires_at: String,
}

pub(super) async fn create<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Json(body): Json<CreateInvite>,
) -> Answer<Json<Invitation>> {
    let invite = call.platform().create_invite(&caller, &body.role, body.ttl_seconds.0).await?;
    let expires_at = views::text(invite.expires_at);
    Ok(Json(Invitation { secret_key: invite.secret.to_string(), expires_at }))
}

/// Which invites.
#[derive(Debug)]
pub(super) struct Which {
    listed: Listed<InviteKey>,
    with_used: bool,
}

impl Asked for Which {
    fn from_query(query: &Query) -> Result<Self, Problem> {
        let with_used = query.lenient("includeUsed").as_deref() == Some("true");
        Ok(Self { listed: Listed::from_query(query)?, with_used })
    }

    fn parameters() -> Vec<Parameter> {
        let mut all = Listed::<InviteKey>::parameters();
        let says = "Whether invites that were used are listed too. All others always are.";
        all.push(Parameter::optional(
            "includeUsed",
            says,
            json!({ "type": "boolean", "default": false }),
        ));
        all
    }
}

pub(super) async fn list<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Which { listed, with_used }: Which,
) -> Answer<Json<PageView<InviteView>>> {
    let page = call.platform().invites(&caller, &listed.0, with_used).await?;
    Ok(Json(PageView::of(page, |row: InviteRow| (&row).into())))
}

pub(super) async fn read<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<InviteDetail>> {
    let id = InviteId(call.number("id")?);
    Ok(Json((&call.platform().invite(&caller, id).await?).into()))
}

pub(super) async fn revoke<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<NoContent> {
    let id = InviteId(call.number("id")?);
    call.platform().revoke_invite(&caller, id).await?;
    Ok(NoContent)
}
