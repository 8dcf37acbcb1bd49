//! The one road of a call: token → send → verdict → retry or re-login → answer.
//!
//! The same code runs natively, in a browser and on phones; what differs is the [`Host`].

mod errand;
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

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use errand::Errand;
pub use events::{Event, Events};
use flight::Flight;
use gate::Gate;
use known::Moment;
pub use known::WatchRaw;
pub(crate) use line::{Answered, Line};
pub use login::SignIn;
use session::{Passage, Session};
#[cfg(feature = "elsewhere")]
pub(crate) use turns::OwnWrites;
pub(crate) use turns::Turn;
use turns::Turns;

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

    #[cfg(feature = "elsewhere")]
    pub(crate) fn own_writes(&self) -> OwnWrites {
        self.turns.own_writes()
    }

    /// Takes `call` to the platform and brings its answer; `None` when there is nothing there.
    /// Writes to one key go one after the other.
    pub(crate) fn call<'a>(
        self: &'a Arc<Self>,
        call: &'a Call,
    ) -> BoxFuture<'a, Result<Option<Accepted>, Error>> {
        self.errand(call, None)
    }

    /// As [`call`](Self::call), for the user of `era`, by somebody whose turn it is.
    pub(crate) fn call_in<'a>(
        self: &'a Arc<Self>,
        era: Era,
        call: &'a Call,
    ) -> BoxFuture<'a, Result<Option<Accepted>, Error>> {
        self.errand(call, Some(era))
    }

    fn errand<'a>(
        self: &'a Arc<Self>,
        call: &'a Call,
        era: Option<Era>,
    ) -> BoxFuture<'a, Result<Option<Accepted>, Error>> {
        Box::pin(trace::in_call(call.endpoint(), Errand::new(self, call, era)))
    }

    /// Signs out: here at once, then there.
    pub(crate) async fn logout(&self) -> Result<(), Error> {
        let (generation, token) =
            self.session.with(|machine| (machine.generation(), machine.sign_out()));
        let Some(token) = token else { return Ok(()) };
        let (call, bearer) = (Call::logout(), Some(token.bearer().clone()));
        let told = self.gate.line.exchange(&call, bearer, generation, &self.session);
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

    /// Takes in what the answer to `call` tells, `None` for nothing there, and whether it is to be asked who is
    /// signed in. An error when the user is another by now: what was read, or was not there, is not for them.
    fn heard(
        &self,
        call: &Call,
        permit: Permit,
        sent: Moment,
        answer: Option<&Accepted>,
    ) -> Result<bool, Error> {
        self.session.answered(call, permit, sent, answer, |machine| {
            note_success(machine, permit, answer);
            if machine.era() != permit.era && call.endpoint().repeat == Repeat::Read {
                return Err(machine.era_ended());
            }
            // Only a re-login has to know.
            let may_ask = answer.is_some() && self.gate.can_relogin();
            Ok(may_ask && machine.wants_to_know_who(permit))
        })
    }

    /// Takes in what a failure tells of the session.
    fn failed(&self, call: &Call, permit: Permit, error: &Error) {
        self.session.with(|machine| match error {
            Error::Locked => machine.set_locked(permit, true),
            Error::OutcomeUnknown { .. } if call.endpoint().answer == Answer::Revoked => {
                machine.revoke_in_doubt(permit);
            }
            _ => {}
        });
    }

    /// How a call of `era` goes out, as soon as that can be told; `flight` is the re-login that it waits for.
    fn pass(
        self: &Arc<Self>,
        era: Era,
        flight: &mut Option<Flight>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(SessionToken, Permit, Moment), Error>> {
        loop {
            if let Some(waiting) = flight {
                let landing = ready!(Pin::new(waiting).poll(cx));
                *flight = None;
                landing?;
            }
            let can_relogin = self.gate.can_relogin();
            let passage = self.session.pass(era, can_relogin, |id, dead| self.relogin(id, dead));
            match passage {
                Passage::Send(token, permit, sent) => {
                    return Poll::Ready(Ok((token, permit, sent)));
                }
                Passage::Wait(landing) => {
                    trace::waiting_for_login();
                    *flight = Some(landing);
                }
                Passage::Refuse(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

fn note_success(machine: &mut Machine, permit: Permit, answer: Option<&Accepted>) {
    match answer {
        Some(Accepted::Revoked) => machine.destroyed(permit),
        Some(Accepted::Identity(identity)) => {
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
