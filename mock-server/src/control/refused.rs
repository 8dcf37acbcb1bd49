//! What the world refuses, as the control API says it.

use http::StatusCode;

use crate::{
    http::ApiError,
    world::{InDatabase, SeedError, SignInError, StartError},
};

pub(super) fn seed(error: &SeedError) -> ApiError {
    use SeedError as E;
    let status = match error {
        E::WorkspaceUnknown { name } => return unknown_workspace(name),
        E::WorkspaceTaken { .. }
        | E::ApplicationTaken { .. }
        | E::UserTaken { .. }
        | E::IdTaken { .. } => StatusCode::CONFLICT,
        E::Store { .. } => StatusCode::SERVICE_UNAVAILABLE,
        E::NoRandomness | E::Key { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    ApiError::new(status, error.to_string())
}

pub(super) fn start(error: StartError) -> ApiError {
    match error {
        StartError::Seed(error) => seed(&error),
        StartError::Listen { source, .. } => {
            let text = format!("No port could be opened: {source}; delete worlds to free theirs");
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, text)
        }
    }
}

pub(super) fn sign_in(error: &SignInError) -> ApiError {
    use SignInError as E;
    let status = match error {
        E::UserUnknown { .. } | E::ApplicationUnknown { .. } | E::NotAUser { .. } => {
            StatusCode::NOT_FOUND
        }
        E::RedirectUri { .. } => StatusCode::BAD_REQUEST,
        E::Refused { .. } => StatusCode::CONFLICT,
    };
    ApiError::new(status, error.to_string())
}

pub(super) fn in_database(error: &InDatabase) -> ApiError {
    ApiError::new(StatusCode::CONFLICT, error.to_string())
}

pub(super) fn unknown_workspace(name: &str) -> ApiError {
    let text =
        format!("No workspace `{name}`; add it with POST /_mock/workspaces, or correct the name");
    ApiError::new(StatusCode::NOT_FOUND, text)
}
