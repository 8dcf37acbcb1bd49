//! The way in: the page to send a user to, the callback that comes back, the user behind a token.

use super::{Again, Answered, Doubt, Line, line::Noted};
use crate::{
    config::Config,
    error::{CallbackProblem, Error},
    protocol::{
        call::Call,
        login::{self, Arrival, Callback, LoginOptions, PendingLogin, PrivateUrl, State},
        session::Generation,
        verdict::{Accepted, Identity},
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
        let page = login::login_url(&application, &state, options, renew)?;
        let pending = PendingLogin::begin(state, application, self.line.host.now());
        if !self.line.host.keep(&pending.name(), &pending.to_record()) {
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
            .take(&state.name_for(&application))
            .ok_or(CallbackProblem::StateUnknown)?;
        PendingLogin::from_record(&record).ok_or(CallbackProblem::StateUnknown)?.check(
            &state,
            &application,
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

    /// Who is behind `token`, as far as can be told now; an error when the token is no good.
    pub(super) async fn identify(
        &self,
        token: &SessionToken,
        noted: &Noted<'_>,
    ) -> Result<Option<String>, Error> {
        let (call, sent, doubt) = (Call::identity(), Generation::default(), Doubt::default());
        match self.line.exchange(&call, Some(token.bearer()), sent, &doubt, noted).await {
            Ok(Answered::Accepted(Accepted::Identity(Identity { user_id, .. }))) => Ok(user_id),
            Ok(Answered::Dead(dead)) => {
                Err(Error::SignedOut { reason: dead.reason(), data: dead.data() })
            }
            Ok(Answered::Accepted(_) | Answered::Absent) => Ok(None),
            // A platform out of breath does not undo a login.
            Err(_) => Ok(None),
        }
    }

    pub(super) const fn can_relogin(&self) -> bool {
        !matches!(self.again, Again::Never)
    }
}
