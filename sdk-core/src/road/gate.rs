//! The way in: the page to send a user to, the callback that comes back, the user behind a token.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use super::{
    Again, Answered, Line,
    line::{Exchange, Noted},
    signed_out,
};
use crate::{
    config::Config,
    error::{CallbackProblem, Error},
    protocol::{
        call::Call,
        login::{self, Arrival, Callback, LoginOptions, PendingLogin, PrivateUrl, State},
        session::Generation,
        verdict::Accepted,
    },
    secret::SessionToken,
};

/// What a sign-in needs, whoever is signed in.
pub(super) struct Gate {
    pub(super) config: Config,
    pub(super) line: Line,
    pub(super) again: Again,
}

impl Gate {
    pub(super) fn login_page(
        &self,
        options: &LoginOptions,
        renewable: Option<&SessionToken>,
    ) -> Result<PrivateUrl, Error> {
        let renew = match (options.wants_same_user(), renewable) {
            (false, _) => None,
            (true, Some(token)) => Some(token),
            (true, None) => {
                return Err(Error::invalid(
                    "same_user",
                    "has no session to renew",
                    "leave it out: nobody is signed in",
                ));
            }
        };
        let mut random = [0; 16];
        if !self.line.host.random(&mut random) {
            return Err(Error::invalid("host", "gives no randomness", "use a host that does"));
        }
        let application = self.config.application()?;
        let state = State::draw(random);
        let page = login::login_url(application, &state, options, renew)?;
        let pending = PendingLogin::begin(&state, application, self.line.host.now());
        if !self.line.host.keep(&state.name_for(application), &pending.to_record()) {
            return Err(Error::invalid(
                "host",
                "cannot keep the record of the login",
                "allow it some storage, or sign in where there is some",
            ));
        }
        Ok(page)
    }

    /// What `url` brings, if it is the callback of a login on record.
    pub(super) fn arrival(&self, url: &str) -> Result<Option<Arrival>, CallbackProblem> {
        let Callback::Came { state, arrival } = self.read(url)? else { return Ok(None) };
        let Ok(application) = self.config.application() else { return Ok(None) };
        let record = self
            .line
            .host
            .take(&state.name_for(application))
            .ok_or(CallbackProblem::StateUnknown)?;
        PendingLogin::from_record(&record).ok_or(CallbackProblem::StateUnknown)?.check(
            &state,
            application,
            self.line.host.now(),
        )?;
        Ok(Some(arrival))
    }

    /// What `url` is to this client; nothing is taken from the record for it.
    pub(super) fn read(&self, url: &str) -> Result<Callback, CallbackProblem> {
        // Without a redirect URI nothing can be our callback.
        let Ok(application) = self.config.application() else { return Ok(Callback::NotOurs) };
        login::read(url, &application.redirect_uri, application.origin.as_str())
    }

    /// Asks who is behind `token`.
    pub(super) fn identify<'a>(&'a self, token: &SessionToken, noted: &'a dyn Noted) -> Who<'a> {
        static CALL: Call = Call::identity();
        let (bearer, sent) = (Some(token.bearer().clone()), Generation::default());
        Who(self.line.exchange(&CALL, bearer, sent, noted))
    }

    pub(super) const fn can_relogin(&self) -> bool {
        !matches!(self.again, Again::Never)
    }
}

/// The user behind a token, as far as can be told now; an error when the token is no good.
pub(super) struct Who<'a>(Exchange<'a>);

impl Future for Who<'_> {
    type Output = Result<Option<String>, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(Pin::new(&mut self.0).poll(cx)) {
            Ok(Answered::Accepted(Accepted::Identity(identity))) => Ok(identity.user_id),
            Ok(Answered::Dead(dead)) => Err(signed_out(dead)),
            // A platform out of breath does not undo a login.
            _ => Ok(None),
        })
    }
}
