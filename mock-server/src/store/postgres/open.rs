//! From a URL and a key to a platform in a database.

use std::{fmt, str::FromStr as _, sync::Arc, time::Duration};

use sqlx::{
    Connection as _, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    types::Json,
};
use tokio_util::context::TokioContext;
use zeroize::Zeroizing;

use super::{Apart, Inner, Postgres, Tx, log::Log, time::Time};
use crate::{
    clock::Clock,
    crypto::{Keyring, MasterKey, Sealed},
    domain::Rotation,
    random::Random,
};

/// The tables, step by step; applied by their owner.
static SCHEMA: Migrator = sqlx::migrate!();

/// What the server's role may do, said by the tables' owner.
const GRANTS: &str = include_str!("grants.sql");

/// Two to four are the quickest on two cores; the rest wait for locks.
const CONNECTIONS: u32 = 12;

/// A database that is not there says so soon.
const PATIENCE: Duration = Duration::from_secs(5);

/// A row that nobody lets go of is an answer as well.
const LOCK_PATIENCE: &str = "20s";

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

/// Why a database cannot be used. Each says what to do; nothing in the database was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// A text that is no URL of a PostgreSQL database.
    #[error("this is no database's URL; write it like postgres://role@localhost/name")]
    Url,
    /// It does not answer, or lets nobody in by this URL.
    #[error("the database cannot be reached: {reason}")]
    Unreachable {
        /// What was said.
        reason: String,
    },
    /// The tables are not there, or not those of this version.
    #[error(
        "the database has not the tables of this version; run `secureflows-mock migrate` as their owner"
    )]
    NotMigrated,
    /// There is no such role to give rights to.
    #[error("the database has no role `{role}`; create it with CREATE ROLE \"{role}\" LOGIN")]
    NoRole {
        /// Its name.
        role: String,
    },
    /// The role could see past row-level security, or change what shall only ever be added to.
    #[error(
        "the role `{role}` {because}; serve as one that owns nothing, and give it rights with `secureflows-mock migrate`"
    )]
    Privileged {
        /// Its name.
        role: String,
        /// What it could do.
        because: &'static str,
    },
    /// The keys in the database are wrapped under another master key.
    #[error("the database's master key is {wanted}, and the one given is {given}")]
    OtherKey {
        /// What the database calls its key.
        wanted: String,
        /// What it would call the one that was given.
        given: String,
    },
    /// A key that neither master key opens.
    #[error(
        "the key of {what} is wrapped under neither of the two master keys; give the one that it is under"
    )]
    Sealed {
        /// Whose key it is.
        what: String,
    },
    /// Re-wrapping wants both keys.
    #[error("give the master key before as well, which the keys are wrapped under")]
    NoFormerKey,
    /// A process ended while it laid out what a world begins with.
    #[error("laying out this database was broken off; drop it, create it anew, and migrate it")]
    HalfLaid,
    /// The database refused.
    #[error("the database refused: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
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

    /// Creates the tables, or brings them to this version, and gives `role` the rights to serve them: no more
    /// than that. `url` enters as the one who shall own them, which must be another role. Doing it again
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`], which says what to do.
    pub async fn migrate(url: &str, role: &str) -> Result<(), DatabaseError> {
        let mut connection = PgConnection::connect_with(&options(url)?).await?;
        let there = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS "there!""#,
            role
        );
        if !there.fetch_one(&mut connection).await? {
            return Err(DatabaseError::NoRole { role: role.to_owned() });
        }
        let migrated = SCHEMA.run(&mut connection).await;
        migrated.map_err(|error| DatabaseError::Refused { reason: error.to_string() })?;
        let mut tx = connection.begin().await?;
        sqlx::query!("SELECT set_config('mock.role', $1, true)", role).fetch_one(&mut *tx).await?;
        sqlx::raw_sql(GRANTS).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(connection.close().await?)
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
            check_schema(&pool).await?;
            check_role(&pool).await?;
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
        let beginning = beginning.map(|tx| Beginning { tx, home: home.clone() });
        Ok(Opened { found, home, beginning })
    }

    /// Writes the platform's row unless there is one; the transaction in which its first rows are to be laid
    /// out, while nobody else does.
    async fn begin(
        &self,
        pool: &PgPool,
        clock: &Clock,
        random: &Random,
    ) -> Result<Option<Tx>, DatabaseError> {
        let mut tx = pool.begin().await?;
        sqlx::query!("SELECT pg_advisory_xact_lock(0)::text AS held").fetch_one(&mut *tx).await?;
        let root = Zeroizing::new(random.bytes::<32>());
        let sealed = self.key.data_key().seal(random.bytes(), ROOT, &*root);
        let sealed = sealed.map_err(|_| DatabaseError::Refused { reason: "no key".into() })?;
        let written = sqlx::query!(
            "INSERT INTO platform (id, root, master, clock_running, clock_micros, rotation)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            random.hex::<8>(),
            sealed.to_bytes(),
            self.key.name(),
            clock.is_running(),
            clock.reading(),
            Json(Rotation::default()) as _,
        );
        written.execute(pool).await?;
        let state = sqlx::query!(
            r#"SELECT seeded, EXISTS (SELECT FROM workspaces) AS "begun!" FROM platform"#
        );
        let state = state.fetch_one(&mut *tx).await?;
        match (state.seeded, state.begun) {
            (true, _) => Ok(None),
            (false, true) => Err(DatabaseError::HalfLaid),
            (false, false) => Ok(Some(tx)),
        }
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
        let root = opened.ok_or_else(other)?;
        let root = <[u8; 32]>::try_from(root.as_slice()).map_err(|_| other())?;
        Ok(Found {
            id: row.id,
            keys: Arc::new(Keyring::under(root, &self.key, self.former.as_ref())),
            clock: clock.adopting(row.clock_running, row.clock_micros),
        })
    }
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

/// A database whose first rows are being laid out. Dropped, it stays unfinished.
pub(crate) struct Beginning {
    tx: Tx,
    home: Postgres,
}

impl Beginning {
    /// Notes that all of them are there.
    pub(crate) async fn done(self) -> Result<(), DatabaseError> {
        let Self { mut tx, home } = self;
        let done = async {
            sqlx::query!("UPDATE platform SET seeded = true").execute(&mut *tx).await?;
            tx.commit().await?;
            Ok(())
        };
        home.within(done).await
    }
}

fn options(url: &str) -> Result<PgConnectOptions, DatabaseError> {
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(DatabaseError::Url);
    }
    let options = PgConnectOptions::from_str(url).map_err(|_| DatabaseError::Url)?;
    Ok(options.application_name("secureflows-mock").options([("lock_timeout", LOCK_PATIENCE)]))
}

pub(super) async fn connect(url: &str) -> Result<PgPool, DatabaseError> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .connect_with(options(url)?);
    pool.await.map_err(|error| DatabaseError::Unreachable { reason: error.to_string() })
}

pub(super) async fn check_schema(pool: &PgPool) -> Result<(), DatabaseError> {
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

/// Row-level security is a barrier only to a role that cannot step over it.
pub(super) async fn check_role(pool: &PgPool) -> Result<(), DatabaseError> {
    let role = sqlx::query!(
        r#"SELECT current_user::text AS "name!", rolsuper AS "superuser!", rolbypassrls AS "bypasses!",
            (SELECT bool_or(pg_has_role(relowner, 'MEMBER')) FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind = 'r') AS "owner!",
            (SELECT NOT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class
                WHERE oid IN ('workspaces'::regclass, 'applications'::regclass, 'users'::regclass, 'sessions'::regclass,
                    'invites'::regclass, 'audit_events'::regclass, 'access_log'::regclass)) AS "open!",
            has_table_privilege('audit_events', 'UPDATE') OR has_table_privilege('audit_events', 'DELETE')
                OR has_table_privilege('access_log', 'UPDATE') OR has_table_privilege('access_log', 'DELETE')
                AS "rewrites!"
        FROM pg_roles WHERE rolname = current_user"#
    );
    let role = role.fetch_one(pool).await?;
    let because = match () {
        () if role.superuser => "is a superuser",
        () if role.bypasses => "bypasses row-level security",
        () if role.owner => "owns tables",
        () if role.open => "meets tables without row-level security",
        () if role.rewrites => "may change the audit trail",
        () => return Ok(()),
    };
    Err(DatabaseError::Privileged { role: role.name, because })
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        let reason = error.to_string();
        match error {
            sqlx::Error::Database(_) => Self::Refused { reason },
            _ => Self::Unreachable { reason },
        }
    }
}

/// The URL may hold a password.
impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({:?}, …)", self.key)
    }
}
