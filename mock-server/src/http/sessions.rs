//! `/api/v1/sessions`: a session and its payload (contract §3).

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    call::Call,
    dispatch::Answer,
    error::ApiError,
    respond::{json, json_text},
};
use crate::domain::{
    Account, Directory, Payload, Reason, Refusal, Reuse, SessionCaller, SessionId, UserId,
    written_value,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionToken {
    session_token: String,
}

pub(super) async fn create<S: Directory>(call: Call<S>, account: Account) -> Answer {
    open(call, account, Reuse::Never).await
}

pub(super) async fn get_or_create<S: Directory>(call: Call<S>, account: Account) -> Answer {
    open(call, account, Reuse::NewestActive).await
}

async fn open<S: Directory>(mut call: Call<S>, account: Account, reuse: Reuse) -> Answer {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(rename = "workspaceName")]
        workspace_name: String,
        app_id: Option<String>,
        #[serde(borrow)]
        payload: Option<&'a RawValue>,
    }
    let body = call.json_body().await?;
    let body: Body<'_> = parse(&body)?;
    let payload = match body.payload {
        Some(payload) => Payload::parse(payload.get()).map_err(Refusal::from)?,
        None => Payload::default(),
    };
    let target = call.platform().target(&body.workspace_name, body.app_id.as_deref()).await?;
    let session_token =
        call.platform().open_session(&account, &target, &payload, None, reuse).await?;
    Ok(json(&SessionToken { session_token }))
}

pub(super) async fn renew<S: Directory>(call: Call<S>, account: Account) -> Answer {
    #[derive(Serialize)]
    struct Renewed<'a> {
        #[serde(rename = "sessionToken")]
        session_token: String,
        payload: &'a RawValue,
    }
    let token = call.parameter("sessionToken").trim();
    if token.is_empty() {
        return Err(ApiError::bad_request("Session token must not be empty").into());
    }
    let (session_token, payload) = call.platform().renew(&account, token).await?;
    let payload = serde_json::from_str(&payload).map_err(|_| Refusal::CannotOpen)?;
    Ok(json(&Renewed { session_token, payload }))
}

pub(super) async fn payload<S: Directory>(call: Call<S>, caller: SessionCaller<S>) -> Answer {
    Ok(json_text(call.platform().read_payload(&caller).await?))
}

pub(super) async fn identity<S: Directory>(call: Call<S>, caller: SessionCaller<S>) -> Answer {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Identity {
        user_id: Option<UserId>,
        email: Option<String>,
    }
    let user = call.platform().caller_user(&caller).await?;
    let user_id = user.as_ref().map(|user| user.id);
    Ok(json(&Identity { user_id, email: user.and_then(|user| user.email) }))
}

pub(super) async fn get<S: Directory>(call: Call<S>, caller: SessionCaller<S>) -> Answer {
    #[derive(Serialize)]
    struct Entry<'a> {
        key: &'a str,
        value: &'a RawValue,
    }
    let key = call.parameter("key");
    match call.platform().read_key(&caller, key).await? {
        Some(value) => Ok(json(&Entry { key, value: &value })),
        None => {
            let error = ApiError::new(StatusCode::NOT_FOUND, "Key not found");
            Err(error.because(Reason::of("key.written")).into())
        }
    }
}

pub(super) async fn set<S: Directory>(mut call: Call<S>, caller: SessionCaller<S>) -> Answer {
    let body = call.json_body().await?;
    let value = written_value(parse(body.trim())?).map_err(Refusal::from)?;
    let key = call.parameter("key").to_owned();
    Ok(json_text(call.platform().write_key(&caller, key, value).await?))
}

pub(super) async fn delete<S: Directory>(call: Call<S>, caller: SessionCaller<S>) -> Answer {
    Ok(json(&call.platform().delete_key(&caller, call.parameter("key")).await?))
}

pub(super) async fn revoke<S: Directory>(call: Call<S>, caller: SessionCaller<S>) -> Answer {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Revoked {
        revoked: bool,
        session_id: SessionId,
    }
    call.platform().revoke(&caller).await?;
    Ok(json(&Revoked { revoked: true, session_id: caller.session }))
}

/// The body as `T`. The reason names no value: a payload is nobody's business here.
pub(super) fn parse<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, ApiError> {
    serde_json::from_str(body).map_err(|error| {
        use serde_json::error::Category;
        ApiError::bad_request(match error.classify() {
            Category::Data => "Body lacks a member or has one of a wrong type",
            Category::Io | Category::Syntax | Category::Eof => "Body is not valid JSON",
        })
    })
}
