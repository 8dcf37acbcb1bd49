//! Sessions as their table has them.

use jiff::Timestamp;
use sqlx::{PgPool, types::Json};

use super::{
    Tx, again, lock_of,
    rows::{WorkspaceRecord, micros, time},
};
use crate::{
    crypto::Sealed,
    domain::{
        Admission, ApplicationId, Billing, Doer, Session, SessionId, SessionState, SessionStatus,
        StoreError, Stored, UserId, WorkspaceId, WorkspaceRow,
    },
};

pub(super) struct SessionRecord {
    pub(super) id: i64,
    pub(super) workspace: i64,
    pub(super) user_id: i64,
    pub(super) application_id: Option<i64>,
    pub(super) state: String,
    pub(super) nonce: Option<Vec<u8>>,
    pub(super) ciphertext: Option<Vec<u8>>,
    pub(super) attributes: i64,
    pub(super) token_revision: i64,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
    pub(super) last_activity_at: i64,
    pub(super) expires_at: Option<i64>,
    pub(super) ended_at: Option<i64>,
    pub(super) revoked_by: Option<Json<Doer>>,
    pub(super) token_expires_at: Option<i64>,
}

impl SessionRecord {
    pub(super) fn session(self) -> Stored<Session> {
        let state = match (self.state.as_str(), self.nonce, self.ciphertext) {
            ("active", Some(nonce), Some(ciphertext)) => {
                let nonce = nonce.try_into().map_err(|_| StoreError::Refused)?;
                SessionState::Active(Sealed { nonce, ciphertext })
            }
            ("expired", ..) => SessionState::Expired,
            ("revoked", ..) => SessionState::Revoked,
            _ => return Err(StoreError::Refused),
        };
        Ok(Session {
            id: SessionId(self.id),
            workspace: WorkspaceId(self.workspace),
            user: UserId(self.user_id),
            application: self.application_id.map(ApplicationId),
            state,
            attributes: u64::try_from(self.attributes).unwrap_or_default(),
            token_revision: self.token_revision,
            created_at: time(self.created_at),
            updated_at: time(self.updated_at),
            last_activity_at: time(self.last_activity_at),
            expires_at: self.expires_at.map(time),
            ended_at: self.ended_at.map(time),
            revoked_by: self.revoked_by.map(|by| by.0),
            token_expires_at: self.token_expires_at.map(time),
        })
    }
}

/// A session's state by name, and its payload while it has one.
fn state(session: &Session) -> (&'static str, Option<&[u8]>, Option<&[u8]>) {
    match &session.state {
        SessionState::Active(sealed) => ("active", Some(&sealed.nonce), Some(&sealed.ciphertext)),
        SessionState::Expired => ("expired", None, None),
        SessionState::Revoked => ("revoked", None, None),
    }
}

fn attributes(session: &Session) -> i64 {
    i64::try_from(session.attributes).unwrap_or(i64::MAX)
}

/// Enters a workspace and gives its row and a session that nobody else changes until the transaction ends.
/// Nobody changes the workspace itself either.
pub(super) async fn hold(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: SessionId,
) -> Stored<Option<(WorkspaceRow, Session)>> {
    let found = sqlx::query!(
        r#"SELECT (place).name AS "name!", (place).accept_anonymous AS "accept_anonymous!",
            (place).self_service AS "self_service!", (place).billing AS "billing!: Json<Billing>",
            (place).key AS "key!",
            (session).user_id AS "user_id!", (session).application_id, (session).state AS "state!",
            (session).nonce, (session).ciphertext, (session).attributes AS "attributes!",
            (session).token_revision AS "token_revision!", (session).created_at AS "created_at!",
            (session).updated_at AS "updated_at!", (session).last_activity_at AS "last_activity_at!",
            (session).expires_at, (session).ended_at, (session).revoked_by AS "revoked_by: Json<Doer>",
            (session).token_expires_at
        FROM hold_session($1, $2, $3)"#,
        workspace.0,
        lock_of(workspace),
        id.0
    );
    let Some(found) = found.fetch_optional(&mut **tx).await? else { return Ok(None) };
    let row = WorkspaceRecord {
        id: workspace.0,
        name: found.name,
        accept_anonymous: found.accept_anonymous,
        self_service: found.self_service,
        billing: found.billing,
        key: found.key,
    };
    let session = SessionRecord {
        id: id.0,
        workspace: workspace.0,
        user_id: found.user_id,
        application_id: found.application_id,
        state: found.state,
        nonce: found.nonce,
        ciphertext: found.ciphertext,
        attributes: found.attributes,
        token_revision: found.token_revision,
        created_at: found.created_at,
        updated_at: found.updated_at,
        last_activity_at: found.last_activity_at,
        expires_at: found.expires_at,
        ended_at: found.ended_at,
        revoked_by: found.revoked_by,
        token_expires_at: found.token_expires_at,
    };
    Ok(Some((row.row()?, session.session()?)))
}

/// A session that a token of `revision` opens, which was active `now`.
pub(super) async fn touch(
    pool: &PgPool,
    workspace: WorkspaceId,
    id: SessionId,
    revision: i64,
    now: Timestamp,
) -> Stored<Option<Session>> {
    let touch = || {
        sqlx::query_as!(
        SessionRecord,
        r#"SELECT id AS "id!", workspace AS "workspace!", user_id AS "user_id!", application_id, state AS "state!",
            nonce, ciphertext, attributes AS "attributes!", token_revision AS "token_revision!",
            created_at AS "created_at!", updated_at AS "updated_at!", last_activity_at AS "last_activity_at!",
            expires_at, ended_at, revoked_by AS "revoked_by: Json<Doer>", token_expires_at
        FROM touch_session($1, $2, $3, $4)"#,
        workspace.0,
        id.0,
        revision,
        micros(now)
        )
        .fetch_optional(pool)
    };
    again(pool, touch).await?.map(SessionRecord::session).transpose()
}

/// A workspace's row, and what decides whether a token of a session in it is let in.
pub(super) async fn admission(
    pool: &PgPool,
    workspace: WorkspaceId,
    id: SessionId,
) -> Stored<Option<(WorkspaceRow, Admission)>> {
    let see = || {
        sqlx::query!(
            r#"SELECT (place).name AS "name!", (place).accept_anonymous AS "accept_anonymous!",
            (place).self_service AS "self_service!", (place).billing AS "billing!: Json<Billing>",
            (place).key AS "key!",
            (session).user_id AS "user_id!", (session).application_id, (session).state AS "state!",
            (session).token_revision AS "token_revision!", (session).updated_at AS "updated_at!",
            (session).expires_at
        FROM see_session($1, $2)"#,
            workspace.0,
            id.0
        )
        .fetch_optional(pool)
    };
    let Some(found) = again(pool, see).await? else { return Ok(None) };
    let row = WorkspaceRecord {
        id: workspace.0,
        name: found.name,
        accept_anonymous: found.accept_anonymous,
        self_service: found.self_service,
        billing: found.billing,
        key: found.key,
    };
    let status = SessionStatus::ALL.into_iter().find(|status| status.name() == found.state);
    let admission = Admission {
        user: UserId(found.user_id),
        application: found.application_id.map(ApplicationId),
        status: status.ok_or(StoreError::Refused)?,
        token_revision: found.token_revision,
        updated_at: time(found.updated_at),
        expires_at: found.expires_at.map(time),
    };
    Ok(Some((row.row()?, admission)))
}

/// The sessions of a workspace after `last`, so many at most, by their numbers; not locked.
pub(super) async fn after(
    tx: &mut Tx,
    workspace: WorkspaceId,
    last: i64,
    many: i64,
) -> Stored<Vec<Session>> {
    let found = sqlx::query_as!(
        SessionRecord,
        r#"SELECT id, workspace, user_id, application_id, state, nonce, ciphertext, attributes, token_revision,
            created_at, updated_at, last_activity_at, expires_at, ended_at,
            revoked_by AS "revoked_by: Json<Doer>", token_expires_at
        FROM sessions WHERE workspace = $1 AND id > $2 ORDER BY id LIMIT $3"#,
        workspace.0,
        last,
        many
    );
    let rows = found.fetch_all(&mut **tx).await?;
    rows.into_iter().map(SessionRecord::session).collect()
}

/// The same, locked.
pub(super) async fn lock_after(
    tx: &mut Tx,
    workspace: WorkspaceId,
    last: i64,
    many: i64,
) -> Stored<Vec<Session>> {
    let found = sqlx::query_as!(
        SessionRecord,
        r#"SELECT id, workspace, user_id, application_id, state, nonce, ciphertext, attributes, token_revision,
            created_at, updated_at, last_activity_at, expires_at, ended_at,
            revoked_by AS "revoked_by: Json<Doer>", token_expires_at
        FROM sessions WHERE workspace = $1 AND id > $2 ORDER BY id LIMIT $3 FOR NO KEY UPDATE"#,
        workspace.0,
        last,
        many
    );
    let rows = found.fetch_all(&mut **tx).await?;
    rows.into_iter().map(SessionRecord::session).collect()
}

pub(super) async fn add(tx: &mut Tx, session: &Session) -> Result<(), sqlx::Error> {
    let (name, nonce, ciphertext) = state(session);
    let added = sqlx::query!(
        "INSERT INTO sessions (id, workspace, user_id, application_id, state, nonce, ciphertext, attributes,
            token_revision, created_at, updated_at, last_activity_at, expires_at, ended_at, revoked_by,
            token_expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        session.id.0,
        session.workspace.0,
        session.user.0,
        session.application.map(|id| id.0),
        name,
        nonce,
        ciphertext,
        attributes(session),
        session.token_revision,
        micros(session.created_at),
        micros(session.updated_at),
        micros(session.last_activity_at),
        session.expires_at.map(micros),
        session.ended_at.map(micros),
        session.revoked_by.as_ref().map(Json) as _,
        session.token_expires_at.map(micros),
    );
    added.execute(&mut **tx).await.map(drop)
}

pub(super) async fn save(tx: &mut Tx, session: &Session) -> Stored<()> {
    let (name, nonce, ciphertext) = state(session);
    let saved = sqlx::query!(
        "UPDATE sessions SET state = $2, nonce = $3, ciphertext = $4, attributes = $5, token_revision = $6,
            updated_at = $7, last_activity_at = $8, expires_at = $9, ended_at = $10, revoked_by = $11,
            token_expires_at = $12
        WHERE id = $1 AND workspace = $13",
        session.id.0,
        name,
        nonce,
        ciphertext,
        attributes(session),
        session.token_revision,
        micros(session.updated_at),
        micros(session.last_activity_at),
        session.expires_at.map(micros),
        session.ended_at.map(micros),
        session.revoked_by.as_ref().map(Json) as _,
        session.token_expires_at.map(micros),
        session.workspace.0,
    );
    saved.execute(&mut **tx).await?;
    Ok(())
}
