//! Signing in: the page to go to, the callback that comes back, and the one re-login for all calls
//! that met a dead token.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll, ready},
};

use zeroize::Zeroizing;

use super::{Again, Gate, Road, events::Event, flight::Flight, gate::Who, line::Noted};
use crate::{
    error::{CallbackProblem, DataState, Error, SignedOutReason},
    host::{BoxFuture, Declined, Reauthenticate},
    protocol::{
        login::{Arrival, Callback, LONGEST_LOGIN, LoginOptions, PrivateUrl},
        session::{Era, FlightId, Machine},
    },
    secret::SessionToken,
    trace,
};

/// What a URL was to a client that looks for its callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// It was the callback: the user is signed in.
    Done,
    /// It was another page, or another library's callback: nothing happened.
    NotACallback,
}

impl Road {
    /// The page to send the user to; the login is on record from here on.
    pub(crate) fn begin_login(&self, options: &LoginOptions) -> Result<PrivateUrl, Error> {
        let renew = self.session.with(|machine| machine.renewable().cloned());
        let page = self.gate.login_page(options, renew.as_ref())?;
        self.session.with(Machine::begin_login);
        Ok(page)
    }

    pub(crate) async fn complete_login(&self, url: &str) -> Result<SignIn, Error> {
        let era = self.session.with(|machine| machine.era());
        let token = match self.gate.arrival(url) {
            Ok(Some(Arrival::Token(token))) => token,
            Ok(Some(Arrival::Refused { error, description })) => {
                self.session.with(Machine::login_failed);
                return Err(Error::LoginRefused { error, description });
            }
            Ok(None) => return Ok(SignIn::NotACallback),
            // What is not known to come from our login does not end it.
            Err(reason) => return Err(Error::CallbackRefused { reason }),
        };
        self.take_in(token, era).await.map(|()| SignIn::Done)
    }

    pub(crate) fn is_callback(&self, url: &str) -> bool {
        self.gate.read(url) != Ok(Callback::NotOurs)
    }

    /// Signs in with a token that was obtained elsewhere.
    pub(crate) async fn adopt(&self, token: SessionToken) -> Result<(), Error> {
        if token.origin() != self.config().origin.as_str() {
            return Err(Error::invalid(
                "token",
                "was issued by another origin",
                "give a token of the origin that this client is for",
            ));
        }
        let era = self.session.with(|machine| machine.era());
        self.take_in(token, era).await
    }

    /// The app gives up the login that it began.
    pub(crate) fn cancel_login(&self) {
        self.session.with(Machine::login_failed);
    }

    /// Signs in with `token`, which came in `era`, once the platform told whose it is.
    pub(super) const fn take_in(&self, token: SessionToken, era: Era) -> Entry<'_> {
        Entry { road: self, token: Some(token), era, who: None }
    }

    /// The re-login that all waiting calls share.
    pub(super) fn relogin(
        self: &Arc<Self>,
        flight: FlightId,
        dead: Option<SessionToken>,
    ) -> Flight {
        let road = Arc::downgrade(self);
        let gate = Arc::clone(&self.gate);
        #[cfg(not(feature = "headless"))]
        drop(dead);
        Flight::new(Box::pin(async move {
            let landing = match &gate.again {
                Again::Pages(reauthenticate) => land(&gate, &**reauthenticate, &road).await,
                #[cfg(feature = "headless")]
                Again::Headless(provider) => {
                    super::headless::renew(&gate, &**provider, dead, &road).await
                }
                Again::Never => Err(gone()),
            };
            match road.upgrade() {
                Some(road) => road.finish(flight, landing),
                None => Err(gone()),
            }
        }))
    }

    fn finish(
        &self,
        flight: FlightId,
        landing: Result<(SessionToken, Option<String>), Error>,
    ) -> Result<(), Error> {
        self.session.with_event(|machine| match landing {
            Ok((token, user)) => {
                // When a sign-out came first, the token is dropped, and the calls learn of that.
                machine.landed(flight, token, user);
                (Ok(()), None)
            }
            Err(error) => {
                trace::login_failed(error.code());
                let outcome = match machine.crashed(flight) {
                    None => Ok(()),
                    Some(_) if error.retryable() => Err(error.clone()),
                    Some(signed_out) => Err(signed_out),
                };
                (outcome, Some(Event::LoginFailed(error)))
            }
        })
    }
}

/// A sign-in with a token, on its way.
pub(super) struct Entry<'a> {
    road: &'a Road,
    /// Gone when the user is in.
    token: Option<SessionToken>,
    era: Era,
    who: Option<Who<'a>>,
}

impl Future for Entry<'_> {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let (road, era) = (this.road, this.era);
        let Some(token) = &this.token else { return Poll::Pending };
        let who = this.who.get_or_insert_with(|| road.gate.identify(token, &road.session));
        let user = ready!(Pin::new(who).poll(cx));
        let token = this.token.take();
        Poll::Ready(road.session.with(|machine| {
            let user = user.inspect_err(|_| machine.login_failed())?;
            // Or somebody signed out, or somebody else in, while this login was on its way.
            let arrived = token.is_some_and(|token| machine.arrived(token, user, era));
            if arrived { Ok(()) } else { Err(machine.era_ended()) }
        }))
    }
}

/// Takes the user through hosted login, and brings the token and whose it is.
///
/// The client is held weakly, so that one that is dropped meanwhile is gone.
async fn land(
    gate: &Gate,
    reauthenticate: &dyn Reauthenticate,
    road: &Weak<Road>,
) -> Result<(SessionToken, Option<String>), Error> {
    let page = gate.login_page(&LoginOptions::new(), None)?;
    let visit = Box::pin(async { reauthenticate.reauthenticate(page).await });
    let url = Zeroizing::new(asked(gate, visit).await?);
    let refused = |reason| Error::CallbackRefused { reason };
    let token = match gate.arrival(&url).map_err(refused)? {
        Some(Arrival::Token(token)) => token,
        Some(Arrival::Refused { error, description }) => {
            return Err(Error::LoginRefused { error, description });
        }
        None => return Err(refused(CallbackProblem::Malformed)),
    };
    let user = gate.identify(&token, road).await?;
    Ok((token, user))
}

/// Asks the app, for as long as a login lasts. The app's code may panic; that ends this login, not
/// those who wait for it.
pub(super) async fn asked<T>(
    gate: &Gate,
    mut app: BoxFuture<'_, Result<T, Declined>>,
) -> Result<T, Error> {
    let mut too_late = gate.line.host.sleep(LONGEST_LOGIN);
    let answer = poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| app.as_mut().poll(cx)));
        match polled {
            Ok(Poll::Pending) => too_late
                .as_mut()
                .poll(cx)
                .map(|()| Err(Declined::new("nobody signed in within ten minutes"))),
            Ok(ready) => ready,
            Err(_panic) => Poll::Ready(Err(Declined::new("the re-login panicked"))),
        }
    })
    .await;
    Ok(answer?)
}

/// Tells the events of a client that may be gone by now.
impl Noted for Weak<Road> {
    fn note(&self, event: &Event) {
        if let Some(road) = self.upgrade() {
            road.session.announce(event);
        }
    }
}

/// Nobody is left to sign in.
pub(super) fn gone() -> Error {
    Error::SignedOut { reason: SignedOutReason::NeverSignedIn, data: DataState::Unknown }
}
