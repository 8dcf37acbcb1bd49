//! The way to the app's own backends: the token goes to these and to nobody else.

use std::fmt;

use zeroize::Zeroizing;

use super::Client;
use crate::{
    error::Error,
    host::{Response, authorization},
    protocol::backend::{BackendRequest, is_at_backend},
};

impl Client {
    /// The value of the `Authorization` header for a request of your own to `url`, which must be at
    /// one of the client's [`backend`](crate::ClientBuilder::backend)s.
    ///
    /// The request must not follow redirects with it. Prefer [`fetch`](Self::fetch), which does not,
    /// and signs the user in again when the token turns out to be dead.
    ///
    /// # Errors
    /// [`Error::Invalid`], field `url`, for any other place; [`Error::SignedOut`] when nobody is
    /// signed in.
    ///
    /// ```no_run
    /// # fn example(client: secureflows::Client) -> Result<(), secureflows::Error> {
    /// let header = client.authorize("https://api.example/notes")?;
    /// assert!(header.starts_with("Bearer "));
    /// # Ok(()) }
    /// ```
    pub fn authorize(&self, url: &str) -> Result<Zeroizing<String>, Error> {
        is_at_backend(&self.road.config().backends, url)?;
        Ok(authorization(self.road.token()?.bearer()))
    }

    /// Sends `request` to one of the client's backends with the user's token.
    ///
    /// It goes out once: nothing is repeated, and a redirect is an answer, never followed. When the
    /// backend does not accept the token and the platform says that it is dead, the user is signed in
    /// again as for any other call, and the request goes out once more.
    ///
    /// # Errors
    /// As [`authorize`](Self::authorize); [`Error::Unavailable`] or [`Error::OutcomeUnknown`] when no
    /// answer came. Whatever the backend answers is an [`Ok`]: look at its status.
    ///
    /// ```no_run
    /// # async fn example(client: secureflows::Client) -> Result<(), secureflows::Error> {
    /// use secureflows::BackendRequest;
    ///
    /// let answer = client.fetch(&BackendRequest::get("https://api.example/notes")).await?;
    /// println!("{}: {:?}", answer.status(), answer.text());
    /// # Ok(()) }
    /// ```
    pub async fn fetch(&self, request: &BackendRequest) -> Result<BackendAnswer, Error> {
        self.road.fetch(request).await.map(BackendAnswer)
    }
}

/// What a backend answered.
pub struct BackendAnswer(Response);

impl BackendAnswer {
    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.0.status()
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// The body as text; `None` when it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.body()).ok()
    }
}

/// Shows the status and the size, never the body.
impl fmt::Debug for BackendAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
