//! The one road of a call: token → send → verdict → retry or re-login → answer.
//!
//! The same code runs natively, in a browser and on phones; what differs is the [`Host`].

mod events;
mod fetch;
mod flight;
mod gate;
#[cfg(feature = "headless")]
mod headless;
mod keyed;
mod known;
mod line;
mod login;
mod session;
mod turns;

use std::sync::Arc;

pub use events::{Event, Events};
use gate::Gate;
pub use known::WatchRaw;
pub(crate) use line::{Answered, Doubt, Line};
pub use login::SignIn;
use session::{Passage, Session};
use turns::Turns;
pub(crate) use turns::{OwnWrites, Turn};

use crate::{
    config::Config,
    error::{Cause, Error},
    host::{BoxFuture, Host, Reauthenticate},
    protocol::{
        call::{Answer, Call, Key},
        retry::Repeat,
        session::{Era, Machine, Permit, Status},
        verdict::{Accepted, Dead},
    },
    secret::SessionToken,
    trace,
};

/// Everything behind a client.
pub(crate) struct Road {
    gate: Arc<Gate>,
    session: Session,
    turns: Turns,
}

/// How a user whose token is dead is signed in again.
#[derive(Default)]
pub(crate) enum Again {
    /// Somebody sees to it that hosted login is shown.
    Pages(Arc<dyn Reauthenticate>),
    /// Nobody is there to see pages.
    #[cfg(feature = "headless")]
    Headless(Arc<dyn crate::host::IdentityProvider>),
    /// Not at all.
    #[default]
    Never,
}

impl Again {
    pub(crate) const fn needs_no_pages(&self) -> bool {
        match self {
            #[cfg(feature = "headless")]
            Self::Headless(_) => true,
            Self::Pages(_) | Self::Never => false,
        }
    }
}

impl Road {
    pub(crate) fn new(config: Config, host: Arc<dyn Host>, again: Again) -> Self {
        let line = Line::new(host, config.origin.clone(), config.limits.clone());
        let gate = Arc::new(Gate { config, line, again });
        Self { gate, session: Session::default(), turns: Turns::default() }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.gate.config
    }

    #[cfg(feature = "json")]
    pub(crate) fn host(&self) -> &dyn Host {
        &*self.gate.line.host
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

    pub(crate) fn watch(&self, key: &Key) -> WatchRaw {
        self.session.watch(key)
    }

    /// The size of the payload with `value` under `key`, as far as it is known here.
    #[cfg(feature = "budget")]
    pub(crate) fn size_with(&self, key: &Key, value: &str) -> Option<usize> {
        self.session.size_with(key, value)
    }

    /// The user that calls beginning now are for.
    pub(crate) fn era(&self) -> Era {
        self.session.with(|machine| machine.era())
    }

    /// A place in the queue of those who write to `key`.
    pub(crate) fn turn<'a>(&'a self, key: &'a Key) -> Turn<'a> {
        self.turns.queue(key)
    }

    pub(crate) fn own_writes(&self) -> OwnWrites {
        self.turns.own_writes()
    }

    /// Takes `call` to the platform and brings its answer; `None` when there is nothing there.
    /// Writes to one key go one after the other.
    pub(crate) async fn call(self: &Arc<Self>, call: &Call) -> Result<Option<Accepted>, Error> {
        let era = self.era();
        let written = call.key().filter(|_| call.endpoint().repeat == Repeat::AbsoluteWrite);
        let turn = written.map(|key| self.turns.queue(key));
        if let Some(turn) = &turn {
            turn.come().await;
        }
        self.call_in(era, call).await
    }

    /// As [`call`](Self::call), for the user of `era`, by somebody whose turn it is.
    pub(crate) fn call_in<'a>(
        self: &'a Arc<Self>,
        era: Era,
        call: &'a Call,
    ) -> BoxFuture<'a, Result<Option<Accepted>, Error>> {
        Box::pin(self.watched(era, call))
    }

    async fn watched(self: &Arc<Self>, era: Era, call: &Call) -> Result<Option<Accepted>, Error> {
        let doubt = Doubt::default();
        let mut dropped = IfDropped { session: &self.session, call, doubt: &doubt, armed: true };
        let result = trace::in_call(call.endpoint(), self.drive(era, call, &doubt)).await;
        dropped.armed = false;
        result.inspect_err(|error| trace::failed(error.code()))
    }

    async fn drive(
        self: &Arc<Self>,
        era: Era,
        call: &Call,
        doubt: &Doubt,
    ) -> Result<Option<Accepted>, Error> {
        let mut died_before = false;
        loop {
            let (token, permit, sent) = match self.pass(era) {
                Passage::Send(token, permit, sent) => (token, permit, sent),
                Passage::Wait(flight) => {
                    trace::waiting_for_login();
                    match flight.await {
                        Ok(()) => continue,
                        Err(error) => return Err(doubt.of(call).unwrap_or(error)),
                    }
                }
                Passage::Refuse(error) => return Err(doubt.of(call).unwrap_or(error)),
            };
            let (bearer, generation) = (Some(token.bearer()), permit.generation);
            let line = &self.gate.line;
            match line.exchange(call, bearer, generation, doubt, &|event| self.noted(&event)).await
            {
                Ok(Answered::Accepted(accepted)) => {
                    let ask_who =
                        self.session.answered(call, permit, sent, Some(&accepted), |it| {
                            self.note_success(it, call, permit, &accepted)
                        })?;
                    if ask_who {
                        self.learn_who(permit).await;
                    }
                    return Ok(Some(accepted));
                }
                Ok(Answered::Absent) => {
                    let told = self.session.answered(call, permit, sent, None, |machine| {
                        machine.set_locked(permit, false);
                        is_for_its_reader(machine, call, permit)
                    });
                    return told.map(|()| None);
                }
                Ok(Answered::Dead(dead)) => {
                    self.session.with(|machine| machine.died(dead));
                    // What must not go out twice does not, though the platform refused it.
                    if died_before || call.endpoint().repeat == Repeat::Never {
                        return Err(doubt.of(call).unwrap_or_else(|| signed_out(dead)));
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
        let (call, doubt, line) = (Call::logout(), Doubt::default(), &self.gate.line);
        let noted = |event| self.noted(&event);
        let told = line.exchange(&call, Some(token.bearer()), generation, &doubt, &noted);
        match trace::in_call(call.endpoint(), told).await {
            Ok(answered) => {
                self.session.with(|machine| {
                    machine.told(&token);
                    // A token that is dead already is logged out as well; why, may be news.
                    if let Answered::Dead(dead) = answered {
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

    /// Takes in what a success tells of the session, and whether it is to be asked who is signed in.
    fn note_success(
        &self,
        machine: &mut Machine,
        call: &Call,
        permit: Permit,
        accepted: &Accepted,
    ) -> Result<bool, Error> {
        note_success(machine, permit, accepted);
        is_for_its_reader(machine, call, permit)?;
        // Only a re-login has to know.
        Ok(self.gate.can_relogin() && machine.wants_to_know_who(permit))
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

    fn noted(&self, event: &Event) {
        self.session.announce(event);
    }

    fn pass(self: &Arc<Self>, era: Era) -> Passage {
        self.session.pass(era, self.gate.can_relogin(), |flight, dead| self.relogin(flight, dead))
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

/// An error when the user is another by now: what was read, or was not there, is not for them.
fn is_for_its_reader(machine: &Machine, call: &Call, permit: Permit) -> Result<(), Error> {
    if machine.era() != permit.era && call.endpoint().repeat == Repeat::Read {
        return Err(machine.era_ended());
    }
    Ok(())
}

fn signed_out(dead: Dead) -> Error {
    Error::SignedOut { reason: dead.reason(), data: dead.data() }
}

/// Tells of a call that is dropped though its request may have gone out.
struct IfDropped<'a> {
    session: &'a Session,
    call: &'a Call,
    doubt: &'a Doubt,
    armed: bool,
}

impl Drop for IfDropped<'_> {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        if let Some(Error::OutcomeUnknown { cause, .. }) = self.doubt.of(self.call) {
            trace::in_doubt(cause);
            self.session.announce(&Event::OutcomeUnknown { key: self.call.key().cloned() });
        }
    }
}
