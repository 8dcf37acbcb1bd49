//! How much room the user's data takes, counted as the platform counts.

use super::{Client, Payload};
use crate::{
    error::{Error, Quota},
    protocol::{call::Key, session::Era, wire::json},
    text::decimal,
};

impl Client {
    /// How many bytes the user's data takes, per key and in total: one read of the whole payload.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    ///
    /// ```no_run
    /// # async fn example(client: secureflows::Client) -> Result<(), secureflows::Error> {
    /// let budget = client.budget().await?;
    /// for (key, bytes) in budget.keys() {
    ///     println!("{key}: {bytes} of {}", budget.used());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn budget(&self) -> Result<PayloadBudget, Error> {
        Ok(PayloadBudget::of(&self.payload().await?, self.road.config().payload_limit))
    }

    /// Refuses a write of `value` under `key` that would go beyond the app's own limit. A refusal is
    /// never made on old knowledge.
    pub(super) async fn make_room(&self, era: Era, key: &Key, value: &str) -> Result<(), Error> {
        let Some(limit) = self.road.config().payload_limit else { return Ok(()) };
        let fits = |size: usize| size <= limit;
        if self.road.size_with(key, value).is_some_and(fits) {
            return Ok(());
        }
        self.payload_in(era).await?;
        match self.road.size_with(key, value) {
            Some(size) if !fits(size) => Err(Error::QuotaExceeded {
                quota: Quota::Payload,
                detail: [
                    &*decimal(size as u64),
                    " bytes, the app allows ",
                    &decimal(limit as u64),
                    "; nothing was sent",
                ]
                .concat(),
            }),
            _ => Ok(()),
        }
    }
}

/// The bytes that a user's data takes: UTF-8, as compact JSON (contract §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadBudget {
    used: usize,
    limit: Option<usize>,
    keys: Vec<(String, usize)>,
}

impl PayloadBudget {
    fn of(payload: &Payload, limit: Option<usize>) -> Self {
        let members = payload.iter();
        let keys = members.map(|(key, raw)| {
            let size = json::size_of_member(&key, raw);
            (key.into_owned(), size)
        });
        Self { used: json::size(payload.as_json()), limit, keys: keys.collect() }
    }

    /// All of it, braces and commas included.
    #[must_use]
    pub const fn used(&self) -> usize {
        self.used
    }

    /// The limit that the app set with
    /// [`payload_limit`](crate::ClientBuilder::payload_limit); the platform's own is not told.
    #[must_use]
    pub const fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// What is left of the limit.
    #[must_use]
    pub const fn left(&self) -> Option<usize> {
        match self.limit {
            Some(limit) => Some(limit.saturating_sub(self.used)),
            None => None,
        }
    }

    /// Each key with the bytes that it and its value take, in the platform's order.
    pub fn keys(&self) -> impl Iterator<Item = (&str, usize)> {
        self.keys.iter().map(|(key, size)| (key.as_str(), *size))
    }
}
