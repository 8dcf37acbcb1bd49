//! A backend with three routes, each for signed-in users only, each seeing their own notes only.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{FromRef, Path, State},
    http::StatusCode,
    routing::{delete, get},
};
use secureflows::verifier::{SignedIn, Verifier};
use serde::{Deserialize, Serialize};

/// The whole service.
pub(crate) fn app(verifier: Verifier) -> Router {
    Router::new()
        .route("/notes", get(list).post(add))
        .route("/notes/{id}", delete(remove))
        .with_state(Service { verifier, notes: Notes::default() })
}

#[derive(Clone, FromRef)]
struct Service {
    verifier: Verifier,
    notes: Notes,
}

/// The notes of each user, by the user's id.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<HashMap<String, BTreeMap<u64, Note>>>>);

#[derive(Clone, Serialize, Deserialize)]
struct Note {
    text: String,
}

#[derive(Serialize)]
struct Listed {
    id: u64,
    text: String,
}

async fn list(SignedIn(user): SignedIn, State(notes): State<Notes>) -> Json<Vec<Listed>> {
    let mine = notes.of(&user.user_id, |mine| mine.clone());
    Json(mine.into_iter().map(|(id, note)| Listed { id, text: note.text }).collect())
}

async fn add(
    SignedIn(user): SignedIn,
    State(notes): State<Notes>,
    Json(note): Json<Note>,
) -> (StatusCode, Json<Listed>) {
    let text = note.text.clone();
    let id = notes.of(&user.user_id, |mine| {
        let id = mine.last_key_value().map_or(1, |(last, _)| last + 1);
        mine.insert(id, note);
        id
    });
    (StatusCode::CREATED, Json(Listed { id, text }))
}

async fn remove(
    SignedIn(user): SignedIn,
    State(notes): State<Notes>,
    Path(id): Path<u64>,
) -> StatusCode {
    match notes.of(&user.user_id, |mine| mine.remove(&id)) {
        Some(_) => StatusCode::NO_CONTENT,
        None => StatusCode::NOT_FOUND,
    }
}

impl Notes {
    fn of<T>(&self, user: &str, step: impl FnOnce(&mut BTreeMap<u64, Note>) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        step(all.entry(user.to_owned()).or_default())
    }
}
