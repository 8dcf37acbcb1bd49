//! Rows in PostgreSQL: several instances over one database are one platform.
//!
//! A change is one transaction: the rows are locked, read, handed to the rule, written and kept together with
//! what the rule wrote to the trail. Row-level security is a second barrier behind the rules: a transaction
//! sees the rows of the one workspace that it [entered](Postgres::enter), whatever it asks for.
//!
//! What memory does with locks, advisory locks do here, taken in the order of [`Hold`].

mod account_rows;
mod directory;
mod lay;
mod log;
mod open;
mod pages;
mod rotate;
mod rows;
mod search;
mod session_rows;
mod shelf;
mod time;
mod trail;
mod workspace;

use std::sync::{Arc, PoisonError, RwLock};

use sqlx::{PgPool, Transaction};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_util::context::TokioContext;

use crate::{
    crypto::DataKey,
    domain::{StoreError, Stored, WorkspaceId, WorkspaceRow},
    random::Random,
};

pub(crate) use self::open::Opened;
use self::{log::Log, time::Time};
pub use self::{
    open::{Database, DatabaseError},
    rotate::Rotated,
    search::Searched,
};

type Tx = Transaction<'static, sqlx::Postgres>;

/// All the rows of one platform; a cheap handle.
#[derive(Clone)]
pub(crate) struct Postgres(Arc<Inner>);

struct Inner {
    pool: PgPool,
    /// Seals what has to come back, such as an invite's secret.
    secrets: DataKey,
    /// What the database calls the master key.
    master: String,
    random: Random,
    log: Log,
    time: Time,
    /// Connections live in a runtime of their own, so that rows can be asked for from any.
    runtime: Apart,
}

/// One workspace's rows; a cheap handle.
#[derive(Clone)]
pub(crate) struct Shelf {
    home: Postgres,
    id: WorkspaceId,
    /// As it was last seen through this handle.
    row: Arc<RwLock<Arc<WorkspaceRow>>>,
}

/// What a transaction in a workspace keeps others from, in the order in which it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// Nobody changes the workspace itself. Everybody holds this at least.
    Shared,
    /// The same, and nobody else opens a session.
    Opening,
    /// The same, and nobody else adds or changes users.
    People,
    /// Nobody else is in the workspace at all.
    Alone,
}

impl Postgres {
    /// Runs a question to the database in its own runtime's context, whoever polls it.
    pub(crate) async fn within<F: Future>(&self, question: F) -> F::Output {
        TokioContext::new(question, self.0.runtime.handle.clone()).await
    }

    /// Begins a transaction that sees the rows of one workspace.
    async fn enter(&self, workspace: WorkspaceId, hold: Hold) -> Stored<Tx> {
        let mut tx = begin(&self.0.pool).await?;
        let lock = lock_of(workspace);
        let name = workspace.to_string();
        if hold == Hold::Alone {
            sqlx::query!(
                "SELECT set_config('mock.workspace', $1, true), pg_advisory_xact_lock($2)::text AS held",
                name,
                lock
            )
            .fetch_one(&mut *tx)
            .await?;
            return Ok(tx);
        }
        sqlx::query!(
            "SELECT set_config('mock.workspace', $1, true), pg_advisory_xact_lock_shared($2)::text AS held",
            name,
            lock
        )
        .fetch_one(&mut *tx)
        .await?;
        let more = match hold {
            Hold::Opening => lock.wrapping_add(1),
            Hold::People => lock.wrapping_add(2),
            Hold::Shared | Hold::Alone => return Ok(tx),
        };
        sqlx::query!("SELECT pg_advisory_xact_lock($1)::text AS held", more)
            .fetch_one(&mut *tx)
            .await?;
        Ok(tx)
    }

    fn shelf(&self, row: WorkspaceRow) -> Shelf {
        let id = row.id;
        Shelf { home: self.clone(), id, row: Arc::new(RwLock::new(Arc::new(row))) }
    }
}

/// The advisory lock of a workspace; the numbers behind it are free for what may be locked in it.
fn lock_of(workspace: WorkspaceId) -> i64 {
    workspace.0.wrapping_mul(4)
}

/// A runtime that ends without being waited for, as it must where somebody else's tasks run.
struct Apart {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Apart {
    fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Shelf {
    pub(crate) async fn within<F: Future>(&self, question: F) -> F::Output {
        self.home.within(question).await
    }

    /// Takes note of what the row has become.
    fn see(&self, row: WorkspaceRow) -> Arc<WorkspaceRow> {
        let row = Arc::new(row);
        *self.row.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&row);
        row
    }

    async fn enter(&self, hold: Hold) -> Stored<Tx> {
        self.home.enter(self.id, hold).await
    }
}

/// Begins a transaction.
async fn begin(pool: &PgPool) -> Stored<Tx> {
    again(pool, || pool.begin()).await
}

/// Asks what may be asked twice. A connection that the database has closed meanwhile says so at its first question:
/// then another is taken.
async fn again<T, F: Future<Output = Result<T, sqlx::Error>>>(
    pool: &PgPool,
    ask: impl Fn() -> F,
) -> Stored<T> {
    for _ in 0..pool.size() {
        match ask().await {
            Err(sqlx::Error::Io(_)) => {}
            answered => return Ok(answered?),
        }
    }
    Ok(ask().await?)
}

/// Keeps a change. When the database goes away meanwhile, nobody knows whether it did.
async fn commit(tx: Tx) -> Stored<()> {
    tx.commit().await.map_err(|error| match StoreError::from(error) {
        StoreError::Unavailable => StoreError::Unsure,
        other => other,
    })
}

/// PostgreSQL keeps no text with a NUL in it, so nothing of such a name is there.
fn cannot_be(name: &str) -> bool {
    name.contains('\0')
}

/// Whether a row could not be added because its name is taken; its number (`…_pkey`) never is.
fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|refused| {
        let is_name = |name: &str| name.ends_with("_key");
        refused.is_unique_violation() && refused.constraint().is_some_and(is_name)
    })
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Io(_)
            | E::Tls(_)
            | E::Protocol(_)
            | E::PoolTimedOut
            | E::PoolClosed
            | E::WorkerCrashed
            | E::BeginFailed
            // A workspace was removed under the call: who asks again hears that it is not there.
            | E::RowNotFound => Self::Unavailable,
            E::Database(refused) => {
                match refused.code().as_deref().and_then(|code| code.get(..2)) {
                    // Connections, a standby, resources, deadlocks, an operator's shutdown, the system.
                    Some("08" | "25" | "40" | "53" | "55" | "57" | "58") => Self::Unavailable,
                    // The same, met by what belongs to it.
                    _ if refused.is_foreign_key_violation() => Self::Unavailable,
                    _ => Self::Refused,
                }
            }
            _ => Self::Refused,
        }
    }
}
