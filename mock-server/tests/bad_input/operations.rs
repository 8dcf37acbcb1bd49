//! Every operation of the platform, as the OpenAPI document describes it.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Request, request},
};
use secureflows_mock::{Payment, Snapshot, World};
use serde_json::Value;

use crate::common::{ADA, APP, Answer, Laid as _, OWNER, call, owned, owner_sees, send, visit};

/// A call that could be made.
pub(crate) struct Operation {
    pub(crate) name: String,
    method: String,
    path: String,
    token: &'static str,
    pub(crate) body: Option<Value>,
}

/// A world in which there is something to ask for, and the tokens to ask with.
pub(crate) struct Stage {
    pub(crate) world: World,
    tokens: BTreeMap<&'static str, String>,
    /// A database has none.
    begun: Option<Snapshot>,
}

impl Stage {
    pub(crate) async fn set(strict: bool) -> Self {
        Self::in_world(owned().payment(Payment::on()).strict(strict).laid()).await
    }

    /// The same where it can be set [again](Self::again).
    pub(crate) async fn in_memory(strict: bool) -> Self {
        Self::in_world(owned().payment(Payment::on()).strict(strict).build().unwrap()).await
    }

    async fn in_world(world: World) -> Self {
        let session = world.sign_in(ADA, APP).await.unwrap();
        call(&world, "POST", "/sessions/set/theme", &session, r#"{"value":"dark"}"#).await;
        let tokens = BTreeMap::from([
            ("session", session),
            ("identity", world.identity_token(ADA).unwrap()),
            ("user", world.user_token(OWNER, "acme").unwrap()),
        ]);
        let begun = world.snapshot().ok();
        Self { world, tokens, begun }
    }

    pub(crate) fn again(&self) {
        self.world.restore(self.begun.as_ref().unwrap()).unwrap();
    }

    pub(crate) async fn operations(&self) -> Vec<Operation> {
        let document = visit(&self.world, "/openapi.json", "").await.json();
        let paths = document["paths"].as_object().unwrap();
        let paths = paths.iter().filter(|(path, _)| path.starts_with("/api/v1/"));
        let all = paths.flat_map(|(path, item)| {
            let item = item.as_object().unwrap();
            item.iter().map(move |(method, operation)| Operation::of(path, method, operation))
        });
        all.collect()
    }

    pub(crate) fn request(&self, operation: &Operation, query: &str) -> request::Builder {
        let joint = if operation.path.contains('?') { "&" } else { "?" };
        let token = self.tokens.get(operation.token).map_or("", String::as_str);
        Request::builder()
            .method(operation.method.as_str())
            .uri(format!("{}{joint}{query}", operation.path))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
    }

    pub(crate) async fn send(&self, request: request::Builder, body: impl Into<Body>) -> Answer {
        send(self.world.router(), request.body(body.into()).unwrap()).await
    }

    /// What operators can see of everything that is kept; not of what was asked.
    pub(crate) async fn kept(&self) -> Vec<Value> {
        let mut kept = Vec::new();
        for path in [
            "/users",
            "/applications",
            "/invites",
            "/sessions/admin",
            "/audit/events",
            "/workspaces",
        ] {
            kept.push(owner_sees(&self.world, path).await);
        }
        kept.push(self.world.payload(ADA, APP).await.into());
        kept
    }
}

impl Operation {
    fn of(path: &str, method: &str, operation: &Value) -> Self {
        let mut path = path.to_owned();
        let mut query = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let example = &parameter["example"];
            let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            if parameter["in"] == "path" {
                path = path.replace(&format!("{{{name}}}"), &example);
            } else if parameter["required"] == true {
                query.push(format!("{name}={}", example.replace('…', "")));
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&").replace(' ', "+"));
        }
        let scheme = operation["security"][0].as_object().and_then(|it| it.keys().next().cloned());
        let body = &operation["requestBody"]["content"]["application/json"]["example"];
        Self {
            name: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase(),
            path,
            token: match scheme.as_deref() {
                Some("session") => "session",
                Some("identity") => "identity",
                Some("user") => "user",
                _ => "",
            },
            body: (!body.is_null()).then(|| body.clone()),
        }
    }
}
