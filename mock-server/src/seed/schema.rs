//! The published schema is the one of these types.

#![allow(dead_code, reason = "described, never made")]

use schemars::JsonSchema;
use serde_json::Value;

use super::{SEED_SCHEMA, file::SeedFile};

/// What `at` may be.
#[derive(JsonSchema)]
pub(super) struct Time(#[schemars(extend("format" = "date-time"))] String);

/// What `payload` may be.
#[derive(JsonSchema)]
#[serde(untagged)]
pub(super) enum Payload {
    Table(serde_json::Map<String, Value>),
    Text(String),
}

/// Where the schema lies. `UPDATE_SCHEMA=1 cargo test -p secureflows-mock schema` writes it anew.
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/seed.schema.json");

#[test]
fn the_published_schema_is_up_to_date() {
    let mut schema = schemars::schema_for!(SeedFile).to_value();
    without_null(&mut schema);
    let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(PATH, &schema).unwrap();
        return;
    }
    assert!(SEED_SCHEMA == schema, "run: UPDATE_SCHEMA=1 cargo test -p secureflows-mock schema");
}

/// TOML has no null: what may be left out is left out.
fn without_null(schema: &mut Value) {
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|name| name != "null");
        schema["type"] = types.remove(0);
    }
    if let Some(choices) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| choice["type"] != "null");
        if let [Value::Object(only)] = choices.as_mut_slice() {
            let only = std::mem::take(only);
            let schema = schema.as_object_mut().unwrap();
            schema.remove("anyOf");
            schema.extend(only);
        }
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(without_null),
        Value::Array(members) => members.iter_mut().for_each(without_null),
        _ => {}
    }
}
