//! Many values of one type, each under a key of its own: `note:<id>`.

use std::{fmt, marker::PhantomData};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    client::{Client, json::read},
    error::Error,
};

/// What stands between the prefix and the id.
const SEPARATOR: char = ':';
/// How much chance is in an id, in bytes.
const ID_BYTES: usize = 8;

/// Values of type `T` under the keys `<prefix>:<id>`.
///
/// It is a way of looking at the user's data, not a copy of it: every call goes to the platform.
///
/// ```no_run
/// # async fn example(client: secureflows::Client) -> Result<(), secureflows::Error> {
/// let notes = client.collection::<String>("note")?;
/// let id = notes.insert(&"buy milk".to_owned()).await?;
/// for (id, note) in notes.list().await? {
///     println!("{id}: {note}");
/// }
/// notes.remove(&id).await?;
/// # Ok(()) }
/// ```
pub struct Collection<T> {
    client: Client,
    prefix: String,
    holds: PhantomData<fn() -> T>,
}

impl Client {
    /// The values of type `T` under keys that begin with `prefix` and a colon.
    ///
    /// # Errors
    /// [`Error::Invalid`], field `prefix`, when it is empty, longer than 512 bytes, or has a colon.
    pub fn collection<T>(&self, prefix: &str) -> Result<Collection<T>, Error> {
        let problem = match prefix {
            "" => "is empty",
            prefix if prefix.contains(SEPARATOR) => "has a colon, which would reach into others",
            prefix if prefix.len() > 512 => "is longer than 512 bytes",
            _ => {
                let (client, prefix) = (self.clone(), format!("{prefix}{SEPARATOR}"));
                return Ok(Collection { client, prefix, holds: PhantomData });
            }
        };
        Err(Error::invalid("prefix", problem, "use a short word such as `note`"))
    }
}

impl<T: Serialize + DeserializeOwned> Collection<T> {
    /// Stores `value` under a new id, and gives the id.
    ///
    /// # Errors
    /// As [`Client::set`]. After an [`Error::OutcomeUnknown`] it may be stored:
    /// [`list`](Self::list) tells.
    pub async fn insert(&self, value: &T) -> Result<String, Error> {
        let id = self.client.new_id::<ID_BYTES>()?;
        self.set(&id, value).await?;
        Ok(id)
    }

    /// Stores `value` under `id`, in place of what is there.
    ///
    /// # Errors
    /// As [`Client::set`].
    pub async fn set(&self, id: &str, value: &T) -> Result<(), Error> {
        self.client.set(&self.key(id)?, value).await.map(drop)
    }

    /// The value of `id`; `None` when there is none.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn get(&self, id: &str) -> Result<Option<T>, Error> {
        self.client.get(&self.key(id)?).await
    }

    /// All ids with their values, in the platform's order: one read of the whole payload.
    ///
    /// # Errors
    /// [`Error::WrongType`] when one of them is no `T`; [`Client::payload`] shows them all.
    pub async fn list(&self) -> Result<Vec<(String, T)>, Error> {
        let payload = self.client.payload().await?;
        let ours = payload.iter().filter_map(|(key, raw)| {
            let id = key.strip_prefix(&self.prefix)?;
            Some((id.to_owned(), raw))
        });
        ours.map(|(id, raw)| Ok((id, read(raw)?))).collect()
    }

    /// Removes the value of `id`; `false` when there was none.
    ///
    /// # Errors
    /// As [`Client::delete`].
    pub async fn remove(&self, id: &str) -> Result<bool, Error> {
        self.client.delete(&self.key(id)?).await
    }

    fn key(&self, id: &str) -> Result<String, Error> {
        if id.is_empty() {
            return Err(Error::invalid("id", "is empty", "use an id that `insert` or `list` gave"));
        }
        Ok([&self.prefix, id].concat())
    }
}

impl<T> Clone for Collection<T> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), prefix: self.prefix.clone(), holds: PhantomData }
    }
}

impl<T> fmt::Debug for Collection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collection").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
