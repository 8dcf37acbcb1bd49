//! `/api/v1/sessions/admin`, `…/export` and `…/my`: sessions as operators see them, and as the users do
//! whose they are (contract §5).

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};

use super::{
    call::Call,
    error::Problem,
    io::{Answer, Asked, Example, Json, Parameter},
    listing::{Everybodys, Export, Own, PageView, Sessions},
    query::Query,
    sessions::Revoked,
    views::{self, AdminSessionDetail, AdminSessionView, OwnSessionView},
    whole::Whole,
};
use crate::domain::{Directory, Exported, Refusal, SessionId, UserCaller, Workspace as _};

pub(super) async fn own<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    asked: Sessions<Own>,
) -> Answer<Json<PageView<OwnSessionView>>> {
    let most = most_bytes(&caller);
    let page = call.platform().own_sessions(&caller, asked.0).await?;
    Ok(Json(PageView::of(page, |own| OwnSessionView::of(own, most))))
}

pub(super) async fn revoke_own<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<Revoked>> {
    let session_id = session(&call)?;
    let revoked = call.platform().revoke_own(&caller, session_id).await?;
    Ok(Json(Revoked { revoked, session_id }))
}

pub(super) async fn list<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    asked: Sessions<Everybodys>,
) -> Answer<Json<PageView<AdminSessionView>>> {
    let most = most_bytes(&caller);
    let page = call.platform().sessions(&caller, &asked.0).await?;
    Ok(Json(PageView::of(page, |row| AdminSessionView::of(row, most))))
}

pub(super) async fn read<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<AdminSessionDetail>> {
    let (id, most) = (session(&call)?, most_bytes(&caller));
    let detail = call.platform().session_detail(&caller, id).await?;
    Ok(Json(AdminSessionDetail::of(detail, most)))
}

pub(super) async fn revoke<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
) -> Answer<Json<Revoked>> {
    let session_id = session(&call)?;
    let revoked = call.platform().revoke_session(&caller, session_id).await?;
    Ok(Json(Revoked { revoked, session_id }))
}

/// How long a session's data shall live, from now.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewTtl {
    /// 0 for ever, or a minute to ten years.
    #[schemars(range(min = 0, max = 315_360_000))]
    #[schemars(extend("not" = { "type": "integer", "minimum": 1, "maximum": 59 }))]
    ttl_seconds: Whole,
}

impl Example for NewTtl {
    fn example() -> Value {
        json!({ "ttlSeconds": 3_600 })
    }
}

/// That a session was changed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Updated {
    updated: bool,
    session_id: i64,
}

pub(super) async fn set_ttl<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Json(body): Json<NewTtl>,
) -> Answer<Json<Updated>> {
    let id = session(&call)?;
    call.platform().set_session_ttl(&caller, id, body.ttl_seconds.0).await?;
    Ok(Json(Updated { updated: true, session_id: id.0 }))
}

/// What is exported of a session.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExportedView {
    app_id: Option<String>,
    user_email: Option<String>,
    /// The flat object that the user stored.
    #[schemars(with = "serde_json::Map<String, Value>")]
    payload: Option<Box<RawValue>>,
}

pub(super) async fn export<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    asked: Sessions<Export>,
) -> Answer<Json<PageView<ExportedView>>> {
    let page = call.platform().export(&caller, asked.0).await?;
    Ok(Json(PageView::of(page, |exported: Exported| ExportedView {
        app_id: exported.app_id,
        user_email: exported.user_email,
        payload: views::raw(exported.payload),
    })))
}

/// From which day to which.
#[derive(Debug)]
pub(super) struct Days {
    start: Option<Date>,
    end: Option<Date>,
}

impl Asked for Days {
    fn from_query(query: &Query) -> Result<Self, Problem> {
        let day = |name| {
            let text = query.text(name)?.filter(|text| !text.is_empty());
            let wrong = || Refusal::invalid(name, "write a day as YYYY-MM-DD");
            let parse = |text: String| {
                let is_plain = text.len() == "YYYY-MM-DD".len();
                text.parse::<Date>().ok().filter(|_| is_plain).ok_or_else(wrong)
            };
            Ok::<_, Problem>(text.map(parse).transpose()?)
        };
        Ok(Self { start: day("start")?, end: day("end")? })
    }

    fn parameters() -> Vec<Parameter> {
        let day = || json!({ "type": "string", "format": "date" });
        vec![
            Parameter::optional(
                "start",
                "The first day; the first of this month unless said.",
                day(),
            ),
            Parameter::optional(
                "end",
                "The last day; 61 days at most, the first and last included. The last of the month of the first unless said.",
                day(),
            ),
        ]
    }
}

/// A day.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Day {
    /// `YYYY-MM-DD`.
    date: String,
    /// How many sessions were active at once, at most.
    count: u64,
}

pub(super) async fn concurrent_sessions<S: Directory>(
    call: Call<S>,
    caller: UserCaller<S>,
    Days { start, end }: Days,
) -> Answer<Json<Vec<Day>>> {
    let days = call.platform().concurrent_sessions(&caller, start, end).await?;
    let days = days.into_iter().map(|(date, count)| Day { date: date.to_string(), count });
    Ok(Json(days.collect()))
}

fn session<S: Directory>(call: &Call<S>) -> Result<SessionId, Refusal> {
    call.number("sessionId").map(SessionId)
}

fn most_bytes<S: Directory>(caller: &UserCaller<S>) -> u64 {
    caller.workspace.row().billing.limits().payload_bytes
}
