//! `/healthz`: whether the platform answers.

use serde::Serialize;

use super::{call::Call, dispatch::Answer, respond::json};
use crate::domain::Directory;

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

/// It does.
pub(super) async fn health<S: Directory>(_call: Call<S>) -> Answer {
    Ok(json(&Health { status: "ok" }))
}
