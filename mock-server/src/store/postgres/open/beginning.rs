//! A platform where there was none.

use sqlx::{PgPool, types::Json};
use zeroize::Zeroizing;

use super::{Database, DatabaseError, Postgres, ROOT};
use crate::{clock::Clock, domain::Rotation, random::Random, store::postgres::Tx};

/// Somebody who lays out much is waited for, but not for ever.
const PATIENCE: &str = "5min";

/// What PostgreSQL calls a lock that was waited for in vain.
const LOCK_NOT_AVAILABLE: &str = "55P03";

impl Database {
    /// Writes the platform's row unless there is one; the transaction in which its first rows are to be laid
    /// out, while nobody else does.
    pub(super) async fn begin(
        &self,
        pool: &PgPool,
        clock: &Clock,
        random: &Random,
    ) -> Result<Option<Tx>, DatabaseError> {
        let tx = alone(pool).await?;
        let root = Zeroizing::new(random.bytes::<32>());
        let sealed = self.key.data_key().seal(random.bytes(), ROOT, &*root);
        let sealed = sealed.map_err(|_| DatabaseError::Refused { reason: "no key".into() })?;
        // Of a layout that was broken off nothing counts, not even its keys: nobody has been served by them.
        let written = sqlx::query!(
            "INSERT INTO platform (id, root, master, clock_running, clock_micros, rotation)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (one) DO UPDATE SET id = excluded.id, root = excluded.root, master = excluded.master,
                clock_running = excluded.clock_running, clock_micros = excluded.clock_micros,
                rotation = excluded.rotation
            WHERE NOT platform.seeded",
            random.hex::<8>(),
            sealed.to_bytes(),
            self.key.name(),
            clock.is_running(),
            clock.reading(),
            Json(Rotation::default()) as _,
        );
        if written.execute(pool).await?.rows_affected() == 0 {
            return Ok(None);
        }
        clear(pool).await?;
        Ok(Some(tx))
    }
}

/// A transaction during which no other instance lays out anything.
async fn alone(pool: &PgPool) -> Result<Tx, DatabaseError> {
    let mut tx = pool.begin().await?;
    sqlx::query!("SELECT set_config('lock_timeout', $1, true)", PATIENCE)
        .fetch_one(&mut *tx)
        .await?;
    let held = sqlx::query!("SELECT pg_advisory_xact_lock(0)::text AS held");
    match held.fetch_one(&mut *tx).await {
        Ok(_) => Ok(tx),
        Err(sqlx::Error::Database(error))
            if error.code().as_deref() == Some(LOCK_NOT_AVAILABLE) =>
        {
            Err(DatabaseError::Beginning)
        }
        Err(error) => Err(error.into()),
    }
}

/// Removes what an earlier layout has left behind, so that the next is as good as the first.
async fn clear(pool: &PgPool) -> Result<(), DatabaseError> {
    let mut tx = pool.begin().await?;
    for id in sqlx::query_scalar!("SELECT id FROM workspaces").fetch_all(&mut *tx).await? {
        sqlx::query!("SELECT set_config('mock.workspace', $1, true)", id.to_string())
            .fetch_one(&mut *tx)
            .await?;
        for delete in [
            sqlx::query!("DELETE FROM sessions WHERE workspace = $1", id),
            sqlx::query!("DELETE FROM invites WHERE workspace = $1", id),
            sqlx::query!("DELETE FROM users WHERE workspace = $1", id),
            sqlx::query!("DELETE FROM applications WHERE workspace = $1", id),
            sqlx::query!("DELETE FROM workspaces WHERE id = $1", id),
        ] {
            delete.execute(&mut *tx).await?;
        }
    }
    sqlx::query!("DELETE FROM social_identities").execute(&mut *tx).await?;
    sqlx::query!("DELETE FROM accounts").execute(&mut *tx).await?;
    sqlx::query!(
        "SELECT setval(name::regclass, 1, false)
        FROM unnest(ARRAY['workspace_ids', 'application_ids', 'user_ids', 'session_ids']) AS name"
    )
    .fetch_all(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

/// A database whose first rows are being laid out. Dropped, they count for nothing: whoever begins next
/// begins anew.
pub(crate) struct Beginning {
    tx: Option<Tx>,
    home: Postgres,
}

impl Beginning {
    pub(super) fn new(tx: Tx, home: Postgres) -> Self {
        Self { tx: Some(tx), home }
    }

    /// Notes that all of them are there.
    pub(crate) async fn done(mut self) -> Result<(), DatabaseError> {
        let Some(mut tx) = self.tx.take() else { return Ok(()) };
        let done = async {
            sqlx::query!("UPDATE platform SET seeded = true").execute(&mut *tx).await?;
            tx.commit().await?;
            Ok(())
        };
        self.home.within(done).await
    }
}

impl Drop for Beginning {
    /// A connection is given back by a task, which wants a runtime, and whoever drops this may have none.
    fn drop(&mut self) {
        let _context = self.home.0.runtime.handle.enter();
        drop(self.tx.take());
    }
}
