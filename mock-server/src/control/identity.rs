//! `/_mock/identity`: what a test does to the identity provider.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    dispatch::{Answer, Call},
    refused,
};

/// Whose e-mail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Whose {
    /// The account's e-mail.
    user: String,
}

/// An e-mail that is its owner's.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verified {
    user: String,
    email_verified: bool,
}

/// The key that signs identity tokens from now on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Rotated {
    /// Its id, in tokens and in `/.well-known/jwks.json`.
    kid: String,
}

pub(super) async fn verify_email(call: Call, whose: Whose) -> Answer<Verified> {
    let verified = call.world.verify_email(&whose.user).await;
    verified.map_err(|error| refused::sign_in(&error))?;
    Ok(Verified { user: whose.user, email_verified: true })
}

pub(super) async fn rotate_keys(call: Call) -> Answer<Rotated> {
    let kid = call.world.rotate_identity_keys().await;
    Ok(Rotated { kid: kid.map_err(|error| refused::sign_in(&error))? })
}
