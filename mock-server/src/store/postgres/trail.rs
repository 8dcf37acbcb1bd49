//! The audit trail: only ever added to.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::{
    Tx,
    rows::{micros, time},
};
use crate::domain::{
    AuditId, AuditRow, AuditedSession, Doer, Event, EventKind, Page, SessionId, SessionStatus,
    StoreError, Stored, Subject, Trail, Window, WorkspaceId,
};

/// The session that an event is about, as it was then.
#[derive(Debug, Serialize, Deserialize)]
struct SessionThen {
    id: SessionId,
    subject: Subject,
    status: String,
}

/// Adds what a change wrote to the trail. Of events that happen once only the first is taken.
pub(super) async fn keep(tx: &mut Tx, workspace: WorkspaceId, trail: Trail) -> Stored<()> {
    keep_events(tx, workspace, trail.into_events()).await
}

pub(super) async fn keep_events(
    tx: &mut Tx,
    workspace: WorkspaceId,
    events: Vec<Event>,
) -> Stored<()> {
    for event in events {
        let session = event.session.map(|session| {
            let AuditedSession { id, subject, status } = session;
            Json(SessionThen { id, subject, status: status.to_owned() })
        });
        let kept = sqlx::query!(
            "INSERT INTO audit_events (id, workspace, kind, at, session, actor, metadata, once)
            VALUES (nextval('audit_ids'), $1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace, once) DO NOTHING",
            workspace.0,
            event.kind.name(),
            micros(event.at),
            session as _,
            event.actor.map(Json) as _,
            event.metadata,
            event.once,
        );
        kept.execute(&mut **tx).await?;
    }
    Ok(())
}

/// A page, the newest first.
pub(super) async fn page(
    tx: &mut Tx,
    workspace: WorkspaceId,
    window: Window,
) -> Stored<Page<AuditRow>> {
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM audit_events WHERE workspace = $1"#,
        workspace.0
    );
    let total = total.fetch_one(&mut **tx).await?;
    let (limit, offset) = super::pages::bounds(window);
    let rows = sqlx::query!(
        r#"SELECT id, kind, at, session AS "session: Json<SessionThen>", actor AS "actor: Json<Doer>", metadata, once
        FROM audit_events WHERE workspace = $1 ORDER BY id DESC LIMIT $2 OFFSET $3"#,
        workspace.0,
        limit,
        offset
    );
    let rows = rows.fetch_all(&mut **tx).await?;
    let items = rows.into_iter().map(|row| {
        let status = |name: &str| SessionStatus::ALL.into_iter().find(|it| it.name() == name);
        let session = row.session.map(|Json(SessionThen { id, subject, status: name })| {
            let status = status(&name).ok_or(StoreError::Refused)?.name();
            Ok::<_, StoreError>(AuditedSession { id, subject, status })
        });
        let event = Event {
            kind: EventKind::named(&row.kind).ok_or(StoreError::Refused)?,
            at: time(row.at),
            session: session.transpose()?,
            actor: row.actor.map(|actor| actor.0),
            metadata: row.metadata,
            once: row.once,
        };
        Ok(AuditRow { id: AuditId(row.id), event })
    });
    let items = items.collect::<Stored<_>>()?;
    Ok(Page { items, window, total: total.unsigned_abs() })
}
