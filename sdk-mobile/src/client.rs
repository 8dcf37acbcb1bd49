//! The core's client, one line a method.

use std::sync::Arc;

use secureflows::{
    CallbackProblem, Client, Confirm, DataState, Declined, Error, LoginOptions, SessionToken,
    SignIn, Status, Update, UpdatePolicy,
};

use crate::{
    Cancellation, EventStream, Failure, HostFailure, LoginPresenter, LoginRequest, PlatformHost,
    Settings, ValueStream, WhoIs, cancel,
    host::Bridge,
    login::{Pages, Turned},
};

/// A change of one value.
#[uniffi::export(foreign)]
pub trait Change: Send + Sync {
    /// The new value, as JSON text, of the one that is there, if one is. It may be asked again, when
    /// somebody else was faster.
    ///
    /// # Errors
    /// When it throws, nothing is written.
    fn change(&self, json: Option<String>) -> Result<String, HostFailure>;
}

/// One user's way to the platform, for the packages of each language.
#[derive(uniffi::Object)]
pub struct MobileClient {
    core: Client,
    pages: Option<Pages>,
}

#[uniffi::export]
impl MobileClient {
    /// Checks the settings and makes the client; nothing is sent.
    ///
    /// # Errors
    /// Code `Invalid`, with the field and what to do about it.
    #[uniffi::constructor]
    pub fn new(
        settings: Settings,
        host: Arc<dyn PlatformHost>,
        presenter: Option<Arc<dyn LoginPresenter>>,
    ) -> Result<Arc<Self>, Failure> {
        let again = presenter.clone().filter(|_| settings.sign_in_again);
        let mut builder = settings.builder(Bridge(host));
        if let Some(presenter) = again {
            builder = builder.reauthenticate(Pages(presenter));
        }
        Ok(Arc::new(Self { core: builder.build()?, pages: presenter.map(Pages) }))
    }

    /// Signs the user in: shows hosted login, waits for it, and completes it.
    ///
    /// # Errors
    /// Code `LoginRefused`, with `login` = `user_cancelled` when the user closed the page.
    pub async fn sign_in(
        &self,
        request: LoginRequest,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), Failure> {
        self.until(cancellation, None, self.show_login(request)).await
    }

    /// Begins a login of the app's own showing, and gives the page to send the user to.
    ///
    /// # Errors
    /// Code `Invalid`, when an option is not valid or the host cannot keep the login's record.
    pub fn begin_login(&self, request: LoginRequest) -> Result<String, Failure> {
        Ok(self.core.begin_login(&request.into())?.as_str().to_owned())
    }

    /// Gives up the login that was begun.
    pub fn cancel_login(&self) {
        self.core.cancel_login();
    }

    /// Completes a login with the URL that hosted login came back to; any URL may be given.
    ///
    /// # Errors
    /// Code `CallbackRefused` or `LoginRefused`.
    pub async fn complete_login(
        &self,
        url: String,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<SignIn, Failure> {
        self.until(cancellation, None, self.core.complete_login(&url)).await
    }

    /// Signs in with a token that `origin` issued without pages, to automation or a test.
    ///
    /// # Errors
    /// Code `Invalid` when it is another origin's; `SignedOut` when it is dead.
    pub async fn adopt(&self, token: String, origin: String) -> Result<(), Failure> {
        let token = SessionToken::issued_by(&origin, token).map_err(|_| malformed())?;
        Ok(self.core.adopt(token).await?)
    }

    /// Whether somebody is signed in, as far as is known here.
    pub fn status(&self) -> Status {
        self.core.status()
    }

    /// What happens to the sign-in from now on.
    pub fn events(&self) -> Arc<EventStream> {
        EventStream::of(self.core.events())
    }

    /// The value under `key` as JSON text; none when none was ever written.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn get(
        &self,
        key: String,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Option<String>, Failure> {
        self.until(cancellation, Some(&key), self.core.get_raw(&key)).await
    }

    /// Stores JSON text under `key`, and gives the whole payload as it is now.
    ///
    /// # Errors
    /// Any; after an unknown outcome read before writing again.
    pub async fn set(
        &self,
        key: String,
        json: String,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<String, Failure> {
        let write = async { Ok(self.core.set_raw(&key, &json).await?.as_json().to_owned()) };
        self.until(cancellation, Some(&key), write).await
    }

    /// Reads the value under `key`, has `change` make a new one of it, and writes that, three times at
    /// most. Gives what was written; none when somebody else was faster each time.
    ///
    /// # Errors
    /// As `get` and `set`; code `WrongType` when `change` threw.
    pub async fn update(
        &self,
        key: String,
        change: Arc<dyn Change>,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Option<String>, Failure> {
        let update = self.core.update_raw(&key, UpdatePolicy::default(), |json| {
            let changed = change.change(json.map(str::to_owned));
            changed.map_err(|failure| Error::WrongType { detail: failure.to_string() })
        });
        match self.until(cancellation, Some(&key), update).await? {
            Update::Done { value, .. } => Ok(Some(value)),
            Update::Conflict { .. } => Ok(None),
        }
    }

    /// Deletes `key`; false when there was none.
    ///
    /// # Errors
    /// As `set`.
    pub async fn delete(
        &self,
        key: String,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<bool, Failure> {
        self.until(cancellation, Some(&key), self.core.delete(&key)).await
    }

    /// Everything that is stored for this user, as the text of one JSON object.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn payload(
        &self,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<String, Failure> {
        let read = async { Ok(self.core.payload().await?.as_json().to_owned()) };
        self.until(cancellation, None, read).await
    }

    /// The last known value under `key`, and every later one that this client's calls show.
    ///
    /// # Errors
    /// Code `Invalid` for a key that is none.
    pub fn watch(&self, key: String) -> Result<Arc<ValueStream>, Failure> {
        Ok(ValueStream::of(self.core.watch_raw(&key)?))
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn identity(
        &self,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<WhoIs, Failure> {
        let read = async { Ok(self.core.identity().await?.into()) };
        self.until(cancellation, None, read).await
    }

    /// The `Authorization` header for a request of the app's own to `url`, at one of its backends. That
    /// request must not follow redirects with it.
    ///
    /// # Errors
    /// Code `Invalid`, field `url`, for any other place; `SignedOut` when nobody is signed in.
    pub fn authorize(&self, url: String) -> Result<String, Failure> {
        Ok(self.core.authorize(&url)?.as_str().to_owned())
    }

    /// Signs the user out: here at once, then at the platform. The data stays.
    ///
    /// # Errors
    /// Code `SignedOutLocally` when the platform could not be told; calling again tells it.
    pub async fn sign_out(&self) -> Result<(), Failure> {
        Ok(self.core.logout().await?)
    }

    /// Where a browser signs out by a top-level navigation, coming back to `post_logout_uri`. Start the
    /// navigation, then call `forget`.
    ///
    /// # Errors
    /// Code `SignedOut` when nobody is signed in, `Invalid` for a `post_logout_uri` that will not do.
    pub fn logout_url(&self, post_logout_uri: String) -> Result<String, Failure> {
        Ok(self.core.logout_url(&post_logout_uri)?.as_str().to_owned())
    }

    /// Signs the user out here only.
    pub fn forget(&self) {
        self.core.forget();
    }

    /// Destroys the session **and all the data in it**, for good.
    ///
    /// # Errors
    /// Code `OutcomeUnknown`, with the data in an unknown state, when no answer came.
    pub async fn destroy_all_data(
        &self,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), Failure> {
        let revoke = self.core.revoke(Confirm::DataIsDestroyed);
        cancel::run(&self.core, cancellation, DataState::Unknown, revoke, None).await
    }
}

impl MobileClient {
    async fn show_login(&self, request: LoginRequest) -> Result<(), Error> {
        let pages = self.pages.as_ref().ok_or_else(|| {
            turned(Turned::Down("no presenter was given to show hosted login with".to_owned()))
        })?;
        let page = self.core.begin_login(&LoginOptions::from(request))?;
        let mut begun = Begun { core: &self.core, open: true };
        let url = pages.show(page).await.map_err(turned)?;
        // From here on the core knows how it ends.
        begun.open = false;
        match self.core.complete_login(&url).await? {
            SignIn::Done => Ok(()),
            SignIn::NotACallback => {
                self.core.cancel_login();
                Err(Error::CallbackRefused { reason: CallbackProblem::Malformed })
            }
        }
    }

    async fn until<T>(
        &self,
        cancellation: Option<Arc<Cancellation>>,
        key: Option<&str>,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        cancel::run(&self.core, cancellation, DataState::Intact, call, key).await
    }
}

/// A login that is given up when this is dropped while it is open.
struct Begun<'a> {
    core: &'a Client,
    open: bool,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if self.open {
            self.core.cancel_login();
        }
    }
}

fn turned(turned: Turned) -> Error {
    match turned {
        Turned::Away => Error::LoginRefused {
            error: "user_cancelled".to_owned(),
            description: Some("the user closed the login page".to_owned()),
        },
        Turned::Down(reason) => Declined::new(reason).into(),
    }
}

fn malformed() -> Error {
    Error::CallbackRefused { reason: CallbackProblem::Malformed }
}
