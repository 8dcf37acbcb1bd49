//! From a URL to connections.

use std::{str::FromStr as _, time::Duration};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::DatabaseError;

/// Two to four are the quickest on two cores; the rest wait for locks.
const CONNECTIONS: u32 = 12;

/// A database that is not there says so soon.
const PATIENCE: Duration = Duration::from_secs(5);

/// What holds for every connection, whatever the URL, the role or the database would have it be. A row that
/// nobody lets go of is an answer as well; and names are those of the tables, in nobody's schema of their own.
const SETTINGS: [(&str, &str); 2] = [("lock_timeout", "20s"), ("search_path", "public")];

pub(in crate::store::postgres) async fn connect(url: &str) -> Result<PgPool, DatabaseError> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .connect_with(options(url)?);
    pool.await.map_err(|error| DatabaseError::Unreachable { reason: error.to_string() })
}

pub(super) fn options(url: &str) -> Result<PgConnectOptions, DatabaseError> {
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(DatabaseError::Url);
    }
    let options = PgConnectOptions::from_str(url).map_err(|_| DatabaseError::Url)?;
    Ok(options.application_name("secureflows-mock").options(SETTINGS))
}
