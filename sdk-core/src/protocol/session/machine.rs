//! The machine itself: what is at hand, and every transition.

use crate::{
    error::{DataState, Error, SignedOutReason},
    protocol::{
        session::{Change, FlightId, Generation, Status},
        verdict::Dead,
    },
    secret::SessionToken,
};

/// Which user, as far as one can tell: it ends with a sign-out and with anybody else's sign-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Era(u64);

/// What a call was sent with: its answer counts for that token and that user only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The generation of the token.
    pub generation: Generation,
    /// The era of the user.
    pub era: Era,
}

/// What a call may do now.
#[derive(Debug, PartialEq, Eq)]
pub enum Admission {
    /// Go out with this token.
    Send(SessionToken, Permit),
    /// Wait for the re-login under way, then ask again.
    Join(FlightId),
    /// Start the one re-login, then ask again.
    Lead(FlightId),
    /// Fail.
    Refuse(Error),
}

/// The state of one client's sign-in.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    live: Option<Live>,
    ended: Option<Ended>,
    user: Option<String>,
    era: Era,
    generation: Generation,
    asked_who: Generation,
    logging_in: bool,
    flight: Option<FlightId>,
    flights: u64,
    revoke_in_doubt: bool,
    dead: Option<SessionToken>,
    untold: Option<SessionToken>,
    changes: Vec<Change>,
}

#[derive(Clone, Debug)]
struct Live {
    token: SessionToken,
    locked: bool,
}

#[derive(Clone, Copy, Debug)]
struct Ended {
    reason: SignedOutReason,
    data: DataState,
    renewable: bool,
}

impl Ended {
    const NEVER_BEGUN: Self =
        Self { reason: SignedOutReason::NeverSignedIn, data: DataState::Unknown, renewable: false };
}

impl Machine {
    /// Whether somebody is signed in.
    #[must_use]
    pub fn status(&self) -> Status {
        if let Some(live) = &self.live {
            return if live.locked { Status::Locked } else { Status::SignedIn };
        }
        if self.logging_in || self.flight.is_some() {
            return Status::SigningIn;
        }
        match self.ended() {
            Ended { reason, data, renewable: true } => Status::Expired { reason, data },
            Ended { reason, data, renewable: false } => Status::SignedOut { reason, data },
        }
    }

    /// The era that a call beginning now belongs to.
    #[must_use]
    pub const fn era(&self) -> Era {
        self.era
    }

    /// The error of a call that finds nobody signed in.
    #[must_use]
    pub fn signed_out(&self) -> Error {
        let Ended { reason, data, .. } = self.ended();
        Error::SignedOut { reason, data }
    }

    /// The error of a call whose era has ended.
    #[must_use]
    pub fn era_ended(&self) -> Error {
        let nobody = self.live.is_none() && !self.ended().renewable;
        if nobody { self.signed_out() } else { Error::UserChanged }
    }

    /// The re-login under way, where there is one.
    #[must_use]
    pub const fn flight(&self) -> Option<FlightId> {
        self.flight
    }

    /// The generation of the newest token.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// The id of the user at hand, where it is known.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The live token and what it permits, where there is one.
    #[must_use]
    pub fn token(&self) -> Option<(&SessionToken, Permit)> {
        self.live.as_ref().map(|live| (&live.token, self.permit()))
    }

    /// The token, dead or alive, whose session a login may renew: none after a sign-out
    /// (contract, ruling 5).
    #[must_use]
    pub fn renewable(&self) -> Option<&SessionToken> {
        self.live.as_ref().map(|live| &live.token).or(self.dead.as_ref())
    }

    /// What a call that began in `era` may do now; `can_relogin` when the app provided for it.
    pub fn admit(&mut self, era: Era, can_relogin: bool) -> Admission {
        if era != self.era {
            return Admission::Refuse(self.era_ended());
        }
        if let Some(live) = &self.live {
            return Admission::Send(live.token.clone(), self.permit());
        }
        if let Some(flight) = self.flight {
            return Admission::Join(flight);
        }
        if !self.ended().renewable || !can_relogin {
            return Admission::Refuse(self.signed_out());
        }
        self.transition(|machine| {
            machine.flights += 1;
            let flight = FlightId(machine.flights);
            machine.flight = Some(flight);
            Admission::Lead(flight)
        })
    }

    /// The app sends its user to hosted login. A live token stays: the navigation may be blocked.
    pub fn begin_login(&mut self) {
        self.transition(|machine| machine.logging_in = true);
    }

    /// The login that was begun brings no token: it was refused or given up.
    pub fn login_failed(&mut self) {
        self.transition(|machine| machine.logging_in = false);
    }

    /// A token has arrived, with the user's id where it is known; its callback came in `era`.
    ///
    /// `false`, and nothing changes, when the user signed out between the callback and this: a
    /// sign-out is not undone.
    pub fn arrived(&mut self, token: SessionToken, user: Option<String>, era: Era) -> bool {
        if era != self.era {
            return false;
        }
        self.take_in(token, user);
        true
    }

    /// A token arrived from the re-login `flight`; as [`arrived`](Self::arrived).
    pub fn landed(&mut self, flight: FlightId, token: SessionToken, user: Option<String>) -> bool {
        if self.flight != Some(flight) {
            return false;
        }
        self.take_in(token, user);
        true
    }

    /// The re-login `flight` brought no token; the next call may start another. Gives the error of
    /// the calls that waited for it, or `None` when something else happened meanwhile and they are
    /// to ask again.
    pub fn crashed(&mut self, flight: FlightId) -> Option<Error> {
        if self.flight != Some(flight) {
            return None;
        }
        self.transition(|machine| machine.flight = None);
        Some(self.signed_out())
    }

    /// A token turned out to be dead. Nothing changes when it is not the newest. Of one that is
    /// known to be dead already, worse news of the data are taken in.
    pub fn died(&mut self, dead: Dead) {
        if dead.generation() != self.generation {
            return;
        }
        let data = self.unless_in_doubt(dead.data());
        self.transition(|machine| match (machine.live.take(), &mut machine.ended) {
            (Some(live), ended) => {
                *ended = Some(Ended { reason: dead.reason(), data, renewable: true });
                machine.dead = Some(live.token);
                machine.logging_in = false;
            }
            (None, Some(ended)) if ended.data == DataState::Intact => ended.data = data,
            (None, _) => {}
        });
    }

    /// The platform says that the workspace is locked, or (`false`) answers again.
    pub fn set_locked(&mut self, permit: Permit, locked: bool) {
        if permit == self.permit() {
            self.transition(|machine| {
                if let Some(live) = &mut machine.live {
                    live.locked = locked;
                }
            });
        }
    }

    /// The platform told who is signed in.
    pub fn learned(&mut self, permit: Permit, user: &str) {
        if permit == self.permit() && self.live.is_some() && self.user.is_none() {
            self.user = Some(user.to_owned());
        }
    }

    /// Whether to ask the platform who is behind `permit`: once a token, while it is not known.
    pub fn wants_to_know_who(&mut self, permit: Permit) -> bool {
        let wants = permit == self.permit()
            && self.live.is_some()
            && self.user.is_none()
            && self.asked_who != self.generation;
        if wants {
            self.asked_who = self.generation;
        }
        wants
    }

    /// The data may have been destroyed from here: no answer told.
    pub fn revoke_in_doubt(&mut self, permit: Permit) {
        if permit == self.permit() {
            self.revoke_in_doubt = true;
        }
    }

    /// The app signs its user out: at once, whatever is under way. The token, live or left over
    /// from a sign-out that the platform was not told of, is handed out to tell it.
    pub fn sign_out(&mut self) -> Option<SessionToken> {
        let data = match self.live {
            Some(_) => self.unless_in_doubt(DataState::Intact),
            None => self.ended().data,
        };
        self.end(SignedOutReason::ByUser, data);
        self.untold.clone()
    }

    /// The platform knows of the sign-out with `token`.
    pub fn told(&mut self, token: &SessionToken) {
        if self.untold.as_ref() == Some(token) {
            self.untold = None;
        }
    }

    /// This client destroyed the session behind `permit`, and the data with it.
    pub fn destroyed(&mut self, permit: Permit) {
        if permit.era == self.era {
            self.end(SignedOutReason::Destroyed, DataState::Destroyed);
            self.untold = None;
        } else if let (None, Some(ended), true) =
            (&self.live, &mut self.ended, permit.generation == self.generation)
        {
            // The user signed out while the request was on its way.
            ended.data = DataState::Destroyed;
        }
    }

    /// The changes since the last time, oldest first.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    fn ended(&self) -> Ended {
        self.ended.unwrap_or(Ended::NEVER_BEGUN)
    }

    const fn unless_in_doubt(&self, data: DataState) -> DataState {
        if self.revoke_in_doubt { DataState::Unknown } else { data }
    }

    const fn permit(&self) -> Permit {
        Permit { generation: self.generation, era: self.era }
    }

    fn take_in(&mut self, token: SessionToken, user: Option<String>) {
        let same = user.is_some() && user == self.user;
        // After a sign-out, and at the very first, an era has begun already.
        let fresh = self.live.is_none() && !self.ended().renewable;
        if !same && !fresh {
            self.era.0 += 1;
            self.changes.push(Change::UserChanged);
        }
        self.transition(|machine| {
            machine.generation.0 += 1;
            machine.user = user;
            machine.live = Some(Live { token, locked: false });
            machine.ended = None;
            machine.logging_in = false;
            machine.revoke_in_doubt = false;
            machine.flight = None;
            machine.dead = None;
            machine.untold = None;
        });
    }

    fn end(&mut self, reason: SignedOutReason, data: DataState) {
        self.transition(|machine| {
            machine.era.0 += 1;
            machine.user = None;
            machine.logging_in = false;
            machine.flight = None;
            machine.dead = None;
            if let Some(live) = machine.live.take() {
                machine.untold = Some(live.token);
            }
            machine.ended = Some(Ended { reason, data, renewable: false });
        });
    }

    /// Does `step`, and notes the status when it is another one afterwards.
    fn transition<T>(&mut self, step: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.status();
        let result = step(self);
        let after = self.status();
        if before != after {
            self.changes.push(Change::Status(after));
        }
        result
    }
}
