//! The sign-in machine shared by all calls of a client. Every transition is one short lock; what
//! it sets off, events and wake-ups, comes after.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::Shared;

use crate::{
    error::Error,
    host::BoxFuture,
    protocol::session::{Admission, Era, FlightId, Machine, Permit},
    road::events::{Event, Events, Watchers},
    secret::SessionToken,
};

/// A re-login under way: whoever waits for it drives it, and it does not stop when one gives up.
pub(super) type Relogin = Shared<BoxFuture<'static, Result<(), Error>>>;

/// How a call goes on.
pub(super) enum Passage {
    /// With this token.
    Send(SessionToken, Permit),
    /// After this re-login.
    Wait(Relogin),
    /// Not at all.
    Refuse(Error),
}

#[derive(Default)]
pub(super) struct Session(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    machine: Machine,
    relogin: Option<(FlightId, Relogin)>,
    watchers: Watchers,
}

impl Inner {
    /// The re-login that goes by `flight`, made by `start` when it is a new one.
    fn relogin(&mut self, flight: FlightId, start: impl FnOnce(FlightId) -> Relogin) -> Relogin {
        match &self.relogin {
            Some((running, relogin)) if *running == flight => relogin.clone(),
            _ => self.relogin.insert((flight, start(flight))).1.clone(),
        }
    }
}

impl Session {
    /// Does `step`, then tells everybody what changed.
    pub(super) fn with<T>(&self, step: impl FnOnce(&mut Machine) -> T) -> T {
        let mut inner = self.lock();
        let result = step(&mut inner.machine);
        Self::tell(inner);
        result
    }

    /// Asks the machine how a call of `era` goes on; `start` makes the one re-login.
    pub(super) fn pass(
        &self,
        era: Era,
        can_relogin: bool,
        start: impl FnOnce(FlightId) -> Relogin,
    ) -> Passage {
        let mut inner = self.lock();
        let passage = match inner.machine.admit(era, can_relogin) {
            Admission::Send(token, permit) => Passage::Send(token, permit),
            Admission::Refuse(error) => Passage::Refuse(error),
            Admission::Lead(flight) | Admission::Join(flight) => {
                Passage::Wait(inner.relogin(flight, start))
            }
        };
        Self::tell(inner);
        passage
    }

    pub(super) fn announce(&self, event: &Event) {
        let wakers = self.lock().watchers.queue(event);
        wakers.into_iter().for_each(std::task::Waker::wake);
    }

    pub(super) fn subscribe(&self) -> Events {
        self.lock().watchers.subscribe()
    }

    /// Queues the changes in their order, and wakes the watchers once the lock is gone.
    fn tell(mut inner: MutexGuard<'_, Inner>) {
        let mut wakers = Vec::new();
        for change in inner.machine.take_changes() {
            wakers.extend(inner.watchers.queue(&change.into()));
        }
        drop(inner);
        wakers.into_iter().for_each(std::task::Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
