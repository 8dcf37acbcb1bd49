//! The last known value of a key as a Rust type.

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::Stream;
use serde::de::DeserializeOwned;

use crate::{
    client::{Client, json},
    error::Error,
    road::WatchRaw,
};

/// The last known value under one key, and every later one: a [`Stream`], and [`next`](Self::next)
/// for those who need no more.
///
/// It is fed by the answers to this client's own calls; nothing is asked for its sake. `Ok(None)`
/// says that there is no value, or nobody signed in to whom one belongs. Who reads slowly gets the
/// newest only. It ends when the client is gone.
pub struct Watch<T> {
    raw: WatchRaw,
    gives: PhantomData<fn() -> T>,
}

impl Client {
    /// The last known value under `key`, and every later one, as far as the answers to this client's
    /// calls show them. Nothing is asked for its sake.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a `key` as in [`get_raw`](Self::get_raw).
    ///
    /// ```no_run
    /// # async fn example(client: secureflows::Client) -> Result<(), secureflows::Error> {
    /// let mut themes = client.watch::<String>("theme")?;
    /// while let Some(theme) = themes.next().await {
    ///     println!("{:?}", theme?);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn watch<T: DeserializeOwned>(&self, key: &str) -> Result<Watch<T>, Error> {
        Ok(Watch { raw: self.watch_raw(key)?, gives: PhantomData })
    }
}

impl<T: DeserializeOwned> Watch<T> {
    /// Waits for the next value; `None` when the client is gone.
    ///
    /// # Errors
    /// The inner [`Error::WrongType`] when the value is no `T`; later ones may be.
    pub async fn next(&mut self) -> Option<Result<Option<T>, Error>> {
        self.raw.next().await.map(read)
    }
}

impl<T: DeserializeOwned> Stream for Watch<T> {
    type Item = Result<Option<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.raw).poll_next(cx).map(|news| news.map(read))
    }
}

impl<T> fmt::Debug for Watch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

fn read<T: DeserializeOwned>(value: Option<String>) -> Result<Option<T>, Error> {
    value.map(|text| json::read(&text)).transpose()
}
