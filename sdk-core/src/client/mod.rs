//! The client: one short method a call, all of them down the one road.

mod backend;
#[cfg(feature = "budget")]
mod budget;
mod builder;
#[cfg(feature = "json")]
pub(crate) mod json;
mod payload;
mod update;

use std::{fmt, sync::Arc};

pub use backend::BackendAnswer;
#[cfg(feature = "budget")]
pub use budget::PayloadBudget;
pub use builder::ClientBuilder;
pub use payload::Payload;
pub use update::{Update, UpdatePolicy};

#[cfg(feature = "json")]
use crate::protocol::wire::percent::hex_digits;
use crate::{
    error::Error,
    protocol::{
        call::{Call, Key},
        login::{self, LoginOptions, PrivateUrl},
        session::Status,
        verdict::{Accepted, Identity},
    },
    road::{Events, Road, SignIn, WatchRaw},
    secret::SessionToken,
};

/// One user's way to the platform: signs in, reads and writes, signs in again.
///
/// A clone is another handle to the same sign-in. It needs no particular runtime, since the
/// [`Host`](crate::host::Host) does the waiting and the sending; natively it is `Send` and `Sync`.
/// Every call may fail with any [`Error`]; its questions say what to do next.
///
/// ```
/// # #[cfg(feature = "native")] {
/// use secureflows::Client;
///
/// let client = Client::builder()
///     .workspace("acme")
///     .app_id("acme-web")
///     .redirect_uri("https://app.example/callback")
///     .build()?;
/// assert!(!client.status().is_signed_in());
///
/// let page = client.begin_login(&Default::default())?;
/// assert!(page.as_str().starts_with("https://www.secure-flows.com/app/sessions/login?"));
/// # }
/// # Ok::<(), secureflows::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    road: Arc<Road>,
}

impl Client {
    /// Begins a client: workspace, application and redirect URI are needed, all else has defaults.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Begins a login, and gives the page to send the user to: a top-level navigation, never a
    /// frame or a WebView (contract §2).
    ///
    /// It is synchronous, so that in a browser the navigation can start in the click's own tick. A
    /// token at hand stays until the login succeeds. Only the last sixteen logins begun are
    /// remembered by most hosts, each for ten minutes.
    ///
    /// # Errors
    /// [`Error::Invalid`], when an option is not valid or the host cannot keep the login's record.
    pub fn begin_login(&self, options: &LoginOptions) -> Result<PrivateUrl, Error> {
        self.road.begin_login(options)
    }

    /// Gives up the login that was begun: the user closed the page, or turned away. A token at hand
    /// stays.
    pub fn cancel_login(&self) {
        self.road.cancel_login();
    }

    /// Completes a login with the URL that hosted login came back to. Any URL may be given: one
    /// that is not this client's callback is left alone.
    ///
    /// # Errors
    /// [`Error::CallbackRefused`] when it belongs to no login of this client, which leaves the
    /// sign-in as it was (contract, ruling 3); [`Error::LoginRefused`] when hosted login ended
    /// without a token.
    pub async fn complete_login(&self, url: &str) -> Result<SignIn, Error> {
        self.road.complete_login(url).await
    }

    /// Whether hosted login came back with `url`, whatever it brought: then it may hold a token, and
    /// has no business in an address bar or a history. Nothing is used up by asking.
    #[must_use]
    pub fn is_callback(&self, url: &str) -> bool {
        self.road.is_callback(url)
    }

    /// Signs in with a token that was obtained without pages, by automation or a test.
    ///
    /// # Errors
    /// [`Error::Invalid`] when another origin issued it; [`Error::SignedOut`] when it is dead.
    pub async fn adopt(&self, token: SessionToken) -> Result<(), Error> {
        self.road.adopt(token).await
    }

    /// Signs in where nobody sits at a browser, with the client's
    /// [`identity_provider`](ClientBuilder::identity_provider): to the user's newest session in this
    /// application, or to a new one that begins with `payload`, a JSON object.
    ///
    /// # Errors
    /// [`Error::LoginRefused`] when the provider declines; [`Error::Rejected`] or
    /// [`Error::Forbidden`] when the platform does not accept its token; [`Error::Invalid`] without
    /// a provider.
    #[cfg(feature = "headless")]
    pub async fn sign_in(&self, payload: Option<&str>) -> Result<(), Error> {
        self.road.sign_in_headless(payload).await
    }

    /// Whether somebody is signed in, as far as is known here.
    #[must_use]
    pub fn status(&self) -> Status {
        self.road.status()
    }

    /// What happens to the sign-in from now on.
    #[must_use]
    pub fn events(&self) -> Events {
        self.road.events()
    }

    /// Does `call`, one of the session API's as data, and brings what it came to; `None` when nothing is
    /// there. For bindings: it goes the way of the methods below, which take their place in Rust.
    ///
    /// # Errors
    /// Any [`Error`] that the method for this call has.
    ///
    /// ```no_run
    /// # async fn example(client: secureflows::Client) -> Result<(), secureflows::Error> {
    /// use secureflows::{Key, protocol::call::Call};
    ///
    /// let theme = client.call(&Call::read(Key::parse("theme")?)).await?;
    /// # let _ = theme;
    /// # Ok(()) }
    /// ```
    pub async fn call(&self, call: &Call) -> Result<Option<Accepted>, Error> {
        self.road.call(call).await
    }

    /// The value under `key` as JSON text; `None` when none was ever written.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a `key` that is empty, longer than 1024 bytes, `.` or `..`.
    pub async fn get_raw(&self, key: &str) -> Result<Option<String>, Error> {
        match self.road.call(&Call::read(Key::parse(key)?)).await? {
            Some(Accepted::Value(value)) => Ok(Some(value)),
            _ => Ok(None),
        }
    }

    /// Stores `json`, the text of one JSON value, under `key`, and gives the whole payload as it is
    /// now.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a `key` as in [`get_raw`](Self::get_raw) or a text that is not JSON;
    /// [`Error::OutcomeUnknown`] when it may be stored or not; [`Error::QuotaExceeded`] beyond the
    /// [`payload_limit`](ClientBuilder::payload_limit).
    ///
    /// Writes to one key go out one after the other, in the order in which they were first polled, and
    /// a read that begins after one was acknowledged shows it, or something newer. A `set` that is
    /// repeated because its answer was lost can overwrite a newer one from another device:
    /// [`RetryPolicy::repeat_writes_in_doubt`](crate::RetryPolicy::repeat_writes_in_doubt) switches
    /// that off. When this future is dropped, a request that went out cannot be called back:
    /// [`Event::OutcomeUnknown`](crate::Event::OutcomeUnknown) tells of it. Neither can one that was
    /// not answered in time: should it reach the platform late, it overwrites what came before it.
    pub async fn set_raw(&self, key: &str, json: &str) -> Result<Payload, Error> {
        let key = Key::parse(key)?;
        let era = self.road.era();
        let turn = self.road.turn(&key);
        turn.come().await;
        self.write_in(era, &key, json).await
    }

    /// Removes the value under `key`; `false` when there was none.
    ///
    /// # Errors
    /// As [`set_raw`](Self::set_raw).
    pub async fn delete(&self, key: &str) -> Result<bool, Error> {
        let answer = self.road.call(&Call::remove(Key::parse(key)?)).await?;
        Ok(answer == Some(Accepted::Existed(true)))
    }

    /// Everything that is stored for this user.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn payload(&self) -> Result<Payload, Error> {
        Ok(payload_of(self.road.call(&Call::payload()).await?))
    }

    /// The last known value under `key` as JSON text, and every later one, as far as the answers to
    /// this client's calls show them. Nothing is asked for its sake.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a `key` as in [`get_raw`](Self::get_raw).
    pub fn watch_raw(&self, key: &str) -> Result<WatchRaw, Error> {
        Ok(self.road.watch(&Key::parse(key)?))
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn identity(&self) -> Result<Identity, Error> {
        match self.road.call(&Call::identity()).await? {
            Some(Accepted::Identity(identity)) => Ok(identity),
            _ => Ok(Identity { user_id: None, email: None }),
        }
    }

    /// Signs the user out: here at once, whatever is under way, then at the platform. The data
    /// stays.
    ///
    /// # Errors
    /// [`Error::SignedOutLocally`] when the platform could not be told; calling again tells it.
    pub async fn logout(&self) -> Result<(), Error> {
        self.road.logout().await
    }

    /// Where a browser signs out by a top-level navigation, coming back to `post_logout_uri`: the
    /// root of a redirect URI's origin, with its final slash, or a registered page that is not this
    /// client's callback (contract §2 and ruling 6).
    ///
    /// It signs nobody out by itself. Start the navigation, then call [`forget`](Self::forget).
    ///
    /// # Errors
    /// [`Error::SignedOut`] when nobody is signed in, [`Error::Invalid`] for a `post_logout_uri` that
    /// is no URI, is the callback, or carries a token.
    pub fn logout_url(&self, post_logout_uri: &str) -> Result<PrivateUrl, Error> {
        let token = self.road.token()?;
        Ok(login::logout_url(self.road.config().application()?, &token, post_logout_uri)?)
    }

    /// Signs the user out here only: for a browser whose navigation to
    /// [`logout_url`](Self::logout_url) has started.
    pub fn forget(&self) {
        self.road.forget();
    }

    /// Destroys the session **and all the data in it**, for good.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`], with the data in an unknown state, when no answer came.
    pub async fn revoke(&self, confirm: Confirm) -> Result<(), Error> {
        let Confirm::DataIsDestroyed = confirm;
        self.road.call(&Call::revoke()).await.map(drop)
    }

    /// An id of so many random bytes, in hexadecimal.
    #[cfg(feature = "json")]
    pub(crate) fn new_id<const BYTES: usize>(&self) -> Result<String, Error> {
        let mut bytes = [0; BYTES];
        if !self.road.host().random(&mut bytes) {
            return Err(Error::invalid("host", "gives no randomness", "use a host that does"));
        }
        Ok(bytes.into_iter().flat_map(hex_digits).collect())
    }
}

fn payload_of(answer: Option<Accepted>) -> Payload {
    match answer {
        Some(Accepted::Payload(json)) => Payload::new(json),
        _ => Payload::new("{}".to_owned()),
    }
}

/// Shows the application and the status.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.road.config().origin.as_str())
            .field("app_id", &self.road.config().app_id)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// Says that the caller knows what [`Client::revoke`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// All data of this user in this application is destroyed, and cannot be brought back.
    DataIsDestroyed,
}
