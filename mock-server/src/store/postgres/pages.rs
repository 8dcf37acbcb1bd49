//! Pages of long lists, searched and sorted by the database with the answers that rows in memory give.

use jiff::Timestamp;
use sqlx::types::Json;

use super::{
    Tx, cannot_be,
    rows::{UserRecord, micros},
    session_rows::SessionRecord,
};
use crate::domain::{
    Doer, Listing, Page, SessionListing, SessionRow, SessionStatus, SortKey, Stored, User, UserKey,
    Window, WorkspaceId,
};

/// `LIMIT` and `OFFSET` of a page.
pub(super) fn bounds(window: Window) -> (i64, i64) {
    let number = |many: u64| i64::try_from(many).unwrap_or(i64::MAX);
    (number(window.size), number(window.page.saturating_mul(window.size)))
}

/// What the wire, and the queries below, call a sort key.
fn name_of<K: SortKey + PartialEq>(key: K) -> &'static str {
    K::NAMES.iter().find(|(_, known)| *known == key).map_or("id", |(name, _)| name)
}

pub(super) async fn users(
    tx: &mut Tx,
    workspace: WorkspaceId,
    listing: &Listing<UserKey>,
) -> Stored<Page<User>> {
    if listing.q.as_deref().is_some_and(cannot_be) {
        return Ok(Page { items: Vec::new(), window: listing.window, total: 0 });
    }
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM users WHERE workspace = $1 AND ($2::text IS NULL
            OR EXISTS (SELECT FROM unnest(searched) AS held WHERE strpos(held, $2) > 0))"#,
        workspace.0,
        listing.q
    );
    let total = total.fetch_one(&mut **tx).await?;
    let (limit, offset) = bounds(listing.window);
    let rows = sqlx::query_as!(
        UserRecord,
        r#"SELECT id, workspace, role, provider_uid, name, email FROM users
        WHERE workspace = $1 AND ($2::text IS NULL
            OR EXISTS (SELECT FROM unnest(searched) AS held WHERE strpos(held, $2) > 0))
        ORDER BY
            CASE WHEN NOT $4 THEN CASE $3 WHEN 'email' THEN email WHEN 'name' THEN name WHEN 'role' THEN role END
                END COLLATE "C" ASC NULLS FIRST,
            CASE WHEN $4 THEN CASE $3 WHEN 'email' THEN email WHEN 'name' THEN name WHEN 'role' THEN role END
                END COLLATE "C" DESC NULLS LAST,
            CASE WHEN NOT $4 THEN id END ASC,
            CASE WHEN $4 THEN id END DESC
        LIMIT $5 OFFSET $6"#,
        workspace.0,
        listing.q,
        name_of(listing.sort),
        listing.descending,
        limit,
        offset
    );
    let rows = rows.fetch_all(&mut **tx).await?;
    let items = rows.into_iter().map(UserRecord::user).collect::<Stored<_>>()?;
    Ok(Page { items, window: listing.window, total: total.unsigned_abs() })
}

pub(super) async fn sessions(
    tx: &mut Tx,
    workspace: WorkspaceId,
    wanted: &SessionListing,
    now: Timestamp,
) -> Stored<Page<SessionRow>> {
    let listing = &wanted.listing;
    if [&listing.q, &wanted.app_id].into_iter().flatten().any(|text| cannot_be(text)) {
        return Ok(Page { items: Vec::new(), window: listing.window, total: 0 });
    }
    let (limit, offset) = bounds(listing.window);
    // A session whose time has come has expired, whether or not anybody has met it since.
    let rows = sqlx::query!(
        r#"WITH found AS (
            SELECT s.*, u.id AS known, u.role, u.provider_uid, u.name, u.email, a.app_id,
                CASE WHEN s.state = 'active' AND s.expires_at <= $2 THEN 'expired' ELSE s.state END AS status
            FROM sessions s
            LEFT JOIN users u ON u.id = s.user_id AND u.workspace = s.workspace
            LEFT JOIN applications a ON a.id = s.application_id AND a.workspace = s.workspace
            WHERE s.workspace = $1
                AND ($3::bigint IS NULL OR s.user_id = $3)
                AND ($4::text IS NULL OR a.app_id = $4)
                AND ($5::text IS NULL OR strpos(s.id::text, $5) > 0 OR strpos(u.searched[1], $5) > 0
                    OR strpos(u.searched[2], $5) > 0 OR strpos(a.searched, $5) > 0)
        ), counted AS (
            SELECT *, count(*) OVER () AS total FROM found WHERE $6::text IS NULL OR status = $6
        )
        SELECT id AS "id!", workspace AS "workspace!", user_id AS "user_id!", application_id, state AS "state!",
            nonce, ciphertext, attributes AS "attributes!", token_revision AS "token_revision!",
            created_at AS "created_at!", updated_at AS "updated_at!", last_activity_at AS "last_activity_at!",
            expires_at, ended_at, revoked_by AS "revoked_by: Json<Doer>", token_expires_at,
            known AS "known?", role AS "role?", provider_uid AS "provider_uid?", name, email, app_id AS "app_id?",
            total AS "total!"
        FROM counted
        ORDER BY
            CASE WHEN NOT $8 THEN CASE $7 WHEN 'user' THEN coalesce(name, email, provider_uid)
                WHEN 'app' THEN app_id WHEN 'status' THEN status END END COLLATE "C" ASC NULLS FIRST,
            CASE WHEN $8 THEN CASE $7 WHEN 'user' THEN coalesce(name, email, provider_uid)
                WHEN 'app' THEN app_id WHEN 'status' THEN status END END COLLATE "C" DESC NULLS LAST,
            CASE WHEN NOT $8 THEN CASE $7 WHEN 'created' THEN created_at
                WHEN 'expires' THEN coalesce(expires_at, 9223372036854775807)
                WHEN 'lastActivity' THEN last_activity_at WHEN 'updated' THEN updated_at END END ASC,
            CASE WHEN $8 THEN CASE $7 WHEN 'created' THEN created_at
                WHEN 'expires' THEN coalesce(expires_at, 9223372036854775807)
                WHEN 'lastActivity' THEN last_activity_at WHEN 'updated' THEN updated_at END END DESC,
            CASE WHEN NOT $8 THEN id END ASC,
            CASE WHEN $8 THEN id END DESC
        LIMIT $9 OFFSET $10"#,
        workspace.0,
        micros(now),
        wanted.user.map(|user| user.0),
        wanted.app_id,
        listing.q,
        wanted.status.map(SessionStatus::name),
        name_of(listing.sort),
        listing.descending,
        limit,
        offset
    );
    let rows = rows.fetch_all(&mut **tx).await?;
    let mut total = rows.first().map(|row| row.total.unsigned_abs());
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let record = SessionRecord {
            id: row.id,
            workspace: row.workspace,
            user_id: row.user_id,
            application_id: row.application_id,
            state: row.state,
            nonce: row.nonce,
            ciphertext: row.ciphertext,
            attributes: row.attributes,
            token_revision: row.token_revision,
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_activity_at: row.last_activity_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
            revoked_by: row.revoked_by,
            token_expires_at: row.token_expires_at,
        };
        let user = match (row.known, row.role, row.provider_uid) {
            (Some(id), Some(role), Some(provider_uid)) => {
                let (name, email, workspace) = (row.name, row.email, row.workspace);
                Some(UserRecord { id, workspace, role, provider_uid, name, email }.user()?)
            }
            _ => None,
        };
        let mut session = record.session()?;
        items.push(SessionRow { status: session.status(now), user, app_id: row.app_id, session });
    }
    // A page beyond the last one counts nothing by itself.
    if total.is_none() && offset > 0 {
        let window = Window { page: 0, size: 1 };
        let first =
            SessionListing { listing: Listing { window, ..listing.clone() }, ..wanted.clone() };
        total = Some(Box::pin(sessions(tx, workspace, &first, now)).await?.total);
    }
    Ok(Page { items, window: listing.window, total: total.unwrap_or_default() })
}
