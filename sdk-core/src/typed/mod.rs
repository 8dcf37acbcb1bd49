//! The client's calls with Rust types in place of JSON text, on serde.

mod collection;
mod watch;

pub use collection::Collection;

use serde::{Serialize, de::DeserializeOwned};
pub use watch::Watch;

use crate::{
    client::{
        BackendAnswer, Client, Payload, Update, UpdatePolicy,
        json::{read, write},
    },
    error::Error,
};

impl Client {
    /// The value under `key` as a `T`; `None` when none was ever written.
    ///
    /// A stored `null` is a value: it reads as an `Option<_>` or `()`.
    ///
    /// # Errors
    /// [`Error::WrongType`] when the stored value is no `T`; it is still there, as
    /// [`get_raw`](Self::get_raw) shows.
    ///
    /// ```no_run
    /// # async fn example(client: secureflows::Client) -> Result<(), secureflows::Error> {
    /// let theme: Option<String> = client.get("theme").await?;
    /// # Ok(()) }
    /// ```
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        self.get_raw(key).await?.map(|json| read(&json)).transpose()
    }

    /// Stores `value` under `key`, and gives the whole payload as it is now.
    ///
    /// # Errors
    /// As [`set_raw`](Self::set_raw); [`Error::Invalid`], field `value`, when `value` has no JSON
    /// form.
    ///
    /// ```no_run
    /// # async fn example(client: secureflows::Client) -> Result<(), secureflows::Error> {
    /// client.set("theme", "dark").await?;
    /// # Ok(()) }
    /// ```
    pub async fn set<T: Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<Payload, Error> {
        self.set_raw(key, &write(value)?).await
    }

    /// Reads the value under `key`, has `change` make a new one of it, and writes that; up to three
    /// times, when somebody else changes the key meanwhile.
    ///
    /// What can be detected and what cannot, [`update_raw`](Self::update_raw) says exactly.
    ///
    /// # Errors
    /// As [`get`](Self::get) and [`set`](Self::set).
    ///
    /// ```no_run
    /// # async fn example(client: secureflows::Client) -> Result<(), secureflows::Error> {
    /// use secureflows::Update;
    ///
    /// match client.update("visits", |visits: Option<u32>| visits.unwrap_or(0) + 1).await? {
    ///     Update::Done { value, .. } => println!("{value} visits"),
    ///     Update::Conflict { ours, theirs } => println!("{ours} or {theirs:?}?"),
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn update<T, F>(&self, key: &str, change: F) -> Result<Update<T>, Error>
    where
        T: Serialize + DeserializeOwned,
        F: FnMut(Option<T>) -> T,
    {
        self.update_with(key, UpdatePolicy::default(), change).await
    }

    /// As [`update`](Self::update), with another policy for conflicts.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub async fn update_with<T, F>(
        &self,
        key: &str,
        policy: UpdatePolicy,
        mut change: F,
    ) -> Result<Update<T>, Error>
    where
        T: Serialize + DeserializeOwned,
        F: FnMut(Option<T>) -> T,
    {
        let change = |json: Option<&str>| write(&change(json.map(read).transpose()?));
        self.update_raw(key, policy, change).await?.try_map(|json| read(&json))
    }
}

impl<T> Update<T> {
    /// The same with other types for the values.
    fn try_map<U, E>(self, mut map: impl FnMut(T) -> Result<U, E>) -> Result<Update<U>, E> {
        Ok(match self {
            Self::Done {
                value,
                payload,
                #[cfg(feature = "elsewhere")]
                elsewhere,
            } => Update::Done {
                value: map(value)?,
                payload,
                #[cfg(feature = "elsewhere")]
                elsewhere,
            },
            Self::Conflict { ours, theirs } => {
                Update::Conflict { ours: map(ours)?, theirs: theirs.map(map).transpose()? }
            }
        })
    }
}

impl BackendAnswer {
    /// The body as a `T`.
    ///
    /// # Errors
    /// [`Error::WrongType`] when it is no `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        read(self.text().unwrap_or_default())
    }
}

impl Payload {
    /// The value under `key` as a `T`; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::WrongType`] when it is no `T`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        self.get_raw(key).map(read).transpose()
    }

    /// The whole as a `T`.
    ///
    /// # Errors
    /// [`Error::WrongType`] when it is no `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        read(self.as_json())
    }
}
