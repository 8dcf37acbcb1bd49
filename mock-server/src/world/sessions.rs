//! Sessions that are there from the beginning.

use super::{SeedError, SessionSpec, UserSpec, builder::shelf, numbers::check_id};
use crate::{
    domain::{Owner, Payload, Platform, SessionId, Workspace as _, parse_email},
    store::Memory,
};

/// Opens the sessions of users who are there, each given with the name of their workspace.
pub(super) fn add_sessions(
    platform: &Platform<Memory>,
    users: &[(String, UserSpec)],
) -> Result<(), SeedError> {
    let mut sessions: Vec<(&String, &UserSpec, &SessionSpec)> = users
        .iter()
        .flat_map(|(workspace, user)| user.sessions.iter().map(move |it| (workspace, user, it)))
        .collect();
    // Rows that ask for a number come first, so that the others count on behind them.
    sessions.sort_by_key(|(.., session)| session.id.map_or(i64::MAX, |id| id.0));
    for (workspace, user, session) in sessions {
        add_session(platform, workspace, &user.email, session)?;
    }
    Ok(())
}

fn add_session(
    platform: &Platform<Memory>,
    workspace: &str,
    email: &str,
    spec: &SessionSpec,
) -> Result<(), SeedError> {
    let shelves = platform.store.shelves();
    check_id("session", spec.id.map(|id| id.0), |id| {
        shelves.iter().any(|shelf| shelf.has_session(SessionId(id)))
    })?;
    let shelf = shelf(platform, workspace)?;
    let row = shelf.row();
    let application = platform.store.find_application(&spec.app_id);
    let application = application.filter(|found| found.workspace == row.id).ok_or_else(|| {
        let (workspace, app_id) = (workspace.to_owned(), spec.app_id.clone());
        SeedError::SessionApplication { workspace, app_id }
    })?;
    let account = parse_email(email).ok().and_then(|email| platform.store.find_account(&email));
    let user = account.and_then(|account| shelf.find_user(&account.uid));
    let user = user.ok_or_else(|| SeedError::Email { email: email.to_owned() })?;
    let refused = |reason: &dyn std::fmt::Display| SeedError::Payload {
        email: email.to_owned(),
        app_id: spec.app_id.clone(),
        reason: reason.to_string(),
    };
    let payload = Payload::parse(&spec.payload).map_err(|reason| refused(&reason))?;
    let owner = Owner { user: user.id, application: Some(application.id) };
    let make = platform.new_session(&row, owner, &payload, application.payload_ttl);
    let opened = make.and_then(|make| shelf.insert_session(owner, spec.id, make));
    opened.map(|_| ()).map_err(|reason| refused(&reason))
}
