//! Looking for words in a database that ought not to be there.

use sqlx::AssertSqlSafe;

use super::{
    Database, DatabaseError, Tx,
    open::{check_schema, connect},
};

/// So many workspaces are looked into one by one, and no more.
const MOST: i64 = 100_000;

/// What a table was searched for and holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Searched {
    /// The table.
    pub table: String,
    /// So many rows were read.
    pub rows: u64,
    /// So many of them hold one of the words.
    pub found: u64,
}

impl Database {
    /// Reads every row of every table, in every workspace that is or was, for any of `words`. A row is read as PostgreSQL writes
    /// it: numbers and texts as they are, bytes in hexadecimal.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`] when it cannot be read.
    pub async fn search(url: &str, words: &[String]) -> Result<Vec<Searched>, DatabaseError> {
        let pool = connect(url).await?;
        check_schema(&pool).await?;
        let tables = sqlx::query!(
            r#"SELECT quote_ident(relname) AS "name!", row_security_active(oid) AND EXISTS (SELECT FROM pg_policy
                WHERE polrelid = pg_class.oid AND polname = 'inside') AS "scoped!"
            FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"#
        );
        let tables = tables.fetch_all(&pool).await?;
        let last = sqlx::query_scalar!(
            r#"SELECT coalesce(pg_sequence_last_value('workspace_ids'), 0) AS "last!""#
        );
        let last = last.fetch_one(&pool).await?;
        if last > MOST && tables.iter().any(|table| table.scoped) {
            return Err(DatabaseError::TooMany { last });
        }
        let mut searched = Vec::with_capacity(tables.len());
        for table in tables {
            let mut all = Searched { table: table.name, rows: 0, found: 0 };
            let mut tx = pool.begin().await?;
            if table.scoped {
                // Also those that were removed: their trail and their log outlive them.
                for workspace in 1..=last {
                    enter(&mut tx, workspace).await?;
                    all.count(&mut tx, words).await?;
                }
            } else {
                all.count(&mut tx, words).await?;
            }
            searched.push(all);
        }
        pool.close().await;
        Ok(searched)
    }
}

/// What is a workspace's own is seen from inside only.
async fn enter(tx: &mut Tx, workspace: i64) -> Result<(), DatabaseError> {
    let entered =
        sqlx::query!("SELECT set_config('mock.workspace', $1, true)", workspace.to_string());
    entered.fetch_one(&mut **tx).await?;
    Ok(())
}

impl Searched {
    /// Adds the rows that are seen from here.
    async fn count(&mut self, tx: &mut Tx, words: &[String]) -> Result<(), DatabaseError> {
        // The name was quoted by the database itself.
        let statement = format!(
            "SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM unnest($1::text[]) AS word
                WHERE strpos(it::text, word) > 0)) FROM {} AS it",
            self.table
        );
        let (rows, found): (i64, i64) =
            sqlx::query_as(AssertSqlSafe(statement)).bind(words).fetch_one(&mut **tx).await?;
        self.rows += rows.unsigned_abs();
        self.found += found.unsigned_abs();
        Ok(())
    }
}
