//! Members of a body for which null and nothing are two things.

use serde::{Deserialize, Deserializer};

/// `Some(None)` for null; with `#[serde(default)]` it is `None` for nothing.
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
