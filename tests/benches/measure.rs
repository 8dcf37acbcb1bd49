//! Taking times: rounds in turn, so that whatever else the machine does falls on all sides alike.

use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// How long `work` takes.
pub(crate) async fn time<T>(work: impl Future<Output = T>) -> Duration {
    let begun = now();
    let _done = work.await;
    begun.elapsed()
}

/// The value that a share `of` (0 to 1) of all are below.
pub(crate) fn quantile<T: Copy + Ord>(values: &mut [T], of: f64) -> T {
    values.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a short list"
    )]
    let at = ((values.len() - 1) as f64 * of).round() as usize;
    *values.get(at).unwrap()
}

pub(crate) fn median<T: Copy + Ord>(values: &mut [T]) -> T {
    quantile(values, 0.5)
}
