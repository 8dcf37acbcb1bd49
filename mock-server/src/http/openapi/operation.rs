//! One operation of the document.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::{
    domain::{Directory, Provider, Refusal},
    http::{
        dialect::{self, Profile, Speaker},
        dispatch::{Access, Route},
        error::ApiError,
        io::{Gives, Parameter, Schemas, Takeable, Takes},
    },
};

/// An error that an operation answers: its body, or none.
pub(super) struct Said {
    pub(super) status: StatusCode,
    body: Option<Value>,
}

pub(super) fn describe<S: Directory>(
    route: &Route<S>,
    profile: Profile,
    schemas: &mut Schemas,
) -> Value {
    let Takes { query, body } = (route.endpoint.takes)(schemas);
    let gives = (route.endpoint.gives)(schemas);
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("operationId", route.operation.into());
    put("tags", json!([tag(route)]));
    put("summary", route.says.into());
    put("security", security(route.endpoint.access));
    let parameters: Vec<Value> =
        in_path(route.path).chain(query.into_iter().map(in_query)).collect();
    if !parameters.is_empty() {
        put("parameters", parameters.into());
    }
    if let Some(Takeable { media_type, schema, example }) = &body {
        let content = json!({ *media_type: { "schema": schema, "example": example } });
        put("requestBody", json!({ "required": true, "content": content }));
    }
    put("responses", responses(route, profile, gives, body.is_some()));
    if !route.audits.is_empty() {
        let events: Vec<_> = route.audits.iter().map(|kind| kind.name()).collect();
        put("x-audit-events", json!(events));
    }
    put("x-published", route.is_published().into());
    members.into()
}

/// What an operation is listed under.
pub(super) fn tag<S: Directory>(route: &Route<S>) -> &'static str {
    route.operation.split('.').next().unwrap_or_default()
}

fn security(access: Access) -> Value {
    match access {
        Access::Public => json!([]),
        Access::Session => json!([{ "session": [] }]),
        Access::Identity => json!([{ "identity": [] }]),
        Access::User | Access::Admin | Access::Billing => json!([{ "user": [] }]),
    }
}

fn in_path(path: &'static str) -> impl Iterator<Item = Value> {
    let names = path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| {
        let (schema, example) = match name {
            "id" | "sessionId" => {
                let number =
                    json!({ "type": "integer", "format": "int64", "minimum": 1, "maximum": i64::MAX });
                (number, json!(1))
            }
            "appId" => (json!({ "type": "string", "minLength": 1 }), json!("acme-notes")),
            "key" => (json!({ "type": "string", "minLength": 1 }), json!("theme")),
            "provider" => {
                let all = Provider::ALL.map(Provider::slug);
                (json!({ "type": "string", "enum": all }), json!("google"))
            }
            _ => (json!({ "type": "string", "minLength": 1 }), json!("eyJhbGciOi")),
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema, "example": example })
    })
}

fn in_query(parameter: Parameter) -> Value {
    let Parameter { name, says, schema, is_required, example } = parameter;
    let mut described = json!({
        "name": name, "in": "query", "required": is_required, "description": says, "schema": schema,
    });
    if let (Value::Object(members), Some(example)) = (&mut described, example) {
        members.insert("example".to_owned(), example);
    }
    described
}

fn responses<S: Directory>(
    route: &Route<S>,
    profile: Profile,
    gives: Gives,
    takes_body: bool,
) -> Value {
    let mut responses = Map::new();
    let success = gives.status.as_u16().to_string();
    let described = match gives.content {
        None => json!({ "description": "Done." }),
        Some(("text/html", schema)) => {
            let page = json!({ "description": "A page.", "content": { "text/html": { "schema": schema } } });
            return json!({ success: page, "default": page });
        }
        Some((media_type, schema)) => {
            json!({ "description": "Done.", "content": { media_type: { "schema": schema } } })
        }
    };
    responses.insert(success, described);
    let mut by_status: BTreeMap<u16, Vec<Said>> = BTreeMap::new();
    for said in said(route, profile, takes_body) {
        by_status.entry(said.status.as_u16()).or_default().push(said);
    }
    for (status, said) in by_status {
        responses.insert(status.to_string(), error(&said));
    }
    responses.into()
}

/// Errors of one status: their texts, and an example of each.
fn error(said: &[Said]) -> Value {
    let mut examples = Map::new();
    let mut texts: Vec<&str> = Vec::new();
    for body in said.iter().filter_map(|said| said.body.as_ref()) {
        let text = body.get("error").and_then(Value::as_str).unwrap_or_default();
        if !texts.contains(&text) {
            texts.push(text);
            examples.insert(format!("example{}", texts.len()), json!({ "value": body }));
        }
    }
    let Some(body) = said.iter().find_map(|said| said.body.as_ref()) else {
        return json!({ "description": "Refused, without a body." });
    };
    let schema = if body.get("status").is_some() { "Error" } else { "BareError" };
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    let content = json!({ "application/json": { "schema": schema, "examples": examples } });
    json!({ "description": format!("Refused: {}.", texts.join(" · ")), "content": content })
}

/// Every error that the operation answers in this profile.
pub(super) fn said<S: Directory>(
    route: &Route<S>,
    profile: Profile,
    takes_body: bool,
) -> Vec<Said> {
    let speaker = Speaker::of(route);
    let refusals = route.endpoint.access.refuses().iter().chain(route.refuses);
    let refused = refusals.map(|refusal| {
        let error = dialect::api_error(refusal, profile, &speaker);
        let is_empty = profile == Profile::Legacy && *refusal == Refusal::NoCredential;
        Said { status: error.status, body: (!is_empty).then(|| body(&error)) }
    });
    let invalid = Refusal::invalid("member", "what is wanted, and how to mend it");
    let mut malformed = vec![dialect::api_error(&invalid, profile, &speaker)];
    if route.operation == "auth.logout_browser" {
        malformed.push(ApiError::new(StatusCode::UNAUTHORIZED, "Invalid token"));
    }
    if takes_body && route.operation != "applications.validate_redirect" {
        let text = "Content-Type must be application/json";
        malformed.push(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "Body is larger than 1 MiB"));
        malformed.push(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    if route.operation == "docs.search" {
        let text = "Documentation search is unavailable";
        let error = ApiError::new(StatusCode::SERVICE_UNAVAILABLE, text);
        malformed.push(dialect::spoken(error, route.operation));
    }
    let malformed =
        malformed.iter().map(|error| Said { status: error.status, body: Some(body(error)) });
    refused.chain(malformed).collect()
}

fn body(error: &ApiError) -> Value {
    serde_json::to_value(error.body()).unwrap_or_default()
}
