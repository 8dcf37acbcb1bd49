//! From one master key to another.

use sqlx::{PgPool, Postgres, Transaction};

use super::{
    Database, DatabaseError,
    open::{ROOT, check, connect},
};
use crate::{
    crypto::{DataKey, MasterKey, Sealed},
    domain::{WorkspaceId, WorkspaceRow},
    random::Random,
};

/// What re-wrapping came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rotated {
    /// So many workspaces' keys were wrapped anew.
    pub rewrapped: u64,
    /// So many were under the new master key already.
    pub already: u64,
}

/// Both master keys, and chance for new nonces.
struct Keys<'a> {
    new: &'a MasterKey,
    former: &'a MasterKey,
    random: Random,
}

impl Database {
    /// Wraps every workspace's key, and the platform's secret, under this master key in place of the
    /// [former one](Self::former_key). Payloads stay as they are. Each key is opened again before it is kept; what
    /// was broken off goes on where it stopped, and doing it again changes nothing. `tell` hears of each key, as
    /// so many of so many.
    ///
    /// Servers must have been given both keys before: first each of them the old one with the new one as the former,
    /// so that all can open what comes, then each the new one with the old one as the former, so that none wraps a
    /// key under the old one any more. Afterwards they are given the new one alone.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]; what was wrapped anew by then stays so.
    pub async fn rotate(&self, mut tell: impl FnMut(u64, u64)) -> Result<Rotated, DatabaseError> {
        let former = self.former.as_ref().ok_or(DatabaseError::NoFormerKey)?;
        let random = Random::from_system()
            .map_err(|error| DatabaseError::Unreachable { reason: error.to_string() })?;
        let keys = Keys { new: &self.key, former, random };
        let pool = connect(&self.url).await?;
        check(&pool).await?;
        let mut rotated = Rotated { rewrapped: 0, already: 0 };
        // Until none is left: a server that has only the former key may have added one meanwhile.
        loop {
            let left = left(&pool, keys.new).await?;
            let many = left.len() as u64;
            for (done, id) in (1..).zip(left) {
                rotated.rewrapped += u64::from(keys.rewrap(&pool, id).await?);
                tell(done, many);
            }
            if many == 0 {
                break;
            }
        }
        keys.rewrap_root(&pool).await?;
        rotated.already = keys.verify(&pool).await?.saturating_sub(rotated.rewrapped);
        pool.close().await;
        Ok(rotated)
    }
}

/// The workspaces whose keys are not under `key` yet.
async fn left(pool: &PgPool, key: &MasterKey) -> Result<Vec<WorkspaceId>, DatabaseError> {
    let ids =
        sqlx::query_scalar!("SELECT id FROM workspaces WHERE master <> $1 ORDER BY id", key.name());
    Ok(ids.fetch_all(pool).await?.into_iter().map(WorkspaceId).collect())
}

impl Keys<'_> {
    /// Whether the workspace was still there and not wrapped anew by somebody else.
    async fn rewrap(&self, pool: &PgPool, id: WorkspaceId) -> Result<bool, DatabaseError> {
        let mut tx = entered(pool, id).await?;
        let found = sqlx::query!(
            "SELECT key FROM workspaces WHERE id = $1 AND master <> $2 FOR NO KEY UPDATE",
            id.0,
            self.new.name()
        );
        let Some(found) = found.fetch_optional(&mut *tx).await? else { return Ok(false) };
        let what = || format!("workspace {id}");
        let key = self.reseal(&WorkspaceRow::key_belongs_to(id), &found.key, what)?;
        sqlx::query!(
            "UPDATE workspaces SET key = $2, master = $3 WHERE id = $1",
            id.0,
            key.to_bytes(),
            self.new.name()
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn rewrap_root(&self, pool: &PgPool) -> Result<(), DatabaseError> {
        let mut tx = pool.begin().await?;
        let found = sqlx::query!(
            "SELECT root FROM platform WHERE master <> $1 FOR NO KEY UPDATE",
            self.new.name()
        );
        let Some(found) = found.fetch_optional(&mut *tx).await? else { return Ok(()) };
        let root = self.reseal(ROOT, &found.root, || "the platform".to_owned())?;
        sqlx::query!(
            "UPDATE platform SET root = $1, master = $2",
            root.to_bytes(),
            self.new.name()
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Opens every key with the new master key; how many there are.
    async fn verify(&self, pool: &PgPool) -> Result<u64, DatabaseError> {
        let new = self.new.data_key();
        let all = sqlx::query!("SELECT id, key FROM workspaces").fetch_all(pool).await?;
        for row in &all {
            let belongs = WorkspaceRow::key_belongs_to(WorkspaceId(row.id));
            opened(&new, &belongs, &row.key, || format!("workspace {}", row.id))?;
        }
        let root = sqlx::query_scalar!("SELECT root FROM platform").fetch_one(pool).await?;
        opened(&new, ROOT, &root, || "the platform".to_owned())?;
        Ok(all.len() as u64)
    }

    fn reseal(
        &self,
        belongs: &[u8],
        sealed: &[u8],
        what: impl FnOnce() -> String,
    ) -> Result<Sealed, DatabaseError> {
        let (new, former) = (self.new.data_key(), self.former.data_key());
        let resealed = Sealed::from_bytes(sealed)
            .and_then(|sealed| former.reseal(belongs, &sealed, &new, self.random.bytes()));
        resealed.map_err(|_| DatabaseError::Sealed { what: what() })
    }
}

fn opened(
    key: &DataKey,
    belongs: &[u8],
    sealed: &[u8],
    what: impl FnOnce() -> String,
) -> Result<(), DatabaseError> {
    let opened = Sealed::from_bytes(sealed).and_then(|sealed| key.open(belongs, &sealed));
    opened.map(drop).map_err(|_| DatabaseError::Sealed { what: what() })
}

/// A transaction that may change the row of one workspace.
async fn entered(
    pool: &PgPool,
    id: WorkspaceId,
) -> Result<Transaction<'static, Postgres>, DatabaseError> {
    let mut tx = pool.begin().await?;
    sqlx::query!("SELECT set_config('mock.workspace', $1, true)", id.to_string())
        .fetch_one(&mut *tx)
        .await?;
    Ok(tx)
}
