//! Sessions that are there from the beginning.

use super::{SeedError, SessionSpec, UserSpec, builder::shelf, numbers::check_id};
use crate::{
    domain::{Directory as _, Owner, Payload, Platform, SessionId, Workspace as _, parse_email},
    store::Store,
};

/// Opens the sessions of users who are there, each given with the name of their workspace.
pub(super) async fn add_sessions(
    platform: &Platform<Store>,
    users: &[(String, UserSpec)],
) -> Result<(), SeedError> {
    let mut sessions: Vec<(&String, &UserSpec, &SessionSpec)> = users
        .iter()
        .flat_map(|(workspace, user)| user.sessions.iter().map(move |it| (workspace, user, it)))
        .collect();
    // Rows that ask for a number come first, so that the others count on behind them.
    sessions.sort_by_key(|(.., session)| session.id.map_or(i64::MAX, |id| id.0));
    for (workspace, user, session) in sessions {
        add_session(platform, workspace, &user.email, session).await?;
    }
    Ok(())
}

async fn add_session(
    platform: &Platform<Store>,
    workspace: &str,
    email: &str,
    spec: &SessionSpec,
) -> Result<(), SeedError> {
    check_id("session", spec.id.map(|id| id.0), async |id| {
        for shelf in platform.store.workspaces().await? {
            if shelf.has_session(SessionId(id)).await? {
                return Ok(true);
            }
        }
        Ok(false)
    })
    .await?;
    let shelf = shelf(platform, workspace).await?;
    let row = shelf.row();
    let application = platform.store.application(&spec.app_id).await?;
    let application = application.filter(|found| found.workspace == row.id).ok_or_else(|| {
        let (workspace, app_id) = (workspace.to_owned(), spec.app_id.clone());
        SeedError::SessionApplication { workspace, app_id }
    })?;
    let unknown = || SeedError::Email { email: email.to_owned() };
    let address = parse_email(email).map_err(|_| unknown())?;
    let account = platform.store.account_by_email(&address).await?.ok_or_else(unknown)?;
    let user = shelf.user_of_account(&account.uid).await?.ok_or_else(unknown)?;
    let refused = |reason: &dyn std::fmt::Display| SeedError::Payload {
        email: email.to_owned(),
        app_id: spec.app_id.clone(),
        reason: reason.to_string(),
    };
    let payload = Payload::parse(&spec.payload).map_err(|reason| refused(&reason))?;
    let owner = Owner { user: user.id, application: Some(application.id) };
    let make = platform.new_session(&row, owner, &payload, application.payload_ttl);
    let make = make.map_err(|reason| refused(&reason))?;
    let laid = shelf.lay_session(owner, spec.id, make).await?;
    laid.map(drop).map_err(|reason| refused(&reason))
}
