//! Pages of long lists, searched and sorted by the database with the answers that rows in memory give.

use sqlx::types::Json;

use super::{Tx, rows::{UserRecord, micros}, session_rows::SessionRecord};
use crate::domain::{
    Doer, Listing, Page, SessionKey, SessionListing, SessionRow, SortKey as _, Stored, User, UserKey, Window,
    WorkspaceId,
};
use jiff::Timestamp;

/// `LIMIT` and `OFFSET` of a page.
pub(super) fn bounds(window: Window) -> (i64, i64) {
    let number = |many: u64| i64::try_from(many).unwrap_or(i64::MAX);
    (number(window.size), number(window.page.saturating_mul(window.size)))
}

/// What the wire, and the queries below, call a sort key.
fn name_of<K: crate::domain::SortKey + PartialEq>(key: K) -> &'static str {
    K::NAMES.iter().find(|(_, known)| *known == key).map_or("id", |(name, _)| name)
}

pub(super) async fn users(
    tx: &mut Tx,
    workspace: WorkspaceId,
    listing: &Listing<UserKey>,
) -> Stored<Page<User>> {
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
