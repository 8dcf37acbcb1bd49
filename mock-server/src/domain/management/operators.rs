//! Operators and everybody's sessions. Whoever reads a payload leaves an event, or does not read it.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::Serialize;

use super::{UserCaller, text};
use crate::domain::{
    Directory, EventKind, Page, Platform, Refusal, SessionId, SessionListing, SessionRow,
    SessionState, SessionStatus, Workspace, lifetime, vault,
};

/// The most days that are counted at once.
const MOST_DAYS: i64 = 61;

/// A session with its payload as JSON text; `{}` when it has ended.
pub(crate) struct SessionDetail {
    pub(crate) row: SessionRow,
    pub(crate) payload: String,
}

/// What is exported of a session.
pub(crate) struct Exported {
    pub(crate) app_id: Option<String>,
    pub(crate) user_email: Option<String>,
    pub(crate) payload: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Export {
    page: u64,
    sessions: usize,
    session_ids: Vec<SessionId>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ttl {
    ttl_seconds: i64,
}

impl<S: Directory> Platform<S> {
    /// Sessions of the workspace, without what is in them.
    pub(crate) async fn sessions(
        &self,
        caller: &UserCaller<S>,
        listing: &SessionListing,
    ) -> Result<Page<SessionRow>, Refusal> {
        let now = self.clock.now();
        Ok(caller.workspace.read_sessions(listing, now, |page, _| page).await?)
    }

    /// One session with what is in it. The event of that is kept before anything is shown.
    pub(crate) async fn session_detail(
        &self,
        caller: &UserCaller<S>,
        id: SessionId,
    ) -> Result<SessionDetail, Refusal> {
        let (workspace, now) = (&caller.workspace, self.clock.now());
        let (owner, subject) = self.subject_of_session(workspace, id).await?;
        let (app_id, user) = (subject.app_id.clone(), workspace.user(owner).await?);
        let key = self.workspace_key(&workspace.row())?;
        let event = caller.event(self, EventKind::SessionPayloadRead);
        let read = workspace.with_session(id, |session, _, trail| {
            let status = session.status(now);
            trail.write(event.about(session.audited(subject)))?;
            let payload = match &session.state {
                SessionState::Active(sealed) => vault::open(&key, session.place(), sealed)?,
                SessionState::Expired | SessionState::Revoked => "{}".to_owned(),
            };
            let row = SessionRow { session: session.clone(), status, user, app_id };
            Ok(SessionDetail { row, payload })
        });
        read.await?.ok_or(Refusal::SessionUnknown)?
    }

    /// Active sessions with what is in them. The event of that is kept before anything is shown.
    pub(crate) async fn export(
        &self,
        caller: &UserCaller<S>,
        listing: SessionListing,
    ) -> Result<Page<Exported>, Refusal> {
        let (workspace, now) = (&caller.workspace, self.clock.now());
        let key = self.workspace_key(&workspace.row())?;
        let event = caller.event(self, EventKind::SessionsExported);
        let active = SessionListing { status: Some(SessionStatus::Active), ..listing };
        let read = workspace.read_sessions(&active, now, |page, trail| {
            let session_ids: Vec<_> = page.items.iter().map(|row| row.session.id).collect();
            let (page_number, sessions) = (page.window.page, session_ids.len());
            let export = Export { page: page_number, sessions, session_ids };
            trail.write(event.with(&export))?;
            let mut failed = None;
            let page = page.map(|row| {
                let payload = match &row.session.state {
                    SessionState::Active(sealed) => vault::open(&key, row.session.place(), sealed),
                    SessionState::Expired | SessionState::Revoked => Ok("{}".to_owned()),
                };
                let payload = payload.map_err(|refusal| failed = Some(refusal));
                let user_email = row.user.and_then(|user| user.email);
                Exported { app_id: row.app_id, user_email, payload: payload.unwrap_or_default() }
            });
            failed.map_or(Ok(page), Err)
        });
        read.await?
    }

    /// Ends somebody's session; whether it had not ended before.
    pub(crate) async fn revoke_session(
        &self,
        caller: &UserCaller<S>,
        id: SessionId,
    ) -> Result<bool, Refusal> {
        self.end_session(&caller.workspace, id, Some((&caller.user).into())).await
    }

    /// Makes an active session's data live for so long from now; for ever with 0.
    pub(crate) async fn set_session_ttl(
        &self,
        caller: &UserCaller<S>,
        id: SessionId,
        ttl_seconds: i64,
    ) -> Result<(), Refusal> {
        let ttl = text::seconds_or_unlimited("ttlSeconds", ttl_seconds)?;
        let (workspace, now) = (&caller.workspace, self.clock.now());
        let (_, subject) = self.subject_of_session(workspace, id).await?;
        let event = caller.event(self, EventKind::SessionTtlUpdated);
        let set = workspace.with_session(id, |session, _, trail| {
            session.active(now).map_err(|_| Refusal::SessionEnded)?;
            let event = event.about(session.audited(subject));
            trail.write(event.with(&Ttl { ttl_seconds }))?;
            session.expires_at = ttl.map(|ttl| lifetime::later(now, ttl));
            session.updated_at = now;
            Ok(())
        });
        set.await?.ok_or(Refusal::SessionUnknown)?
    }

    /// For each day from `start` to `end`, this month unless said: how many sessions were active at once at
    /// most. Nothing is known of days to come.
    pub(crate) async fn concurrent_sessions(
        &self,
        caller: &UserCaller<S>,
        start: Option<Date>,
        end: Option<Date>,
    ) -> Result<Vec<(Date, u64)>, Refusal> {
        let today = TimeZone::UTC.to_datetime(self.clock.now()).date();
        let start = start.unwrap_or_else(|| end.unwrap_or(today).first_of_month());
        let end = end.unwrap_or_else(|| start.last_of_month());
        let days = (end - start).get_days();
        if days < 0 {
            return Err(Refusal::invalid("end", "give a day that is not before start"));
        }
        if i64::from(days) >= MOST_DAYS {
            return Err(Refusal::invalid(
                "end",
                "give 61 days at most, the first and last included",
            ));
        }
        let now = self.clock.now();
        let mut lives = Vec::new();
        let each = caller.workspace.look_at_sessions(|mut session| {
            session.expire(now);
            lives.push((session.created_at, session.ended_at.unwrap_or(Timestamp::MAX)));
        });
        each.await?;
        let steps = Steps::of(&lives);
        let days = start.series(jiff::Span::new().days(1)).take_while(|day| *day <= end);
        Ok(days.map(|day| (day, if day > today { 0 } else { steps.most_on(day) })).collect())
    }
}

/// Beginnings and ends of sessions, in the order of their times.
struct Steps(Vec<(Timestamp, i64)>);

impl Steps {
    fn of(lives: &[(Timestamp, Timestamp)]) -> Self {
        let steps = lives.iter().flat_map(|(begun, ended)| [(*begun, 1), (*ended, -1)]);
        let mut steps: Vec<_> = steps.collect();
        // At one moment, what begins still meets what ends: a clock that stands still has only one.
        steps.sort_unstable_by_key(|(at, step)| (*at, -step));
        Self(steps)
    }

    /// The most sessions that were active at once on a day.
    fn most_on(&self, day: Date) -> u64 {
        let midnight = |day: Date| {
            let midnight = TimeZone::UTC.to_timestamp(day.to_datetime(Time::midnight()));
            midnight.unwrap_or(Timestamp::MAX)
        };
        let (dawn, dusk) = (midnight(day), day.tomorrow().map_or(Timestamp::MAX, midnight));
        let (mut active, mut most) = (0_i64, 0_i64);
        for (at, step) in &self.0 {
            if *at >= dusk {
                break;
            }
            if *at > dawn {
                most = most.max(active);
            }
            active += step;
            if *at >= dawn {
                most = most.max(active);
            }
        }
        u64::try_from(most.max(active)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_what_was_active_at_once() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let steps = Steps::of(&[
            (at("2026-01-01T10:00:00Z"), at("2026-01-02T09:00:00Z")),
            (at("2026-01-02T09:00:00Z"), at("2026-01-02T11:00:00Z")),
            (at("2026-01-02T10:00:00Z"), Timestamp::MAX),
        ]);
        let day = |text: &str| steps.most_on(text.parse().unwrap());
        assert_eq!(day("2025-12-31"), 0);
        assert_eq!(day("2026-01-01"), 1);
        assert_eq!(day("2026-01-02"), 2);
        assert_eq!(day("2026-01-03"), 1);
    }
}
