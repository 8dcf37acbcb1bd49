//! One workspace's rows.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;

use super::{
    Hold, Shelf, Tx, begin, commit,
    rows::{self, micros},
    session_rows, trail,
};
use crate::domain::{Opened, Owner, Session, SessionId, Stored, Trail, Usage, WorkspaceRow};

impl Shelf {
    pub(super) fn latest(&self) -> Arc<WorkspaceRow> {
        Arc::clone(&self.row.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the row, all but its name, in a transaction that has the workspace alone.
    pub(super) async fn change_alone<R>(
        &self,
        mut tx: Tx,
        change: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> R,
    ) -> Stored<R> {
        let (mut row, mut trail) = (rows::workspace(&mut tx, self.id).await?, Trail::default());
        let before = row.clone();
        let changed = change(&mut row, &mut trail);
        if row != before {
            rows::save_workspace(&mut tx, &row).await?;
        }
        trail::keep(&mut tx, self.id, trail).await?;
        commit(tx).await?;
        self.see(row);
        Ok(changed)
    }

    /// Runs `change` on a session while nobody else does.
    pub(super) async fn session<R>(
        &self,
        id: SessionId,
        change: impl FnOnce(&mut Session, &WorkspaceRow, &mut Trail) -> R,
    ) -> Stored<Option<R>> {
        let mut tx = begin(&self.home.0.pool).await?;
        let Some((row, mut session)) = session_rows::hold(&mut tx, self.id, id).await? else {
            return Ok(None);
        };
        let row = self.see(row);
        let (before, mut trail) = (session.clone(), Trail::default());
        let changed = change(&mut session, &row, &mut trail);
        let is_news = session != before;
        if is_news {
            session_rows::save(&mut tx, &session).await?;
        }
        let events = trail.into_events();
        if !is_news && events.is_empty() {
            // Nothing to keep, so nothing to wait for.
            tx.rollback().await?;
            return Ok(Some(changed));
        }
        trail::keep_events(&mut tx, self.id, events).await?;
        commit(tx).await?;
        Ok(Some(changed))
    }

    /// Ends what is due. A session that somebody has in hand ends there.
    pub(super) async fn end_due(&self, now: Timestamp) -> Stored<u64> {
        let mut tx = self.enter(Hold::Shared).await?;
        let ended = sqlx::query!(
            "UPDATE sessions SET state = 'expired', nonce = NULL, ciphertext = NULL, attributes = 0,
                ended_at = expires_at
            WHERE id IN (SELECT id FROM sessions WHERE workspace = $1 AND state = 'active' AND expires_at <= $2
                ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)",
            self.id.0,
            micros(now)
        );
        let ended = ended.execute(&mut *tx).await?.rows_affected();
        commit(tx).await?;
        Ok(ended)
    }

    pub(super) async fn usage_in(&self, tx: &mut Tx, now: Timestamp) -> Stored<Usage> {
        let found = sqlx::query!(
            r#"SELECT count(*) AS "sessions!", max(octet_length(ciphertext)) - 16 AS largest FROM sessions
            WHERE workspace = $1 AND state = 'active' AND (expires_at IS NULL OR expires_at > $2)"#,
            self.id.0,
            micros(now)
        );
        let found = found.fetch_one(&mut **tx).await?;
        let largest = found.largest.map(|bytes| u64::from(bytes.unsigned_abs()));
        Ok(Usage { sessions: found.sessions.unsigned_abs(), largest_payload_bytes: largest })
    }

    /// How many sessions are active. Both counts are of an index alone, however large the sessions are.
    async fn active_in(&self, tx: &mut Tx, now: Timestamp) -> Stored<u64> {
        let active = sqlx::query_scalar!(
            r#"SELECT (SELECT count(*) FROM sessions WHERE workspace = $1 AND state = 'active')
                - (SELECT count(*) FROM sessions WHERE workspace = $1 AND state = 'active' AND expires_at <= $2)
                AS "active!""#,
            self.id.0,
            micros(now)
        );
        Ok(active.fetch_one(&mut **tx).await?.unsigned_abs())
    }

    /// Finds the newest active session of `owner` or adds the one that `make` builds.
    pub(super) async fn open<E>(
        &self,
        owner: Owner,
        now: Timestamp,
        reuse: bool,
        make: impl FnOnce(SessionId, &WorkspaceRow, u64, &mut Trail) -> Result<Session, E>,
    ) -> Stored<Option<Result<Opened, E>>> {
        let mut tx = self.enter(Hold::Opening).await?;
        let there = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM users WHERE id = $1 AND workspace = $3)
                AND ($2::bigint IS NULL OR EXISTS (SELECT FROM applications WHERE id = $2 AND workspace = $3))
                AS "there!""#,
            owner.user.0,
            owner.application.map(|id| id.0),
            self.id.0
        );
        if !there.fetch_one(&mut *tx).await? {
            return Ok(None);
        }
        if reuse {
            let newest = sqlx::query!(
                "SELECT id, token_revision FROM sessions
                WHERE workspace = $1 AND user_id = $2 AND application_id IS NOT DISTINCT FROM $3
                    AND state = 'active' AND (expires_at IS NULL OR expires_at > $4)
                ORDER BY id DESC LIMIT 1",
                self.id.0,
                owner.user.0,
                owner.application.map(|id| id.0),
                micros(now)
            );
            if let Some(row) = newest.fetch_optional(&mut *tx).await? {
                let opened =
                    Opened { session: SessionId(row.id), token_revision: row.token_revision };
                return Ok(Some(Ok(opened)));
            }
        }
        let row = self.see(rows::workspace(&mut tx, self.id).await?);
        let active = self.active_in(&mut tx, now).await?;
        let id = sqlx::query_scalar!(r#"SELECT nextval('session_ids') AS "id!""#);
        let (id, mut trail) = (SessionId(id.fetch_one(&mut *tx).await?), Trail::default());
        let session = match make(id, &row, active, &mut trail) {
            Ok(session) => session,
            Err(error) => return Ok(Some(Err(error))),
        };
        session_rows::add(&mut tx, &session).await?;
        trail::keep(&mut tx, self.id, trail).await?;
        commit(tx).await?;
        Ok(Some(Ok(Opened { session: session.id, token_revision: session.token_revision })))
    }
}
