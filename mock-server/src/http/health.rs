//! `/healthz`: whether the platform answers.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    call::Call,
    io::{Answer, Json},
};
use crate::domain::Directory;

/// That the platform answers.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Health {
    status: &'static str,
}

/// It does.
pub(super) async fn health<S: Directory>(_call: Call<S>) -> Answer<Json<Health>> {
    Ok(Json(Health { status: "ok" }))
}
