//! The one road of a call: token → send → verdict → retry or re-login → answer.
//!
//! The same code runs natively, in a browser and on phones; what differs is the [`Host`].

mod events;
mod line;
mod login;
mod session;

use std::sync::Arc;

pub use events::{Event, Events};
use line::{Answered, Line};
pub use login::SignIn;
use session::{Passage, Session};

use crate::{
    config::Config,
    error::{Cause, Error},
    host::{Host, Reauthenticate},
    protocol::{
        call::{Answer, Call},
        session::{Era, Machine, Permit, Status},
        verdict::Accepted,
    },
    secret::SessionToken,
};

/// Everything behind a client.
pub(crate) struct Road {
    line: Arc<Line>,
    session: Session,
    reauthenticate: Option<Arc<dyn Reauthenticate>>,
}

impl Road {
    pub(crate) fn new(
        config: Config,
        host: Arc<dyn Host>,
        reauthenticate: Option<Arc<dyn Reauthenticate>>,
    ) -> Self {
        let line = Arc::new(Line { config, host });
        Self { line, session: Session::default(), reauthenticate }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.line.config
    }

    /// The live token.
    pub(crate) fn token(&self) -> Result<SessionToken, Error> {
        self.session.with(|machine| match machine.token() {
            Some((token, _)) => Ok(token.clone()),
            None => Err(machine.signed_out()),
        })
    }

    pub(crate) fn status(&self) -> Status {
        self.session.with(|machine| machine.status())
    }

    pub(crate) fn events(&self) -> Events {
        self.session.subscribe()
    }

    /// Takes `call` to the platform and brings its answer; `None` when there is nothing there.
    pub(crate) async fn call(self: &Arc<Self>, call: &Call) -> Result<Option<Accepted>, Error> {
        let era = self.session.with(|machine| machine.era());
        let mut died_before = false;
        loop {
            let (token, permit) = match self.pass(era) {
                Passage::Send(token, permit) => (token, permit),
                Passage::Wait(relogin) => {
                    relogin.await?;
                    continue;
                }
                Passage::Refuse(error) => return Err(error),
            };
            let noted = |event| self.session.announce(&event);
            match self.line.exchange(call, &token, permit.generation, noted).await {
                Ok(Answered::Accepted(accepted)) => {
                    self.session.with(|machine| note_success(machine, call, permit, &accepted));
                    return Ok(Some(accepted));
                }
                Ok(Answered::Absent) => return Ok(None),
                Ok(Answered::Dead(dead)) => {
                    self.session.with(|machine| machine.died(dead));
                    if died_before {
                        return Err(Error::SignedOut { reason: dead.reason(), data: dead.data() });
                    }
                    died_before = true;
                }
                Err(error) => {
                    if error == Error::Locked {
                        self.session.with(|machine| machine.set_locked(permit, true));
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Signs out: here at once, then there.
    pub(crate) async fn logout(&self) -> Result<(), Error> {
        let (token, generation) = self.session.with(|machine| {
            let generation = machine.generation();
            (machine.sign_out(), generation)
        });
        let Some(token) = token else { return Ok(()) };
        let noted = |event| self.session.announce(&event);
        match self.line.exchange(&Call::logout(), &token, generation, noted).await {
            // A token that is dead already is logged out as well.
            Ok(_) => {
                self.session.with(|machine| machine.told(&token));
                Ok(())
            }
            Err(Error::Unavailable { cause } | Error::OutcomeUnknown { cause, .. }) => {
                Err(Error::SignedOutLocally { cause })
            }
            Err(Error::RateLimited { .. }) => {
                Err(Error::SignedOutLocally { cause: Cause::RateLimited })
            }
            Err(error) => Err(error),
        }
    }

    /// Signs out here only.
    pub(crate) fn forget(&self) {
        self.session.with(|machine| {
            if let Some(token) = machine.sign_out() {
                machine.told(&token);
            }
        });
    }

    fn pass(self: &Arc<Self>, era: Era) -> Passage {
        let can_relogin = self.reauthenticate.is_some();
        self.session.pass(era, can_relogin, |flight| self.relogin(flight))
    }
}

fn note_success(machine: &mut Machine, call: &Call, permit: Permit, accepted: &Accepted) {
    match (call.endpoint().answer, accepted) {
        // These stay open while the workspace is locked (contract, ruling 7).
        (Answer::LoggedOut, _) => {}
        (_, Accepted::Identity(identity)) => {
            if let Some(user) = &identity.user_id {
                machine.learned(permit, user);
            }
        }
        (_, Accepted::Revoked) => machine.destroyed(permit),
        _ => machine.set_locked(permit, false),
    }
}
