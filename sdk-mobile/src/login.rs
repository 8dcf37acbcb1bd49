//! Who shows hosted login to the user.

use std::sync::Arc;

use secureflows::{Declined, PrivateUrl, Reauthenticate, host::BoxFuture};

use crate::{CancelHandle, HostFailure, completion::Completion};

/// Shows hosted login: Custom Tabs, `ASWebAuthenticationSession`, the user's browser. Never a WebView
/// (contract §2).
#[uniffi::export(foreign)]
pub trait LoginPresenter: Send + Sync {
    /// Shows `page` and returns at once; what comes of it goes to `attempt`. Never log `page`.
    ///
    /// # Errors
    /// When it throws, the login is declined.
    fn present(&self, page: String, attempt: Arc<LoginAttempt>) -> Result<(), HostFailure>;
}

/// How a page of hosted login ended without a callback.
#[derive(Debug)]
pub(crate) enum Turned {
    /// The user closed it.
    Away,
    /// It could not be shown, or what showed it gave up.
    Down(String),
}

/// Takes the end of one login.
#[derive(uniffi::Object)]
pub struct LoginAttempt(Arc<Completion<Result<String, Turned>>>);

#[uniffi::export]
impl LoginAttempt {
    /// Hosted login came back to this URL.
    pub fn returned(&self, url: String) {
        self.0.complete(Ok(url));
    }

    /// The user closed the page.
    pub fn cancelled(&self) {
        self.0.complete(Err(Turned::Away));
    }

    /// The page cannot be shown, for `reason`, a few words for a person.
    pub fn declined(&self, reason: String) {
        self.0.complete(Err(Turned::Down(reason)));
    }

    /// Keeps what closes the page when nobody waits for it any more.
    pub fn on_cancel(&self, handle: Arc<dyn CancelHandle>) {
        self.0.on_cancel(handle);
    }
}

/// The core's way to the presenter.
pub(crate) struct Pages(pub(crate) Arc<dyn LoginPresenter>);

impl Pages {
    /// Shows the page and waits for its end.
    pub(crate) async fn show(&self, page: PrivateUrl) -> Result<String, Turned> {
        let (completion, end) = Completion::new();
        let shown = self.0.present(page.as_str().to_owned(), Arc::new(LoginAttempt(completion)));
        shown.map_err(|failure| Turned::Down(failure.to_string()))?;
        end.await.unwrap_or_else(|| Err(Turned::Down("the page was lost".to_owned())))
    }
}

impl Reauthenticate for Pages {
    fn reauthenticate(&self, page: PrivateUrl) -> BoxFuture<'_, Result<String, Declined>> {
        Box::pin(async move {
            self.show(page).await.map_err(|turned| match turned {
                Turned::Away => Declined::new("the user closed the login page"),
                Turned::Down(reason) => Declined::new(reason),
            })
        })
    }
}
