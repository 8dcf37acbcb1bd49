//! The client's calls with Rust types in place of JSON text, on serde.

use std::any::type_name;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    client::{Client, Payload},
    error::{Error, Invalid},
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
        let json = serde_json::to_string(value).map_err(|_| Invalid {
            field: "value",
            problem: "has no JSON form".into(),
            mend: "use text for the keys of maps, and no failing `Serialize`",
        })?;
        self.set_raw(key, &json).await
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

/// The parser's own words may quote the value, so only the place is told.
fn read<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|error| Error::WrongType {
        detail: format!(
            "expected `{}`, stopped at line {} column {}",
            type_name::<T>(),
            error.line(),
            error.column()
        ),
    })
}
