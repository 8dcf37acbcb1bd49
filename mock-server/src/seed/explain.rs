//! From what went wrong to a place in the file and a mend.

use toml::de;

use super::{error::SeedFileError, place};
use crate::world::SeedError;

/// A text that is not in the format.
pub(super) fn unreadable(text: &str, error: &de::Error) -> SeedFileError {
    let at = error.span().unwrap_or(0..0);
    let message = error.message();
    let reason = match unknown_word(message) {
        Some(reason) => reason,
        None => match place::path_to(text, &at) {
            Some(path) => format!("`{path}`: {message}"),
            None => message.to_owned(),
        },
    };
    SeedFileError::new(text, at, reason)
}

/// A world that contradicts itself.
pub(super) fn impossible(text: &str, error: &SeedError) -> SeedFileError {
    let at =
        culprit(error).and_then(|(array, name, value)| place::value_of(text, array, name, &value));
    SeedFileError::new(text, at.unwrap_or(0..0), error.to_string())
}

/// The value that an error is about: the array its table is in, its name, and itself.
fn culprit(error: &SeedError) -> Option<(&'static str, &'static str, String)> {
    let empty = String::new;
    Some(match error {
        SeedError::Empty { field: "workspace name" } => ("workspace", "name", empty()),
        SeedError::Empty { .. } => ("application", "app_id", empty()),
        SeedError::WorkspaceTaken { name } => ("workspace", "name", name.clone()),
        SeedError::ApplicationTaken { app_id } => ("application", "app_id", app_id.clone()),
        SeedError::RedirectUri { uri, .. } => ("application", "redirect_uris", uri.clone()),
        SeedError::TokenTtl { .. } => ("application", "session_token_ttl_seconds", "0".to_owned()),
        SeedError::Email { email } | SeedError::UserTaken { email } => {
            ("user", "email", email.clone())
        }
        SeedError::IdTaken { kind, id } | SeedError::Id { kind, id } => {
            (*kind, "id", id.to_string())
        }
        SeedError::SessionApplication { app_id, .. } | SeedError::Payload { app_id, .. } => {
            ("session", "app_id", app_id.clone())
        }
        _ => return None,
    })
}

/// The name that is not in the format, and the one that was meant. Serde puts both in backticks: the unknown
/// one first, then those that it knows.
fn unknown_word(message: &str) -> Option<String> {
    let kind = ["field", "variant"]
        .into_iter()
        .find(|kind| message.strip_prefix("unknown ").is_some_and(|rest| rest.starts_with(kind)))?;
    let mut words = message.split('`').skip(1).step_by(2);
    let unknown = words.next()?;
    let known: Vec<&str> = words.collect();
    let kind = if kind == "field" { "field" } else { "value" };
    let nearest = known.iter().min_by_key(|known| distance(unknown, known));
    Some(match nearest {
        Some(nearest) if distance(unknown, nearest) <= unknown.chars().count().div_ceil(3) => {
            format!("unknown {kind} `{unknown}`; did you mean `{nearest}`?")
        }
        _ => format!("unknown {kind} `{unknown}`; there are `{}`", known.join("`, `")),
    })
}

/// How far apart two names are, whatever their case and separators.
fn distance(one: &str, other: &str) -> usize {
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    strsim::osa_distance(&plain(one), &plain(other))
}
