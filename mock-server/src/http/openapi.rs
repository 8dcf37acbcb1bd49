//! The platform's own description, made from its table: an OpenAPI 3.1 document that a world serves as it
//! answers, in the words of its profile.

mod operation;
#[cfg(test)]
mod supported;

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    dialect::Profile,
    dispatch::Route,
    io::{Answer, Schemas, UserObject},
    routes,
};
use crate::domain::Directory;

/// Made once a process for each profile: it is the same for every store.
static DOCUMENTS: [OnceLock<String>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];

/// The document of the world's profile.
pub(super) async fn document<S: Directory>(call: Call<S>) -> Answer<UserObject> {
    let profile = call.visit.site.profile;
    let [default, published, legacy] = &DOCUMENTS;
    let made = match profile {
        Profile::Default => default,
        Profile::Published => published,
        Profile::Legacy => legacy,
    };
    let make = || describe(&routes::table::<S>(), profile).to_string();
    Ok(UserObject(made.get_or_init(make).clone()))
}

const INTRODUCTION: &str = "\
The secureFlows platform, as its mock answers it. Beside what an operation lists, any of them answers 400 to a \
request that is not well-formed HTTP, 405 with `Allow` to a method that is not declared, 408 to a body that does \
not arrive in time, and 431 to too many headers; the edge, where its switches are on, 421 to a foreign host and \
429 without a code, with `Retry-After`, to too many requests.";

/// The document of a table.
pub(super) fn describe<S: Directory>(table: &[Route<S>], profile: Profile) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for route in described(table) {
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Value::Object(item) = item {
            let operation = operation::describe(route, profile, &mut schemas);
            item.insert(route.method.as_str().to_lowercase(), operation);
        }
    }
    let mut components = schemas.read.take_definitions(true);
    components.extend(schemas.written.take_definitions(true));
    components.extend(errors());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "secureFlows",
            "version": env!("CARGO_PKG_VERSION"),
            "description": INTRODUCTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "tags": tags(table),
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": bearer("A session token, as hosted login gives it."),
                "identity": bearer("An identity token of the platform's identity provider."),
                "user": bearer("A USER token, as `POST /users/login` gives it."),
            },
        },
    })
}

/// Every operation once: a second path to one is no operation of its own.
fn described<S: Directory>(table: &[Route<S>]) -> impl Iterator<Item = &Route<S>> {
    let mut names = Vec::new();
    table.iter().filter(move |route| {
        let is_new = !names.contains(&route.operation);
        names.push(route.operation);
        is_new
    })
}

fn tags<S: Directory>(table: &[Route<S>]) -> Vec<Value> {
    let mut names: Vec<&str> = table.iter().map(operation::tag).collect();
    names.dedup();
    names.into_iter().map(|name| json!({ "name": name })).collect()
}

fn bearer(says: &str) -> Value {
    json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": says })
}

fn errors() -> Map<String, Value> {
    let schemas = json!({
        "Error": {
            "type": "object",
            "description": "What every refusal looks like.",
            "required": ["status", "error"],
            "properties": {
                "status": { "type": "integer", "description": "The HTTP status again." },
                "error": { "type": "string", "description": "What is wrong, and where there is one, the mend." },
                "code": {
                    "type": "string",
                    "description": "Only for what has to do with billing.",
                    "enum": [
                        "BILLING_GRACE_LOCK", "BILLING_DOWNGRADE_BLOCKED",
                        "BILLING_SESSION_LIMIT", "BILLING_PAYLOAD_LIMIT",
                    ],
                },
                "details": { "$ref": "#/components/schemas/DowngradeBlocked" },
            },
        },
        "BareError": {
            "type": "object",
            "required": ["error"],
            "properties": { "error": { "type": "string" } },
        },
        "DowngradeBlocked": {
            "type": "object",
            "required": [
                "targetPlan", "activeSessionCount", "maxConcurrentSessionsAllowed", "sessionsOverLimit",
                "largestActivePayloadBytes", "maxPayloadBytesAllowed", "payloadOverLimit",
            ],
            "properties": {
                "targetPlan": { "type": "string" },
                "activeSessionCount": { "type": "integer" },
                "maxConcurrentSessionsAllowed": { "type": "integer" },
                "sessionsOverLimit": { "type": "boolean" },
                "largestActivePayloadBytes": { "type": ["integer", "null"] },
                "maxPayloadBytesAllowed": { "type": "integer" },
                "payloadOverLimit": { "type": "boolean" },
            },
        },
    });
    match schemas {
        Value::Object(schemas) => schemas,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::{
        domain::Refusal,
        http::{
            dialect::{Speaker, api_error},
            dispatch::Access,
        },
        store::Memory,
    };

    /// The published operations: method, path, who may call, the success, all statuses.
    const PUBLISHED: &str = include_str!("../../published.tsv");

    fn published() -> BTreeMap<String, (&'static str, Vec<u16>)> {
        let rows = PUBLISHED.lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let statuses = cells[4].split(' ').map(|status| status.parse().unwrap()).collect();
            (format!("{} {}", cells[0], cells[1]), (cells[2], statuses))
        });
        rows.collect()
    }

    #[test]
    fn the_table_has_every_published_operation_as_it_is_published() {
        let (table, mut published) = (routes::table::<Memory>(), published());
        for route in described(&table).filter(|route| route.is_published()) {
            let path = route.path.strip_prefix("/api/v1").unwrap();
            let name = format!("{} {path}", route.method);
            let (who, statuses) = published.remove(&name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(statuses, route.published, "{name}");
            assert_eq!(who, supported::who(route.endpoint.access), "{name}");
        }
        assert!(published.is_empty(), "not in the table: {published:?}");
    }

    #[test]
    fn profile_published_says_only_what_is_published() {
        for route in &routes::table::<Memory>() {
            let speaker = Speaker::of(route);
            let access = route.endpoint.access;
            for refusal in access.refuses().iter().chain(route.refuses) {
                let status = api_error(refusal, Profile::Published, &speaker).status.as_u16();
                let listed = route.published.contains(&status);
                // Contract §5: a missing or bad USER token is 403 where 401 is not listed. Ruling 7: the
                // grace lock closes reading and deleting too.
                let ruled = matches!(refusal, Refusal::GraceLock)
                    || matches!(access, Access::User | Access::Admin | Access::Billing)
                        && access.refuses().contains(refusal);
                let is_said = listed || status == 400 || (status == 403 && ruled);
                assert!(!route.is_published() || is_said, "{route:?} {refusal:?}: {status}");
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_request_has_an_example() {
        for profile in [Profile::Default, Profile::Published, Profile::Legacy] {
            let document = describe(&routes::table::<Memory>(), profile);
            let text = document.to_string();
            let schemas = document["components"]["schemas"].as_object().unwrap();
            for reference in text.split("\"$ref\":\"").skip(1) {
                let name = reference.split('"').next().unwrap();
                let name = name.strip_prefix("#/components/schemas/").unwrap();
                assert!(schemas.contains_key(name), "{name}");
            }
            for (path, item) in document["paths"].as_object().unwrap() {
                for (method, operation) in item.as_object().unwrap() {
                    let place = format!("{method} {path}");
                    let body = &operation["requestBody"]["content"]["application/json"];
                    assert!(body.is_null() || !body["example"].is_null(), "{place}");
                    let parameters = operation["parameters"].as_array().cloned();
                    for parameter in parameters.unwrap_or_default() {
                        let needs = parameter["required"] == true;
                        assert!(!needs || !parameter["example"].is_null(), "{place} {parameter}");
                    }
                    for (status, response) in operation["responses"].as_object().unwrap() {
                        let json = &response["content"]["application/json"];
                        let is_error = status.starts_with(['4', '5']) && !json.is_null();
                        assert!(!is_error || json["examples"].is_object(), "{place} {status}");
                    }
                }
            }
        }
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let table = routes::table::<Memory>();
        let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for route in &table {
            places
                .entry(route.operation)
                .or_default()
                .insert(route.path.trim_end_matches("{sessionToken}"));
            assert!(route.says.ends_with('.'), "{route:?}");
        }
        for (operation, paths) in places {
            assert_eq!(paths.len(), 1, "{operation}");
        }
    }

    /// Where the document lies. `UPDATE_SCHEMA=1 cargo test -p secureflows-mock up_to_date` writes it anew.
    const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

    #[test]
    fn the_document_in_the_repository_is_up_to_date() {
        let document = describe(&routes::table::<Memory>(), Profile::Default);
        let document = serde_json::to_string_pretty(&document).unwrap() + "\n";
        supported::compare(PATH, &document);
    }
}
