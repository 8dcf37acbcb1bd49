//! `/_mock/edge`: the switches of what stands before the platform.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::dispatch::{Answer, Call};
use crate::http::{ApiError, Edge};

/// The switches to turn; those that are not named stay.
#[derive(Debug, Deserialize)]
pub(super) struct Turned(Map<String, Value>);

impl JsonSchema for Turned {
    fn schema_name() -> Cow<'static, str> {
        Edge::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Edge::json_schema(generator)
    }
}

pub(super) async fn read(call: Call) -> Answer<Edge> {
    Ok(call.world.edge())
}

pub(super) async fn turn(call: Call, turned: Turned) -> Answer<Edge> {
    let refused = |error: serde_json::Error| ApiError::bad_request(format!("Body: {error}"));
    let mut switches = serde_json::to_value(call.world.edge()).map_err(refused)?;
    if let Value::Object(switches) = &mut switches {
        switches.extend(turned.0);
    }
    let edge: Edge = serde_json::from_value(switches).map_err(refused)?;
    call.world.set_edge(edge.clone());
    Ok(edge)
}
