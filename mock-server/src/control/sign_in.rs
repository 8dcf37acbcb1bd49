//! `/_mock/sign-in`: everything that a sign-in leaves behind, in one call and without pages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    dispatch::{Answer, Call},
    refused,
};
use crate::world::SignIn;

/// Who signs in where.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Who {
    /// The user's e-mail.
    user: String,
    /// The `appId`.
    application: String,
    /// Echoed in the callback URL.
    state: Option<String>,
    /// One of the application's allowlist; the first unless said.
    redirect_uri: Option<String>,
    /// Whether to make a USER token of the application's workspace too.
    #[serde(default)]
    user_token: bool,
    /// Whether to make a SUPPORT token for the application's workspace too.
    #[serde(default)]
    support: bool,
}

/// What the application, the browser and the identity provider have after it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedIn {
    session_token: String,
    identity_token: String,
    /// What the browser keeps: with it, hosted login asks "Continue as …?".
    cookies: Vec<Cookie>,
    /// Where the browser lands; null for an application without a redirect URI.
    callback_url: Option<String>,
    user_id: i64,
    /// A USER token of the user's, for the management API and self-service.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_token: Option<String>,
    /// A USER token with the role SUPPORT, for the management API.
    #[serde(skip_serializing_if = "Option::is_none")]
    support_token: Option<String>,
}

/// A cookie of the platform's origin.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Cookie {
    name: String,
    value: String,
    path: &'static str,
    http_only: bool,
    same_site: &'static str,
}

pub(super) async fn sign_in(call: Call, who: Who) -> Answer<SignedIn> {
    let mut sign_in = SignIn::new(&who.user, &who.application);
    if let Some(state) = who.state {
        sign_in = sign_in.state(state);
    }
    if let Some(uri) = who.redirect_uri {
        sign_in = sign_in.redirect_uri(uri);
    }
    let signed_in = call.world.sign_in_fully(&sign_in).await;
    let signed_in = signed_in.map_err(|error| refused::sign_in(&error))?;
    let workspace = call.world.workspace_of(&who.application).await.unwrap_or_default();
    let user_token = match who.user_token {
        true => Some(call.world.token_of_user(&who.user, &workspace).await),
        false => None,
    };
    let support = match who.support {
        true => Some(call.world.token_of_support(&workspace).await),
        false => None,
    };
    Ok(SignedIn {
        session_token: signed_in.session_token,
        identity_token: signed_in.identity_token,
        cookies: vec![Cookie {
            name: signed_in.cookie.name,
            value: signed_in.cookie.value,
            path: signed_in.cookie.path,
            http_only: true,
            same_site: "Lax",
        }],
        callback_url: signed_in.callback_url,
        user_id: signed_in.user_id.0,
        user_token: user_token.transpose().map_err(|error| refused::sign_in(&error))?,
        support_token: support.transpose().map_err(|error| refused::sign_in(&error))?,
    })
}
