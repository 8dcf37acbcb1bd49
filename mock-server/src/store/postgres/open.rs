//! From a URL and a key to a platform in a database.

mod barrier;
mod beginning;
mod connect;
mod error;
mod migrate;
mod role;

use std::{fmt, sync::Arc};

use sqlx::PgPool;
use tokio_util::context::TokioContext;
use zeroize::Zeroizing;

use super::{Apart, Inner, Postgres, log::Log, time::Time};
use crate::{
    clock::Clock,
    crypto::{Keyring, MasterKey, Sealed},
    random::Random,
};

pub use self::error::DatabaseError;
use self::{barrier::check_barrier, beginning::Beginning, role::check_role};
pub(super) use self::{connect::connect, migrate::check_schema};

/// What the platform's secret is bound to where it lies sealed.
pub(super) const ROOT: &[u8] = b"platform root";

/// A PostgreSQL database, and the key to what lies in it.
///
/// Everything but payloads lies there as it is; payloads are ciphertext, under a key for each workspace, which
/// is wrapped under the master key. That is nowhere in the database: keep it safe, since without it nothing can
/// be read again.
#[derive(Clone)]
pub struct Database {
    pub(super) url: Zeroizing<String>,
    pub(super) key: MasterKey,
    pub(super) former: Option<MasterKey>,
}

impl Database {
    /// The database at `url`, such as `postgres://role@localhost/name`, and the master key of what is in it.
    pub fn new(url: impl Into<String>, key: MasterKey) -> Self {
        Self { url: Zeroizing::new(url.into()), key, former: None }
    }

    /// The master key before, while [`rotate`](Self::rotate) may still be under way: workspaces whose keys are
    /// wrapped under it are served as well.
    #[must_use]
    pub fn former_key(self, former: MasterKey) -> Self {
        Self { former: Some(former), ..self }
    }

    /// Enters the database. One without a platform gets the one that is described.
    pub(crate) async fn open(
        &self,
        clock: &Clock,
        random: &Random,
    ) -> Result<Opened, DatabaseError> {
        let runtime = Apart::start()
            .map_err(|error| DatabaseError::Unreachable { reason: error.to_string() })?;
        let handle = runtime.handle.clone();
        let opening = async {
            let pool = connect(&self.url).await?;
            check(&pool).await?;
            let beginning = self.begin(&pool, clock, random).await?;
            Ok::<_, DatabaseError>((self.read(&pool, clock).await?, beginning, pool))
        };
        let (found, beginning, pool) = TokioContext::new(opening, handle.clone()).await?;
        let home = Postgres(Arc::new(Inner {
            log: Log::new(&handle, pool.clone()),
            time: Time::new(&handle, pool.clone()),
            pool,
            secrets: found.keys.secrets(),
            master: self.key.name(),
            random: random.fork_apart(),
            runtime,
        }));
        let beginning = beginning.map(|tx| Beginning::new(tx, home.clone()));
        Ok(Opened { found, home, beginning })
    }

    async fn read(&self, pool: &PgPool, clock: &Clock) -> Result<Found, DatabaseError> {
        let row =
            sqlx::query!("SELECT id, root, master, clock_running, clock_micros FROM platform");
        let row = row.fetch_one(pool).await?;
        let other =
            || DatabaseError::OtherKey { wanted: row.master.clone(), given: self.key.name() };
        let sealed = Sealed::from_bytes(&row.root).map_err(|_| other())?;
        let keys = [Some(&self.key), self.former.as_ref()];
        let opened =
            keys.into_iter().flatten().find_map(|key| key.data_key().open(ROOT, &sealed).ok());
        let opened = opened.ok_or_else(other)?;
        let mut root = Zeroizing::new([0; 32]);
        if opened.len() != root.len() {
            return Err(other());
        }
        root.copy_from_slice(&opened);
        Ok(Found {
            id: row.id,
            keys: Arc::new(Keyring::under(*root, &self.key, self.former.as_ref())),
            clock: clock.adopting(row.clock_running, row.clock_micros),
        })
    }
}

/// The tables are those of this version, and the role that serves them meets every barrier.
pub(super) async fn check(pool: &PgPool) -> Result<(), DatabaseError> {
    check_schema(pool).await?;
    check_role(pool).await?;
    check_barrier(pool).await
}

/// A database that was entered.
pub(crate) struct Opened {
    pub(crate) found: Found,
    pub(crate) home: Postgres,
    /// To be finished by whoever lays out the first rows; `None` where they are there.
    pub(crate) beginning: Option<Beginning>,
}

/// What all instances share.
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) clock: Clock,
}

/// The URL may hold a password.
impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({:?}, …)", self.key)
    }
}
