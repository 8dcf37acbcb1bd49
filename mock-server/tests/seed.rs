//! Seed files: what they describe, and what is said of those that describe nothing.
#![cfg(feature = "seed")]
#![allow(clippy::unwrap_used, reason = "helpers fail the test they help")]

mod common;

use common::call;
use secureflows_mock::{DEMO_SEED, Seed, SeedFileError, World};
use serde_json::json;

const FULL: &str = r#"
profile = "legacy"
random_seed = 7

[clock]
at = 2026-06-01T12:00:00+02:00

[[workspace]]
name = "acme"
id = 50
accept_anonymous = false
self_service = false

[[workspace.application]]
app_id = "acme-notes"
id = 60
display_name = "Acme Notes"
redirect_uris = ["http://127.0.0.1:7878/callback"]
session_token_ttl_seconds = 3600
payload_ttl_seconds = 7200

[[workspace.user]]
email = "ada@example.com"
id = 70
password = "correct horse"
role = "owner"

[[workspace.user.session]]
app_id = "acme-notes"
id = 900
payload = { theme = "dark", day = 2026-06-01, list = [1, 2.5, true], "a b" = { z = 1, y = "\"" } }

[[workspace]]
name = "other"
"#;

#[tokio::test]
async fn every_field_says_something() {
    let world = World::from_seed(FULL).unwrap().build().unwrap();
    assert_eq!(world.clock().now().to_string(), "2026-06-01T10:00:00Z");
    let stored = &world.at_rest()[0];
    let numbers = (stored.workspace_id.0, stored.user_id.0, stored.session_id.0);
    assert_eq!((numbers, stored.application_id.unwrap().0), ((50, 70, 900), 60));
    assert_eq!(stored.expires_at.unwrap().to_string(), "2026-06-01T12:00:00Z");
    let token = world.sign_in("ada@example.com", "acme-notes").await.unwrap();
    assert_eq!(
        call(&world, "GET", "/sessions", &token, "").await.body,
        r#"{"theme":"dark","day":"2026-06-01","list":[1,2.5,true],"a b":{"z":1,"y":"\""}}"#
    );
    assert_eq!(call(&world, "GET", "/sessions", "forged", "").await.error().0, 403, "legacy");
    let again = World::from_seed(FULL).unwrap().build().unwrap();
    assert_eq!(again.at_rest(), world.at_rest(), "a random seed decides every byte");
}

#[tokio::test]
async fn a_payload_may_be_json_text() {
    let text = FULL.replace(
        r#"payload = { theme = "dark", day = 2026-06-01, list = [1, 2.5, true], "a b" = { z = 1, y = "\"" } }"#,
        r#"payload = '{"none": null, "big": 1e400}'"#,
    );
    let world = World::from_seed(&text).unwrap().build().unwrap();
    let token = world.sign_in("ada@example.com", "acme-notes").await.unwrap();
    let payload = call(&world, "GET", "/sessions", &token, "").await.body;
    assert_eq!(payload, r#"{"none":null,"big":1e400}"#);
}

#[tokio::test]
async fn the_demo_is_a_seed_file() {
    let seed = Seed::parse(DEMO_SEED).unwrap();
    assert_eq!(seed.first_application(), Some(("acme", "acme-notes")));
    let people: Vec<_> = seed.passwords().map(|(email, _)| email).collect();
    assert_eq!(people, ["ada@example.com", "grace@example.com"]);
    let world = seed.describe(World::builder()).build().unwrap();
    world.sign_in("grace@example.com", "acme-notes").await.unwrap();
    assert_eq!(world.payload("grace@example.com", "acme-notes").await, Some(json!({})));
}

#[test]
fn a_clock_that_runs_goes_on_from_where_it_was_set() {
    let text = "[clock]\nat = \"2030-01-01T00:00:00Z\"\nrunning = true";
    let clock = World::from_seed(text).unwrap().build().unwrap().clock().clone();
    assert!(format!("{clock:?}").starts_with("Clock(running, 2030-01-01T00:00:0"), "{clock:?}");
    let stands = World::from_seed("[clock]").unwrap().build().unwrap().clock().clone();
    assert_eq!(format!("{stands:?}"), "Clock(frozen, 2026-01-01T00:00:00Z)");
}

/// Replaces one line of the full file; the error, and the line that it names.
fn broken(line: &str, by: &str) -> (SeedFileError, String) {
    assert_eq!(FULL.matches(line).count(), 1, "{line}");
    let text = FULL.replace(line, by);
    let error = Seed::parse(&text).unwrap_err();
    let named = text.lines().nth(error.line() - 1).unwrap_or_default().to_owned();
    (error, named)
}

#[test]
fn errors_name_the_line_the_field_and_the_mend() {
    for (line, by, named, reason) in [
        (
            r#"display_name = "Acme Notes""#,
            r#"displayName = "Acme Notes""#,
            "displayName",
            "unknown field `displayName`; did you mean `display_name`?",
        ),
        (r#"role = "owner""#, r#"colour = "red""#, "colour", "unknown field `colour`; there are"),
        (r#"role = "owner""#, r#"role = "Owner""#, "role", "did you mean `owner`?"),
        (r#""legacy""#, r#""old""#, "profile", "unknown value `old`; there are `default`, `publ"),
        ("id = 70", "id = true", "id = true", "`workspace.user.id`: invalid type: boolean"),
        ("id = 70", "id = 0", "id = 0", "ids go from 1 to"),
        ("name = \"other\"", "", "[[workspace]]", "missing field `name`"),
        ("\"other\"", "\"acme\"", "name = \"acme\"", "there is already a workspace `acme`"),
        ("\"other\"", "\"x\"\nid = 50", "id = 50", "another workspace has the id 50"),
        ("127.0.0.1:7878/callback", "a/#b", "redirect_uris", "it must not have a fragment"),
        ("ada@example.com", "ada", "email = \"ada\"", "`ada` is not an e-mail address"),
        (
            "app_id = \"acme-notes\"\nid = 900",
            "app_id = \"notes\"",
            "app_id = \"notes\"",
            "has no application `notes`",
        ),
        ("2.5, true]", "nan]", "payload", "JSON has no infinity"),
        ("payload = {", "payload = '[]' # {", "payload", "payload must be a JSON object"),
        ("12:00:00+02:00", "12:00:00", "at = ", "is not a time; write it like 2026-01-01T00:00:0"),
        ("random_seed = 7", "random_seed = -7", "random_seed", "`random_seed`: "),
        ("random_seed = 7", "random_seed 7", "random_seed 7", ""),
        ("_seconds = 3600", "_seconds = 0", "session_token_ttl", "need to live for a second"),
    ] {
        let (error, at) = broken(line, by);
        assert!(at.contains(named), "{error}\n{}", error.excerpt());
        assert!(error.reason().contains(reason), "{error}\n{}", error.excerpt());
    }
}

#[test]
fn an_excerpt_marks_the_place() {
    let (error, _) = broken("profile = ", "profil = ");
    assert_eq!(
        error.to_string(),
        "line 2, column 1: unknown field `profil`; did you mean `profile`?"
    );
    assert_eq!(error.excerpt(), "  |\n2 | profil = \"legacy\"\n  | ^^^^^^");
}

#[tokio::test]
async fn the_documented_example_is_sound() {
    let page = include_str!("../../docs/seed.md");
    let example = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let world = World::from_seed(example).unwrap().build().unwrap();
    assert_eq!(world.at_rest().len(), 2);
    let data = world.payload("ada@example.com", "acme-notes").await;
    assert_eq!(data, Some(json!({"theme": "dark", "tags": ["a", "b"]})));
}
