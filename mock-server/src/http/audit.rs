//! `/api/v1/audit`: what was done, and what was asked (contract §5).

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    call::Call,
    io::{Answer, Json},
    journal::{BASE, Row},
    listing::{PageView, Paged},
    views::{self, EventView},
};
use crate::domain::{Access, Directory, Page, Refusal, UserCaller, Workspace as _};

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
    id: i64,
    occurred_at: String,
    http_method: String,
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
    let logged = caller.workspace.accesses(window).await.map_err(Refusal::from)?;
    let Page { items: rows, window, total } = match logged {
        Some(page) => page,
        None => {
            let here = caller.workspace_id();
            let of_here = |row: &Row| row.access().filter(|access| access.workspace == here);
            let mut rows = call.visit.site.journal.select(of_here);
            rows.reverse();
            window.cut(rows)
        }
    };
    let mut items = Vec::new();
    for row in rows {
        items.push(view(row, &caller, &call).await?);
    }
    Ok(Json(PageView::of(Page { items, window, total }, |view| view)))
}

async fn view<S: Directory>(
    row: Access,
    caller: &UserCaller<S>,
    call: &Call<S>,
) -> Result<AccessView, Refusal> {
    let (uid, email) = match (row.uid, row.user) {
        (Some(uid), _) => {
            let account = call.platform().store.account(&uid).await?;
            (Some(uid), account.and_then(|account| account.email))
        }
        (None, Some(user)) => match caller.workspace.user(user).await? {
            Some(user) => (Some(user.provider_uid), user.email),
            None => (None, None),
        },
        (None, None) => (None, None),
    };
    Ok(AccessView {
        id: row.id,
        occurred_at: views::text(row.at),
        http_method: row.method,
        endpoint: row.path.strip_prefix(BASE).unwrap_or(&row.path).to_owned(),
        http_status: row.status,
        duration_ms: u64::try_from(row.duration.as_millis()).unwrap_or(u64::MAX),
        session_id: row.session.map(|id| id.0),
        token_revision: row.token_revision,
        user_firebase_id: uid,
        user_email: email,
        application_id: row.application.map(|id| id.0),
        client_ip: row.client,
        user_agent: row.agent,
    })
}
