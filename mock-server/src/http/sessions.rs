//! `/api/v1/sessions`: a session and its payload (contract §3).

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};

use super::{
    call::{Call, parse},
    error::Problem,
    io::{Answer, Example, Input, Json, Schemas, Takeable, Takes, UserObject},
};
use crate::domain::{
    Account, Directory, Payload, Refusal, Reuse, SessionCaller, SessionId, UserId, written_value,
};

/// A token for a session.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionToken {
    session_token: String,
}

/// Where a session shall be opened, and what it begins with.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct OpenSession {
    /// The workspace.
    #[serde(rename = "workspaceName")]
    workspace_name: String,
    /// One of the workspace's applications, or none.
    app_id: Option<String>,
    /// A JSON object; nothing and null are `{}`. It counts only when the session is created.
    #[schemars(with = "Option<serde_json::Map<String, Value>>")]
    payload: Option<Box<RawValue>>,
}

impl Example for OpenSession {
    fn example() -> Value {
        json!({ "workspaceName": "acme", "app_id": "acme-notes", "payload": { "theme": "dark" } })
    }
}

pub(super) async fn create<S: Directory>(
    call: Call<S>,
    account: Account,
    body: Json<OpenSession>,
) -> Answer<Json<SessionToken>> {
    open(call, account, body.0, Reuse::Never).await
}

pub(super) async fn get_or_create<S: Directory>(
    call: Call<S>,
    account: Account,
    body: Json<OpenSession>,
) -> Answer<Json<SessionToken>> {
    open(call, account, body.0, Reuse::NewestActive).await
}

async fn open<S: Directory>(
    call: Call<S>,
    account: Account,
    body: OpenSession,
    reuse: Reuse,
) -> Answer<Json<SessionToken>> {
    let payload = match body.payload.filter(|payload| payload.get() != "null") {
        Some(payload) => Payload::parse(payload.get()).map_err(Refusal::from)?,
        None => Payload::default(),
    };
    let target = call.platform().target(&body.workspace_name, body.app_id.as_deref()).await?;
    call.visit.entered(&target.workspace);
    let session_token =
        call.platform().open_session(&account, &target, &payload, None, reuse).await?;
    Ok(Json(SessionToken { session_token }))
}

/// A renewed token, and the session's data.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Renewed {
    session_token: String,
    #[schemars(with = "serde_json::Map<String, Value>")]
    payload: Box<RawValue>,
}

pub(super) async fn renew<S: Directory>(call: Call<S>, account: Account) -> Answer<Json<Renewed>> {
    let token = call.parameter("sessionToken").trim();
    if token.is_empty() {
        return Err(Refusal::invalid("sessionToken", "it must not be empty").into());
    }
    let (session_token, payload) = call.platform().renew(&account, token).await?;
    let payload = serde_json::from_str(&payload).map_err(|_| Refusal::CannotOpen)?;
    Ok(Json(Renewed { session_token, payload }))
}

pub(super) async fn payload<S: Directory>(
    call: Call<S>,
    caller: SessionCaller<S>,
) -> Answer<UserObject> {
    Ok(UserObject(call.platform().read_payload(&caller).await?))
}

/// Who the bearer of a session token is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    #[schemars(with = "Option<i64>")]
    user_id: Option<UserId>,
    email: Option<String>,
}

pub(super) async fn identity<S: Directory>(
    call: Call<S>,
    caller: SessionCaller<S>,
) -> Answer<Json<Identity>> {
    let user = call.platform().caller_user(&caller).await?;
    let user_id = user.as_ref().map(|user| user.id);
    Ok(Json(Identity { user_id, email: user.and_then(|user| user.email) }))
}

/// A key and its value.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Entry {
    key: String,
    #[schemars(with = "Value")]
    value: Box<RawValue>,
}

pub(super) async fn get<S: Directory>(
    call: Call<S>,
    caller: SessionCaller<S>,
) -> Answer<Json<Entry>> {
    let key = call.parameter("key");
    let value = call.platform().read_key(&caller, key).await?.ok_or(Refusal::KeyUnknown)?;
    Ok(Json(Entry { key: key.to_owned(), value }))
}

/// A value to write.
#[derive(Debug)]
pub(super) struct Written(Box<RawValue>);

impl Input for Written {
    async fn read<S: Directory>(call: &mut Call<S>) -> Result<Self, Problem> {
        let body = call.json_body().await?;
        let body: &RawValue = parse(body.trim())?;
        Ok(Self(written_value(body).map_err(Refusal::from)?))
    }

    fn describe(schemas: &mut Schemas) -> Takes {
        let schema = schemas.read.subschema_for::<WrittenValue>();
        let example = json!({ "value": "dark" });
        let body = Takeable { media_type: "application/json", schema, example };
        Takes { query: Vec::new(), body: Some(body) }
    }
}

struct WrittenValue;

impl JsonSchema for WrittenValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WrittenValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`{\"value\": x}`, also with `workspaceName` and `app_id` beside it, writes x; any \
                other JSON is the value itself. Clients always wrap.",
        })
    }
}

pub(super) async fn set<S: Directory>(
    call: Call<S>,
    caller: SessionCaller<S>,
    value: Written,
) -> Answer<UserObject> {
    let key = call.parameter("key").to_owned();
    Ok(UserObject(call.platform().write_key(&caller, key, value.0).await?))
}

pub(super) async fn delete<S: Directory>(
    call: Call<S>,
    caller: SessionCaller<S>,
) -> Answer<Json<bool>> {
    Ok(Json(call.platform().delete_key(&caller, call.parameter("key")).await?))
}

/// Whether this call ended a session; false for one that had ended already.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Revoked {
    pub(super) revoked: bool,
    #[schemars(with = "i64")]
    pub(super) session_id: SessionId,
}

pub(super) async fn revoke<S: Directory>(
    call: Call<S>,
    caller: SessionCaller<S>,
) -> Answer<Json<Revoked>> {
    call.platform().revoke(&caller).await?;
    Ok(Json(Revoked { revoked: true, session_id: caller.session }))
}
