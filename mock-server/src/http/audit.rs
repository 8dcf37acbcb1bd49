//! `/api/v1/audit`: what was done, and what was asked (contract §5).

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    call::Call,
    io::{Answer, Json},
    journal::{Caller, Row},
    listing::{PageView, Paged},
    views::{self, EventView},
};
use crate::domain::{Directory, Page, Refusal, UserCaller, Workspace as _};

const BASE: &str = "/api/v1";

pub(super) async fn events<S: Directory>(
    _: Call<S>,
    caller: UserCaller<S>,
    Paged(window): Paged,
) -> Answer<Json<PageView<EventView>>> {
    let page = caller.workspace.events(window).await.map_err(Refusal::from)?;
    Ok(Json(PageView::of(page, EventView::from)))
}

/// A request, and what became of it: no token, no query, names in place of what stood in its path.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccessView {
    id: u64,
    occurred_at: String,
    http_method: &'static str,
    /// Without `/api/v1`.
    endpoint: String,
    http_status: u16,
    duration_ms: u64,
    session_id: Option<i64>,
    token_revision: Option<i64>,
    user_firebase_id: Option<String>,
    user_email: Option<String>,
    application_id: Option<i64>,
    client_ip: Option<String>,
    user_agent: Option<String>,
}

/// The newest requests that had to do with the workspace.
pub(super) async fn api_access<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Paged(window): Paged,
) -> Answer<Json<PageView<AccessView>>> {
    let here = caller.workspace_id();
    let of_here = |row: &Row| {
        let is_api = row.operation.is_some_and(|(_, path)| path.starts_with(BASE));
        (row.workspace == Some(here) && is_api && row.status.is_some()).then(|| row.clone())
    };
    let mut rows = call.visit.site.journal.select(of_here);
    rows.reverse();
    let Page { items: rows, window, total } = window.cut(rows);
    let mut items = Vec::new();
    for row in &rows {
        items.push(view(row, &caller, &call).await?);
    }
    Ok(Json(PageView::of(Page { items, window, total }, |view| view)))
}

async fn view<S: Directory>(
    row: &Row,
    caller: &UserCaller<S>,
    call: &Call<S>,
) -> Result<AccessView, Refusal> {
    let path = row.operation.map(|(_, path)| path).unwrap_or_default();
    let mut view = AccessView {
        id: row.id,
        occurred_at: views::text(row.time),
        http_method: row.method,
        endpoint: path.strip_prefix(BASE).unwrap_or(path).to_owned(),
        http_status: row.status.unwrap_or_default(),
        duration_ms: u64::try_from(row.duration.as_millis()).unwrap_or(u64::MAX),
        session_id: None,
        token_revision: None,
        user_firebase_id: None,
        user_email: None,
        application_id: None,
        client_ip: row.client.map(|ip| ip.to_string()),
        user_agent: row.agent.as_deref().map(str::to_owned),
    };
    match &row.caller {
        Caller::Nobody => {}
        Caller::Account(uid) | Caller::User { uid, .. } => {
            let account = call.platform().store.account(uid).await?;
            view.user_firebase_id = Some(uid.to_string());
            view.user_email = account.and_then(|account| account.email);
        }
        Caller::Session { session, token_revision, user, application, .. } => {
            view.session_id = Some(session.0);
            view.token_revision = Some(*token_revision);
            view.application_id = application.map(|id| id.0);
            if let Some(user) = caller.workspace.user(*user).await? {
                view.user_firebase_id = Some(user.provider_uid);
                view.user_email = user.email;
            }
        }
    }
    Ok(view)
}
