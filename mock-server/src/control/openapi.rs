//! The control API's own description, made from its table.

use std::sync::LazyLock;

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    dispatch::{Answer, Call, Route},
    routes,
};

/// Made once a process.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| describe(&routes::table()));

/// An OpenAPI 3.1 document.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Document(#[schemars(with = "Map<String, Value>")] &'static Value);

/// What every refusal looks like.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used; `ApiError` writes it")]
struct Error {
    /// The HTTP status again.
    status: u16,
    /// What is wrong and how to mend it.
    error: String,
}

pub(super) async fn document(_: Call) -> Answer<Document> {
    Ok(Document(&DOCUMENT))
}

fn describe(table: &[Route]) -> Value {
    let settings = SchemaSettings::draft2020_12();
    let settings = settings.with(|it| it.definitions_path = "/components/schemas".into());
    let mut schemas = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in table {
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Value::Object(item) = item {
            item.insert(route.method.as_str().to_lowercase(), operation(route, &mut schemas));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "secureFlows mock: control API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Steers a world of the secureFlows mock platform. It answers programs and pages of this \
                            machine only; every world that has it serves it under /_mock on its own port.",
        },
        "paths": paths,
        "components": { "schemas": schemas.take_definitions(true) },
    })
}

fn operation(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let json_of = |schema: schemars::Schema| json!({ "application/json": { "schema": schema } });
    let success = json_of((route.response)(schemas));
    let error = json_of(schemas.subschema_for::<Error>());
    let mut operation = json!({
        "operationId": route.operation,
        "summary": route.summary,
        "responses": {
            "200": { "description": "Done.", "content": success },
            "default": { "description": "Refused; `error` says why.", "content": error },
        },
    });
    let Value::Object(members) = &mut operation else { return operation };
    if let Some(request) = route.request {
        members.insert("requestBody".to_owned(), json!({ "content": json_of(request(schemas)) }));
    }
    let parameters: Vec<Value> = parameters(route.path).map(parameter).collect();
    if !parameters.is_empty() {
        members.insert("parameters".to_owned(), parameters.into());
    }
    operation
}

fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'))
}

fn parameter(name: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let table = routes::table();
        let paths = DOCUMENT["paths"].as_object().unwrap();
        let described: usize = paths.values().map(|item| item.as_object().unwrap().len()).sum();
        assert_eq!(described, table.len());
        for route in &table {
            let operation = &paths[route.path][route.method.as_str().to_lowercase()];
            assert_eq!(operation["operationId"], route.operation);
            assert!(operation["summary"].as_str().unwrap().ends_with('.'), "{route:?}");
            assert_eq!(operation["requestBody"].is_object(), route.request.is_some());
            for name in parameters(route.path) {
                assert!(operation["parameters"].to_string().contains(name), "{route:?}");
            }
        }
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let mut names: Vec<_> = routes::table().iter().map(|route| route.operation).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let text = DOCUMENT.to_string();
        let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
        for reference in text.split("\"$ref\":\"").skip(1) {
            let name = reference.split('"').next().unwrap();
            let name = name.strip_prefix("#/components/schemas/").unwrap();
            assert!(schemas.contains_key(name), "{name}");
        }
    }
}
