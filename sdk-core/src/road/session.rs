//! The sign-in machine shared by all calls of a client. Every transition is one short lock; what
//! it sets off, events and wake-ups and the end of a re-login that nobody wants, comes after.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
};

use crate::{
    error::Error,
    protocol::{
        call::{Call, Key},
        session::{Admission, Change, Era, FlightId, Machine, Permit},
        verdict::Accepted,
    },
    road::{
        events::{Event, Events, Watchers},
        flight::Flight,
        known::{Known, Moment, WatchRaw},
        line::Noted,
    },
    secret::SessionToken,
    trace,
};

/// How a call goes on.
pub(super) enum Passage {
    /// With this token, from this moment on.
    Send(SessionToken, Permit, Moment),
    /// After this re-login.
    Wait(Flight),
    /// Not at all.
    Refuse(Error),
}

#[derive(Default)]
pub(super) struct Session(Mutex<Inner>);

impl Noted for Session {
    fn note(&self, event: &Event) {
        self.announce(event);
    }
}

#[derive(Default)]
struct Inner {
    machine: Machine,
    relogin: Option<(FlightId, Flight)>,
    watchers: Watchers,
    known: Known,
}

impl Session {
    /// Does `step`, then tells everybody what changed.
    pub(super) fn with<T>(&self, step: impl FnOnce(&mut Machine) -> T) -> T {
        self.with_event(|machine| (step(machine), None))
    }

    /// As [`with`](Self::with), for a step that is an event itself, told after what it changed.
    pub(super) fn with_event<T>(&self, step: impl FnOnce(&mut Machine) -> (T, Option<Event>)) -> T {
        let mut inner = self.lock();
        let (result, event) = step(&mut inner.machine);
        let aftermath = inner.aftermath(event);
        drop(inner);
        aftermath.happen();
        result
    }

    /// Asks the machine how a call of `era` goes on; `start` makes the one re-login, with the
    /// token that died.
    pub(super) fn pass(
        &self,
        era: Era,
        can_relogin: bool,
        start: impl FnOnce(FlightId, Option<SessionToken>) -> Flight,
    ) -> Passage {
        let mut inner = self.lock();
        let passage = match inner.machine.admit(era, can_relogin) {
            Admission::Send(token, permit) => Passage::Send(token, permit, inner.known.moment()),
            Admission::Refuse(error) => Passage::Refuse(error),
            Admission::Lead(flight) | Admission::Join(flight) => {
                let dead = inner.machine.renewable().cloned();
                let relogin = inner.relogin.get_or_insert_with(|| (flight, start(flight, dead)));
                Passage::Wait(relogin.1.clone())
            }
        };
        let aftermath = inner.aftermath(None);
        drop(inner);
        aftermath.happen();
        passage
    }

    /// As [`with`](Self::with), with what the answer to `call` shows of the user's data.
    pub(super) fn answered<T>(
        &self,
        call: &Call,
        permit: Permit,
        sent: Moment,
        answer: Option<&Accepted>,
        step: impl FnOnce(&mut Machine) -> T,
    ) -> T {
        let mut inner = self.lock();
        let wakers = inner.known.take_in(permit.era, call, sent, answer);
        let result = step(&mut inner.machine);
        let aftermath = inner.aftermath(None);
        drop(inner);
        aftermath.happen();
        wakers.into_iter().for_each(Waker::wake);
        result
    }

    /// The size of the payload with `value` under `key`, as far as it is known here.
    #[cfg(feature = "budget")]
    pub(super) fn size_with(&self, key: &Key, value: &str) -> Option<usize> {
        self.lock().known.size_with(key, value)
    }

    pub(super) fn watch(&self, key: &Key) -> WatchRaw {
        self.lock().known.watch(key)
    }

    pub(super) fn announce(&self, event: &Event) {
        let wakers = self.lock().watchers.queue(event);
        wakers.into_iter().for_each(Waker::wake);
    }

    pub(super) fn subscribe(&self) -> Events {
        self.lock().watchers.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Queues what changed, in its order, and takes away a re-login that is over or unwanted.
    fn aftermath(&mut self, event: Option<Event>) -> Aftermath {
        let mut wakers = self.known.keep_to(self.machine.era());
        let changes = self.machine.take_changes();
        for event in changes.iter().copied().map(Event::from).chain(event) {
            wakers.extend(self.watchers.queue(&event));
        }
        let flight = self.machine.flight();
        let over = self.relogin.take_if(|(running, _)| Some(*running) != flight);
        Aftermath { changes, wakers, over: over.map(|(_, relogin)| relogin) }
    }
}

/// What runs foreign code, and so waits until no lock is held.
struct Aftermath {
    changes: Vec<Change>,
    wakers: Vec<Waker>,
    over: Option<Flight>,
}

impl Aftermath {
    fn happen(self) {
        self.changes.into_iter().for_each(trace::changed);
        if let Some(relogin) = &self.over {
            relogin.give_up();
        }
        self.wakers.into_iter().for_each(Waker::wake);
    }
}
