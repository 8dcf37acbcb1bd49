//! The access log: rows come one by one and are written by the handful, each before its answer leaves.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use sqlx::PgPool;
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
};

use super::{
    Shelf,
    rows::{micros, time},
};
use crate::domain::{
    Access, ApplicationId, Page, SessionId, StoreError, Stored, UserId, Window, WorkspaceId,
};

/// So many rows are written at once.
const BATCH: usize = 256;

/// What is to be written, and how far that has come.
pub(super) struct Log {
    rows: mpsc::UnboundedSender<Access>,
    added: Arc<AtomicU64>,
    written: watch::Receiver<u64>,
}

impl Log {
    /// A log whose writer runs until the log is dropped.
    pub(super) fn new(runtime: &Handle, pool: PgPool) -> Self {
        let (rows, waiting) = mpsc::unbounded_channel();
        let (done, written) = watch::channel(0);
        runtime.spawn(write(pool, waiting, done));
        Self { rows, added: Arc::default(), written }
    }

    pub(super) fn add(&self, access: Access) {
        // Counted first: whoever waits for it waits for it whole.
        self.added.fetch_add(1, Ordering::SeqCst);
        // Without a writer the process is ending.
        let _ = self.rows.send(access);
    }

    pub(super) async fn written(&self) {
        let until = self.added.load(Ordering::SeqCst);
        let _ = self.written.clone().wait_for(|written| *written >= until).await;
    }
}

async fn write(
    pool: PgPool,
    mut waiting: mpsc::UnboundedReceiver<Access>,
    done: watch::Sender<u64>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let many = batch.len() as u64;
        let mut by_workspace: BTreeMap<WorkspaceId, Vec<Access>> = BTreeMap::new();
        for row in batch.drain(..) {
            by_workspace.entry(row.workspace).or_default().push(row);
        }
        for (workspace, rows) in by_workspace {
            // A log that cannot be written must not keep anybody from what they came for.
            let _ = insert(&pool, workspace, rows).await;
        }
        done.send_modify(|written| *written += many);
    }
}

/// Nobody waits for the disk here: a row that is lost with the machine was of no change.
async fn insert(
    pool: &PgPool,
    workspace: WorkspaceId,
    rows: Vec<Access>,
) -> Result<(), sqlx::Error> {
    let column = |of: fn(&Access) -> i64| rows.iter().map(of).collect::<Vec<_>>();
    let maybe = |of: fn(&Access) -> Option<i64>| rows.iter().map(of).collect::<Vec<_>>();
    let text = |of: fn(&Access) -> Option<&String>| {
        rows.iter().map(|row| of(row).cloned()).collect::<Vec<_>>()
    };
    let added = sqlx::query!(
        r#"WITH entered AS MATERIALIZED (
            SELECT set_config('mock.workspace', $1::bigint::text, true), set_config('synchronous_commit', 'off', true))
        INSERT INTO access_log (id, workspace, at, method, path, status, duration, session_id, token_revision,
            user_id, application_id, uid, client, agent)
        SELECT nextval('access_ids'), $1, row.* FROM entered, unnest($2::bigint[], $3::text[], $4::text[],
            $5::bigint[]::smallint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
            $11::text[], $12::text[], $13::text[]) AS row"#,
        workspace.0,
        &column(|row| micros(row.at)),
        &text(|row| Some(&row.method)) as &[Option<String>],
        &text(|row| Some(&row.path)) as &[Option<String>],
        &column(|row| row.status.into()),
        &column(|row| i64::try_from(row.duration.as_micros()).unwrap_or(i64::MAX)),
        &maybe(|row| row.session.map(|id| id.0)) as &[Option<i64>],
        &maybe(|row| row.token_revision) as &[Option<i64>],
        &maybe(|row| row.user.map(|id| id.0)) as &[Option<i64>],
        &maybe(|row| row.application.map(|id| id.0)) as &[Option<i64>],
        &text(|row| row.uid.as_ref()) as &[Option<String>],
        &text(|row| row.client.as_ref()) as &[Option<String>],
        &text(|row| row.agent.as_ref()) as &[Option<String>],
    );
    added.execute(pool).await.map(drop)
}

impl Shelf {
    /// A page of the access log, the newest first.
    pub(super) async fn access_page(&self, window: Window) -> Stored<Page<Access>> {
        let mut tx = self.enter(super::Hold::Shared).await?;
        let total = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM access_log WHERE workspace = $1"#,
            self.id.0
        );
        let total = total.fetch_one(&mut *tx).await?;
        let (limit, offset) = super::pages::bounds(window);
        let rows = sqlx::query!(
            "SELECT * FROM access_log WHERE workspace = $1 ORDER BY id DESC LIMIT $2 OFFSET $3",
            self.id.0,
            limit,
            offset
        );
        let items = rows.fetch_all(&mut *tx).await?.into_iter().map(|row| {
            Ok(Access {
                id: row.id,
                workspace: self.id,
                at: time(row.at),
                method: row.method,
                path: row.path,
                status: u16::try_from(row.status).map_err(|_| StoreError::Refused)?,
                duration: std::time::Duration::from_micros(row.duration.unsigned_abs()),
                session: row.session_id.map(SessionId),
                token_revision: row.token_revision,
                user: row.user_id.map(UserId),
                application: row.application_id.map(ApplicationId),
                uid: row.uid,
                client: row.client,
                agent: row.agent,
            })
        });
        Ok(Page { items: items.collect::<Stored<_>>()?, window, total: total.unsigned_abs() })
    }
}
