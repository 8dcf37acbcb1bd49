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
        retry::Repeat,
        session::{Era, Machine, Permit, Status},
        verdict::{Accepted, Dead},
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
        // What the call comes to when it ends unanswered, though it may have taken effect.
        let mut doubt = None;
        loop {
            let (token, permit) = match self.pass(era) {
                Passage::Send(token, permit) => (token, permit),
                Passage::Wait(landing) => match landing.await {
                    Ok(()) => continue,
                    Err(error) => return Err(doubt.unwrap_or(error)),
                },
                Passage::Refuse(error) => return Err(doubt.unwrap_or(error)),
            };
            match self.line.exchange(call, &token, permit.generation, self.noted()).await {
                Ok(Answered::Accepted(accepted)) => {
                    self.succeeded(call, permit, &accepted).await?;
                    return Ok(Some(accepted));
                }
                Ok(Answered::Absent) => {
                    self.session.with(|machine| machine.set_locked(permit, false));
                    return Ok(None);
                }
                Ok(Answered::Dead(dead, in_doubt)) => {
                    self.session.with(|machine| machine.died(dead));
                    doubt = in_doubt.or(doubt);
                    // What must not go out twice does not, though the platform refused it.
                    if died_before || call.endpoint().repeat == Repeat::Never {
                        return Err(doubt.unwrap_or_else(|| signed_out(dead)));
                    }
                    died_before = true;
                }
                Err(error) => return Err(self.failed(call, permit, error)),
            }
        }
    }

    /// Signs out: here at once, then there.
    pub(crate) async fn logout(&self) -> Result<(), Error> {
        let (generation, token) =
            self.session.with(|machine| (machine.generation(), machine.sign_out()));
        let Some(token) = token else { return Ok(()) };
        match self.line.exchange(&Call::logout(), &token, generation, self.noted()).await {
            Ok(answered) => {
                self.session.with(|machine| {
                    machine.told(&token);
                    // A token that is dead already is logged out as well; why, may be news.
                    if let Answered::Dead(dead, _) = answered {
                        machine.died(dead);
                    }
                });
                Ok(())
            }
            Err(error) => Err(Error::SignedOutLocally {
                cause: match error {
                    Error::Unavailable { cause } | Error::OutcomeUnknown { cause, .. } => cause,
                    Error::RateLimited { .. } => Cause::RateLimited,
                    _ => Cause::Refused,
                },
            }),
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

    /// Takes in what a success tells of the session. An error when the user is another by now: what
    /// was read is not for them.
    async fn succeeded(
        &self,
        call: &Call,
        permit: Permit,
        accepted: &Accepted,
    ) -> Result<(), Error> {
        let ask_who = self.session.with(|machine| {
            note_success(machine, permit, accepted);
            if machine.era() != permit.era && call.endpoint().repeat == Repeat::Read {
                return Err(machine.era_ended());
            }
            // Only a re-login has to know.
            Ok(self.reauthenticate.is_some() && machine.wants_to_know_who(permit))
        })?;
        if ask_who {
            self.learn_who(permit).await;
        }
        Ok(())
    }

    /// Takes in what a failure tells of the session.
    fn failed(&self, call: &Call, permit: Permit, error: Error) -> Error {
        self.session.with(|machine| match &error {
            Error::Locked => machine.set_locked(permit, true),
            Error::OutcomeUnknown { .. } if call.endpoint().answer == Answer::Revoked => {
                machine.revoke_in_doubt(permit);
            }
            _ => {}
        });
        error
    }

    fn noted(&self) -> impl Fn(Event) {
        |event| self.session.announce(&event)
    }

    fn pass(self: &Arc<Self>, era: Era) -> Passage {
        let can_relogin = self.reauthenticate.is_some();
        self.session.pass(era, can_relogin, |flight| self.relogin(flight))
    }
}

fn note_success(machine: &mut Machine, permit: Permit, accepted: &Accepted) {
    match accepted {
        Accepted::Revoked => machine.destroyed(permit),
        Accepted::Identity(identity) => {
            if let Some(user) = &identity.user_id {
                machine.learned(permit, user);
            }
        }
        // Who is signed in can be asked of a locked workspace too (contract, ruling 7).
        _ => machine.set_locked(permit, false),
    }
}

fn signed_out(dead: Dead) -> Error {
    Error::SignedOut { reason: dead.reason(), data: dead.data() }
}
