//! Who has the sessions: a thousand who are measured, spread among all the others.

use std::fmt::Write as _;

use tokio::task::JoinSet;

use crate::process::ask;

pub(super) const MEASURED: u64 = 1_000;

/// From the number of one of them to that of the next, in a database: room for a million in all.
pub(super) const GAP: u64 = 1_000;

const APP: &str = "bench-notes";

/// So many sign in at once.
const AT_ONCE: usize = 16;

/// A seed file with a user for each of these sessions.
pub(super) fn seed(sessions: impl Iterator<Item = u64>) -> String {
    let mut toml = format!(
        "[[workspace]]\nname = \"bench\"\nplan = \"pro\"\n[[workspace.application]]\napp_id = \"{APP}\"\n\
         redirect_uris = [\"com.bench.notes:/callback\"]\n"
    );
    for id in sessions {
        let email = email(id);
        writeln!(
            toml,
            "[[workspace.user]]\nemail = \"{email}\"\n[[workspace.user.session]]\napp_id = \"{APP}\"\nid = {id}\n\
             payload = {{ note = \"some words that somebody wrote\" }}"
        )
        .unwrap();
    }
    toml
}

/// The numbers of the sessions that are measured, every so many.
pub(super) fn measured(every: u64) -> impl Iterator<Item = u64> {
    (0..MEASURED).map(move |number| 1 + number * every)
}

/// Signs in whose these sessions are; their tokens.
pub(super) async fn sign_in(address: &str, sessions: impl Iterator<Item = u64>) -> Vec<String> {
    let (mut tasks, mut tokens) = (JoinSet::new(), Vec::new());
    for id in sessions {
        if tasks.len() == AT_ONCE {
            tokens.push(tasks.join_next().await.unwrap().unwrap());
        }
        let address = address.to_owned();
        tasks.spawn(async move { token(&address, &email(id)).await });
    }
    tokens.extend(tasks.join_all().await);
    tokens
}

async fn token(address: &str, email: &str) -> String {
    let body = format!(r#"{{"user":"{email}","application":"{APP}"}}"#);
    let request = format!(
        "POST /_mock/sign-in HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = ask(address, &request).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let token = answer.split("\"sessionToken\":\"").nth(1).and_then(|rest| rest.split('"').next());
    token.unwrap().to_owned()
}

fn email(id: u64) -> String {
    format!("u{id}@example.com")
}
