//! The platform's clock, which any instance moves for all.

use sqlx::PgPool;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{begin, commit};
use crate::{
    clock::{Clock, Turn},
    domain::{StoreError, Stored},
};

/// Reads the platform's clock for whoever asks, and hands on what was done to theirs. Those who ask while a
/// question is under way share the next one, so that each reads what was there after they had asked; and who no longer
/// waits takes nothing away.
pub(super) struct Time(mpsc::UnboundedSender<Question>);

struct Question {
    clock: Clock,
    answer: oneshot::Sender<Stored<()>>,
}

impl Time {
    /// A clock whose keeper works until this is dropped.
    pub(super) fn new(runtime: &Handle, pool: PgPool) -> Self {
        let (questions, waiting) = mpsc::unbounded_channel();
        runtime.spawn(keep(pool, waiting));
        Self(questions)
    }

    /// Brings `clock` and the platform's together.
    pub(super) async fn keep(&self, clock: &Clock) -> Stored<()> {
        let (answer, told) = oneshot::channel();
        let asked = self.0.send(Question { clock: clock.clone(), answer });
        // Without a keeper the process is ending.
        asked.map_err(|_| StoreError::Unavailable)?;
        told.await.map_err(|_| StoreError::Unavailable)?
    }
}

async fn keep(pool: PgPool, mut waiting: mpsc::UnboundedReceiver<Question>) {
    let mut questions = Vec::new();
    while waiting.recv_many(&mut questions, usize::MAX).await > 0 {
        // They are all of one world, so of one clock.
        let Some(clock) = questions.first().map(|question| question.clock.clone()) else {
            continue;
        };
        let turn = clock.take_turn();
        let read = turned(&pool, turn).await;
        match read {
            Ok(micros) => clock.follow(micros),
            Err(_) => clock.put_back(turn),
        }
        for question in questions.drain(..) {
            // Who hung up does not want to know.
            let _ = question.answer.send(read.map(drop));
        }
    }
}

/// What the platform's clock shows after somebody's turn of it.
async fn turned(pool: &PgPool, turn: Turn) -> Stored<i64> {
    let mut tx = begin(pool).await?;
    if turn == Turn::default() {
        let read = sqlx::query_scalar!("SELECT clock_micros FROM platform");
        return Ok(read.fetch_one(&mut *tx).await?);
    }
    let turned = sqlx::query_scalar!(
        r#"UPDATE platform SET clock_micros =
            greatest(least(coalesce($1, clock_micros)::numeric + $2::bigint, 9223372036854775807), -9223372036854775808)::bigint
        RETURNING clock_micros"#,
        turn.set,
        turn.moved
    );
    let micros = turned.fetch_one(&mut *tx).await?;
    commit(tx).await?;
    Ok(micros)
}
