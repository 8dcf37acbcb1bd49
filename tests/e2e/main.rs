//! The last hop of the note: what each of those before told of it, against what the platform has.
//!
//! `cargo xtask test e2e` runs all of them, on one world of the mock.

use std::{collections::BTreeMap, env, error::Error, fs, path::Path};

use secureflows::{Client, SessionToken};
use secureflows_tests::{ADA, APP, REDIRECT, WORKSPACE};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// A note as `examples/web-notes` stores it, under `note:<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Note {
    text: String,
    created_at: String,
}

type Notes = BTreeMap<String, Note>;

/// What the page showed when it had stored the note.
#[derive(Debug, Deserialize)]
struct Browser {
    wrote: Note,
}

#[derive(Debug, Deserialize)]
struct Kotlin {
    read: Notes,
    wrote: Notes,
}

#[derive(Debug, Deserialize)]
struct Python {
    read: Notes,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let browser: Browser = told("browser")?;
    let kotlin: Kotlin = told("kotlin")?;
    let python: Python = told("python")?;
    let client = signed_in().await?;
    let stored: Notes = client.collection("note")?.list().await?.into_iter().collect();

    let read: Vec<&Note> = kotlin.read.values().collect();
    assert_eq!(read, [&browser.wrote], "Kotlin reads what the browser wrote, and nothing else");
    assert_ne!(kotlin.wrote, kotlin.read, "Kotlin changes it");
    assert!(kotlin.wrote.keys().eq(kotlin.read.keys()), "the changed note is the same note");
    assert_eq!(python.read, kotlin.wrote, "Python reads what Kotlin wrote");
    assert_eq!(stored, kotlin.wrote, "Rust reads what Kotlin wrote");
    Ok(())
}

/// What a hop told.
fn told<T: DeserializeOwned>(hop: &str) -> Result<T, Box<dyn Error>> {
    let path = Path::new(&env::var("SECUREFLOWS_E2E")?).join(format!("{hop}.json"));
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// A client of the same user, on the same world.
async fn signed_in() -> Result<Client, Box<dyn Error>> {
    let origin = env::var("SECUREFLOWS_ORIGIN")?;
    let desk = format!("{}/sign-in", env::var("SECUREFLOWS_CONTROL_URL")?);
    let asked = json!({ "user": ADA, "application": APP }).to_string();
    let http = reqwest::Client::builder().no_proxy().build()?;
    let answer = http.post(desk).body(asked).send().await?.error_for_status()?;
    let answer: Value = serde_json::from_str(&answer.text().await?)?;
    let token = answer.get("sessionToken").and_then(Value::as_str).ok_or("no token was given")?;

    let builder = Client::builder().origin(&origin).workspace(WORKSPACE).app_id(APP);
    let client = builder.redirect_uri(REDIRECT).build()?;
    client.adopt(SessionToken::issued_by(&origin, token.to_owned())?).await?;
    Ok(client)
}
