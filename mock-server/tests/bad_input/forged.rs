//! Identities that a client puts into a request: only the token says who calls.

use serde_json::{Value, json};

use crate::{
    common::Answer,
    operations::{Operation, Stage},
};

const FORGED: [&str; 3] = ["userId", "workspaceId", "tenantId"];

/// Its published body is a user, numbers and all; that of the other is anything a user wants to keep.
const NAMES_MAY_STAND_IN_BODY: [&str; 2] = ["users.update", "sessions.set"];

/// Every body is a question to it, which it answers with 200.
const ASKS: &str = "applications.validate_redirect";

/// The same call with nothing forged, and with a forged name in each place.
async fn calls(stage: &Stage, operation: &Operation, name: &str) -> Vec<(&'static str, Answer)> {
    let body = operation.body.clone().unwrap_or_default();
    let mut forged = body.clone();
    if let Value::Object(members) = &mut forged {
        members.insert(name.to_owned(), json!(2));
    }
    let header = format!("x-{}", name.replace("Id", "-id").to_lowercase());
    let plain = stage.request(operation, "");
    let query = stage.request(operation, &format!("{name}=2"));
    let headers = stage.request(operation, "").header(header, "2");
    let in_body = stage.request(operation, "");
    let mut answers = Vec::new();
    for (place, request, body) in [
        ("", plain, &body),
        ("query", query, &body),
        ("header", headers, &body),
        ("body", in_body, &forged),
    ] {
        stage.again();
        answers.push((place, stage.send(request, text(body)).await));
    }
    answers
}

fn text(body: &Value) -> String {
    if body.is_null() { String::new() } else { body.to_string() }
}

#[tokio::test]
async fn they_change_nothing() {
    let stage = Stage::in_memory(false).await;
    for operation in stage.operations().await {
        for name in FORGED {
            let mut answers = calls(&stage, &operation, name).await.into_iter();
            let (_, plain) = answers.next().unwrap();
            assert!(!plain.status.is_server_error());
            for (place, answer) in answers {
                let is_kept = operation.name == "sessions.set" && place == "body";
                assert!(is_kept || answer == plain, "{} {name} {place}", operation.name);
            }
        }
    }
}

#[tokio::test]
async fn what_is_made_belongs_to_the_token_bearer_whatever_is_forged() {
    let stage = Stage::in_memory(false).await;
    let operations = stage.operations().await;
    let kept = async |forged: bool| {
        stage.again();
        for name in ["sessions.create", "invites.create", "applications.create", "users.update"] {
            let operation = operations.iter().find(|operation| operation.name == name).unwrap();
            let mut body = operation.body.clone().unwrap();
            if name == "sessions.create" {
                body["app_id"] = Value::Null;
            }
            if forged {
                for name in FORGED {
                    body[name] = json!(2);
                }
            }
            let request = stage.request(operation, if forged { "userId=2&tenantId=2" } else { "" });
            let request = request.header(if forged { "workspace-id" } else { "accept" }, "2");
            let answer = stage.send(request, body.to_string()).await;
            assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        }
        stage.kept().await
    };
    assert_eq!(kept(false).await, kept(true).await);
}

#[tokio::test]
async fn a_strict_world_refuses_them_everywhere() {
    let stage = Stage::in_memory(true).await;
    for operation in stage.operations().await {
        for name in FORGED {
            for (place, answer) in calls(&stage, &operation, name).await {
                let takes = operation.body.is_some()
                    && operation.name != ASKS
                    && !NAMES_MAY_STAND_IN_BODY.contains(&operation.name.as_str());
                let told = format!("{name} is not taken from a request");
                let refuses = answer.status == 400 && answer.body.contains(&told);
                let shall_refuse = match place {
                    "" => false,
                    "body" => takes,
                    _ => true,
                };
                assert_eq!(
                    refuses, shall_refuse,
                    "{} {name} {place}: {}",
                    operation.name, answer.body
                );
            }
        }
    }
}
