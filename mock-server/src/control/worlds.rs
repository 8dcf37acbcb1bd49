//! `/_mock/worlds`: the worlds of this process.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::dispatch::{Answer, Call};
use crate::http::ApiError;

/// The world of the port that is asked, whatever its id.
const SELF: &str = "self";

/// Where a world is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Address {
    id: String,
    /// The platform's origin.
    base_url: String,
    control_url: String,
}

pub(super) async fn one(call: Call) -> Answer<Address> {
    let (asked, id) = (call.parameter("world"), &call.station.id);
    if asked != SELF && asked != id {
        let text = format!("No world `{asked}`; the world of this port is `{SELF}`");
        return Err(ApiError::new(StatusCode::NOT_FOUND, text));
    }
    Ok(Address {
        id: id.clone(),
        base_url: call.world.origin().to_owned(),
        control_url: call.world.control_url().unwrap_or_default(),
    })
}
