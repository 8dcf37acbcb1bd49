//! Looking for words in a database that ought not to be there.

use sqlx::{AssertSqlSafe, PgPool};

use super::{
    Database, DatabaseError,
    open::{check_schema, connect},
};

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
    /// Reads every row of every table, in every workspace, for any of `words`. A row is read as PostgreSQL writes
    /// it: numbers and texts as they are, bytes in hexadecimal.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`] when it cannot be read.
    pub async fn search(url: &str, words: &[String]) -> Result<Vec<Searched>, DatabaseError> {
        let pool = connect(url).await?;
        check_schema(&pool).await?;
        let tables = sqlx::query!(
            r#"SELECT quote_ident(relname) AS "name!", EXISTS (SELECT FROM pg_policy
                WHERE polrelid = pg_class.oid AND polname = 'inside') AS "scoped!"
            FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"#
        );
        let tables = tables.fetch_all(&pool).await?;
        let workspaces = sqlx::query_scalar!("SELECT id FROM workspaces").fetch_all(&pool).await?;
        let mut searched = Vec::with_capacity(tables.len());
        for table in tables {
            let mut all = Searched { table: table.name, rows: 0, found: 0 };
            // What is a workspace's own is seen from inside only, the rest from anywhere.
            let places = match table.scoped {
                true => workspaces.iter().copied().map(Some).collect(),
                false => vec![None],
            };
            for workspace in places {
                let (rows, found) = count(&pool, &all.table, workspace, words).await?;
                all.rows += rows;
                all.found += found;
            }
            searched.push(all);
        }
        pool.close().await;
        Ok(searched)
    }
}

/// How many rows a table has, seen from a workspace, and how many of them hold a word.
async fn count(
    pool: &PgPool,
    table: &str,
    workspace: Option<i64>,
    words: &[String],
) -> Result<(u64, u64), DatabaseError> {
    let mut tx = pool.begin().await?;
    let inside = workspace.map(|id| id.to_string()).unwrap_or_default();
    sqlx::query!("SELECT set_config('mock.workspace', $1, true)", inside)
        .fetch_one(&mut *tx)
        .await?;
    // The name was quoted by the database itself.
    let statement = format!(
        "SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM unnest($1::text[]) AS word
            WHERE strpos(it::text, word) > 0)) FROM {table} AS it"
    );
    let (rows, found): (i64, i64) =
        sqlx::query_as(AssertSqlSafe(statement)).bind(words).fetch_one(&mut *tx).await?;
    Ok((rows.unsigned_abs(), found.unsigned_abs()))
}
