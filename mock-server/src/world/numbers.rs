//! Row numbers that a description asks for.

use super::SeedError;

/// The highest number that every client reads exactly: JavaScript's.
const MAX: i64 = (1 << 53) - 1;

/// Whether a row of this kind may have the number it asks for.
pub(super) async fn check_id(
    kind: &'static str,
    id: Option<i64>,
    taken: impl AsyncFnOnce(i64) -> Result<bool, SeedError>,
) -> Result<(), SeedError> {
    match id {
        Some(id) if !(1..=MAX).contains(&id) => Err(SeedError::Id { kind, id }),
        Some(id) if taken(id).await? => Err(SeedError::IdTaken { kind, id }),
        _ => Ok(()),
    }
}
