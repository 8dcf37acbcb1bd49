//! The barrier stands as the tables' owner has put it up.

use std::collections::BTreeSet;

use sqlx::PgPool;

use super::DatabaseError;

/// Row-level security as the database itself describes it.
const STANDING: &str = include_str!("barrier.txt");

/// A policy more lets through what the others stop, so that all of them have to be these and no others.
pub(super) async fn check_barrier(pool: &PgPool) -> Result<(), DatabaseError> {
    let found = sqlx::query_scalar!(
        r#"SELECT format('table %s: row-level security, forced', relname) AS "line!" FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity AND relforcerowsecurity
        UNION ALL SELECT format('policy %s on %s: %s %s to %s using %s check %s', policyname, tablename, permissive,
            cmd, array_to_string(roles, ', '), coalesce(qual, '-'), coalesce(with_check, '-')) FROM pg_policies
            WHERE schemaname = 'public'
        UNION ALL SELECT format('function %s: %s', proname,
            trim(regexp_replace(pg_get_functiondef(oid), '\s+', ' ', 'g'))) FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND proname = 'current_workspace'"#
    );
    let found = found.fetch_all(pool).await?;
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let standing: BTreeSet<&str> = STANDING.lines().collect();
    let added = found.difference(&standing).map(|line| format!("`{line}` is not of this version"));
    let gone = standing.difference(&found).map(|line| format!("`{line}` is missing"));
    match gone.chain(added).next() {
        Some(what) => Err(DatabaseError::Barrier { what }),
        None => Ok(()),
    }
}
