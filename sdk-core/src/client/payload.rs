//! Everything that is stored for one user, as one JSON object.

use std::{borrow::Cow, fmt};

use crate::protocol::wire::json;

/// The whole data of one user: a flat JSON object of keys and values.
///
/// ```
/// # use secureflows::Payload;
/// # fn show(payload: &Payload) {
/// for (key, value) in payload.iter() {
///     println!("{key} = {value}");
/// }
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Payload(String);

impl Payload {
    pub(crate) const fn new(json: String) -> Self {
        Self(json)
    }

    /// The text of the JSON object, as the platform wrote it.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// The value under `key` as JSON text; `None` when there is none.
    #[must_use]
    pub fn get_raw(&self, key: &str) -> Option<&str> {
        json::member(&self.0, key)
    }

    /// The keys with their values as JSON text, in the platform's order.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
        json::object(&self.0).into_iter().flatten()
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// Shows how much there is, never what.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload {{ {} keys, {} bytes }}", self.len(), self.0.len())
    }
}
