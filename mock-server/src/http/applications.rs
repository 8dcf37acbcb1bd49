//! `/api/v1/applications`: clients of a workspace and their redirect URIs (contract §5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    actor::Nobody,
    call::{Call, parse_object},
    described::{IDENTIFIER, NAME, REDIRECT_URI},
    error::Problem,
    given::given,
    io::{Answer, Empty, Example, Input, Json, Schemas, Takeable, Takes},
    listing::{Listed, PageView},
    views::ApplicationView,
    whole::Whole,
};
use crate::domain::{
    ApplicationKey, ApplicationPatch, Directory, NewApplication, RedirectCheck, UserCaller,
};

/// An application to register.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateApplication {
    /// Unique on the platform: letters, digits, dots, underscores and hyphens.
    #[schemars(regex(pattern = IDENTIFIER))]
    app_id: String,
    /// What people read on the login page.
    #[schemars(length(min = 1, max = 200), regex(pattern = NAME))]
    display_name: String,
    /// Where hosted login may come back to: at least one. They match exactly and only themselves.
    #[schemars(length(min = 1, max = 100), inner(regex(pattern = REDIRECT_URI)))]
    redirect_uris: Vec<String>,
    /// How long a session token is good.
    #[schemars(range(min = 1, max = 315_360_000))]
    session_token_ttl_seconds: Option<Whole>,
    /// How long a session's data lives: a minute to ten years, or 0 for ever.
    #[schemars(range(min = 0, max = 315_360_000))]
    #[schemars(extend("not" = { "type": "integer", "minimum": 1, "maximum": 59 }))]
    session_payload_ttl_seconds: Option<Whole>,
}

impl Example for CreateApplication {
    fn example() -> Value {
        json!({
            "appId": "acme-shop",
            "displayName": "Acme Shop",
            "redirectUris": ["https://shop.example/callback", "com.example.shop:/callback"],
        })
    }
}

pub(super) async fn create<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Json(body): Json<CreateApplication>,
) -> Answer<Json<ApplicationView>> {
    let new = NewApplication {
        app_id: body.app_id,
        display_name: body.display_name,
        redirect_uris: body.redirect_uris,
        token_ttl: body.session_token_ttl_seconds.map(i64::from),
        payload_ttl: body.session_payload_ttl_seconds.map(i64::from),
    };
    Ok(Json((&*call.platform().create_application(&caller, new).await?).into()))
}

pub(super) async fn list<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Listed(listing): Listed<ApplicationKey>,
) -> Answer<Json<PageView<ApplicationView>>> {
    let page = call.platform().applications(&caller, &listing).await?;
    Ok(Json(PageView::of(page, |application| (&*application).into())))
}

pub(super) async fn read<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<ApplicationView>> {
    let found = call.platform().application(&caller, call.parameter("appId")).await?;
    Ok(Json((&*found).into()))
}

/// What changes about an application; nothing keeps it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApplicationChange {
    #[schemars(length(min = 1, max = 200), regex(pattern = NAME))]
    display_name: Option<String>,
    /// In place of all that were registered.
    #[schemars(length(min = 1, max = 100), inner(regex(pattern = REDIRECT_URI)))]
    redirect_uris: Option<Vec<String>>,
    /// Null gives back the platform's own.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<i64>", range(min = 1, max = 315_360_000))]
    session_token_ttl_seconds: Option<Option<Whole>>,
    /// Null gives back the platform's own.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<i64>", range(min = 0, max = 315_360_000))]
    #[schemars(extend("not" = { "type": "integer", "minimum": 1, "maximum": 59 }))]
    session_payload_ttl_seconds: Option<Option<Whole>>,
}

impl Example for ApplicationChange {
    fn example() -> Value {
        json!({ "displayName": "Acme Notes", "sessionTokenTtlSeconds": 86_400 })
    }
}

pub(super) async fn update<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Json(body): Json<ApplicationChange>,
) -> Answer<Json<ApplicationView>> {
    let patch = ApplicationPatch {
        display_name: body.display_name,
        redirect_uris: body.redirect_uris,
        token_ttl: body.session_token_ttl_seconds.map(|ttl| ttl.map(i64::from)),
        payload_ttl: body.session_payload_ttl_seconds.map(|ttl| ttl.map(i64::from)),
    };
    let changed = call.platform().change_application(&caller, call.parameter("appId"), patch);
    Ok(Json((&changed.await?).into()))
}

pub(super) async fn delete<S: Directory>(call: Call<S>, caller: UserCaller<S>) -> Answer<Empty> {
    call.platform().delete_application(&caller, call.parameter("appId")).await?;
    Ok(Empty)
}

/// A redirect URI to add.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AddRedirectUri {
    #[schemars(regex(pattern = REDIRECT_URI))]
    redirect_uri: String,
}

impl Example for AddRedirectUri {
    fn example() -> Value {
        json!({ "redirectUri": "https://preview.example/callback" })
    }
}

pub(super) async fn add_redirect_uri<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Json(body): Json<AddRedirectUri>,
) -> Answer<Json<ApplicationView>> {
    let app_id = call.parameter("appId");
    let changed = call.platform().add_redirect_uri(&caller, app_id, &body.redirect_uri);
    Ok(Json((&changed.await?).into()))
}

/// An application and where it wants a browser back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ValidateRedirect {
    app_id: String,
    redirect_uri: String,
}

impl Example for ValidateRedirect {
    fn example() -> Value {
        json!({ "appId": "acme-notes", "redirectUri": "http://localhost:5173/" })
    }
}

/// A question to which every body is one: what cannot be read is not valid.
#[derive(Debug)]
pub(super) struct Question(Option<ValidateRedirect>);

impl Input for Question {
    async fn read<S: Directory>(call: &mut Call<S>) -> Result<Self, Problem> {
        let body = call.any_body().await;
        Ok(Self(body.ok().and_then(|body| parse_object(&body).ok())))
    }

    fn describe(schemas: &mut Schemas) -> Takes {
        let schema = schemas.read.subschema_for::<ValidateRedirect>();
        let (media_type, example) = ("application/json", ValidateRedirect::example());
        Takes { query: Vec::new(), body: Some(Takeable { media_type, schema, example }) }
    }
}

/// Whether hosted login would come back.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Validity {
    valid: bool,
    app_id: Option<String>,
    redirect_uri: Option<String>,
    /// `ok`, or what is wrong.
    reason: Option<&'static str>,
    /// Only when it is valid.
    display_name: Option<String>,
}

pub(super) async fn validate_redirect<S: Directory>(
    call: Call<S>,
    _: Nobody,
    Question(question): Question,
) -> Answer<Json<Validity>> {
    let Some(ValidateRedirect { app_id, redirect_uri }) = question else {
        let reason = Some("body must be JSON with appId and redirectUri");
        let (app_id, redirect_uri, display_name) = (None, None, None);
        return Ok(Json(Validity { valid: false, app_id, redirect_uri, reason, display_name }));
    };
    let (valid, reason, display_name) =
        match call.platform().check_redirect(&app_id, &redirect_uri).await? {
            RedirectCheck::Allowed(found) => (true, "ok", Some(found.display_name.clone())),
            RedirectCheck::Refused(reason) => (false, reason, None),
        };
    let (app_id, redirect_uri) = (Some(app_id), Some(redirect_uri));
    Ok(Json(Validity { valid, app_id, redirect_uri, reason: Some(reason), display_name }))
}
