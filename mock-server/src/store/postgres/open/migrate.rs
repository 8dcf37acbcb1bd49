//! The tables, and who may do what with them.

use sqlx::{Connection as _, PgConnection, PgPool, migrate::Migrator};

use super::{Database, DatabaseError, connect::options};

/// The tables, step by step; applied by their owner.
static SCHEMA: Migrator = sqlx::migrate!();

/// What the server's role may do, said by the tables' owner.
const GRANTS: &str = include_str!("../grants.sql");

impl Database {
    /// Creates the tables, or brings them to this version, and gives `role` the rights to serve them: no more
    /// than that. `url` enters as the one who shall own them, which must be another role. Doing it again
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`], which says what to do.
    pub async fn migrate(url: &str, role: &str) -> Result<(), DatabaseError> {
        let mut connection = PgConnection::connect_with(&options(url)?).await?;
        check_other(&mut connection, role).await?;
        let migrated = SCHEMA.run(&mut connection).await;
        migrated.map_err(|error| DatabaseError::Refused { reason: error.to_string() })?;
        let mut tx = connection.begin().await?;
        sqlx::query!("SELECT set_config('mock.role', $1, true)", role).fetch_one(&mut *tx).await?;
        sqlx::raw_sql(GRANTS).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(connection.close().await?)
    }
}

/// Rights are taken from the role before it gets its own: an owner would be left without theirs.
async fn check_other(connection: &mut PgConnection, role: &str) -> Result<(), DatabaseError> {
    let found = sqlx::query_scalar!(
        r#"SELECT oid IN (SELECT oid FROM pg_roles WHERE rolname IN (current_user, session_user)
            UNION SELECT datdba FROM pg_database WHERE datname = current_database()
            UNION SELECT relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS "owner!"
        FROM pg_roles WHERE rolname = $1"#,
        role
    );
    let role = role.to_owned();
    match found.fetch_optional(connection).await? {
        None => Err(DatabaseError::NoRole { role }),
        Some(true) => Err(DatabaseError::Owner { role }),
        Some(false) => Ok(()),
    }
}

pub(in crate::store::postgres) async fn check_schema(pool: &PgPool) -> Result<(), DatabaseError> {
    let there =
        sqlx::query_scalar!(r#"SELECT to_regclass('_sqlx_migrations') IS NOT NULL AS "there!""#);
    if !there.fetch_one(pool).await? {
        return Err(DatabaseError::NotMigrated);
    }
    let applied: Vec<i64> =
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(pool)
            .await
            .map_err(|_| DatabaseError::NotMigrated)?;
    let wanted: Vec<i64> = SCHEMA.iter().map(|step| step.version).collect();
    if applied == wanted { Ok(()) } else { Err(DatabaseError::NotMigrated) }
}
