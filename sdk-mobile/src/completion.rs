//! The other half of foreign work: it takes the result, and tells when nobody waits any more.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll},
};

use futures_channel::oneshot;

use crate::HostFailure;

/// What stops foreign work under way.
#[uniffi::export(foreign)]
pub trait CancelHandle: Send + Sync {
    /// Stops the work: nobody waits for it. Called once at most.
    ///
    /// # Errors
    /// What the foreign code throws; it changes nothing.
    fn cancel(&self) -> Result<(), HostFailure>;
}

/// Takes one result of foreign work.
pub(crate) struct Completion<T>(Mutex<State<T>>);

enum State<T> {
    Awaited { to: oneshot::Sender<T>, handle: Option<Arc<dyn CancelHandle>> },
    Cancelled,
    Done,
}

impl<T> Completion<T> {
    /// A completion and the future of its result: `None` when the foreign side let go of it first.
    pub(crate) fn new() -> (Arc<Self>, Awaited<T>) {
        let (to, result) = oneshot::channel();
        let completion = Arc::new(Self(Mutex::new(State::Awaited { to, handle: None })));
        let awaited = Awaited { result, completion: Arc::downgrade(&completion) };
        (completion, awaited)
    }

    /// Takes the result; a second one is ignored.
    pub(crate) fn complete(&self, result: T) {
        let state = self.step(|state| match state {
            State::Cancelled => State::Cancelled,
            State::Awaited { .. } | State::Done => State::Done,
        });
        if let State::Awaited { to, .. } = state {
            // It fails when nobody waits, and then nobody misses it.
            let _unwanted = to.send(result);
        }
    }

    /// Keeps what stops the work; where it is too late for that, stops it at once.
    pub(crate) fn on_cancel(&self, handle: Arc<dyn CancelHandle>) {
        let mut late = None;
        {
            let mut state = self.lock();
            match &mut *state {
                State::Awaited { handle: kept, .. } => *kept = Some(handle),
                State::Cancelled => late = Some(handle),
                State::Done => {}
            }
        }
        stop(late);
    }

    fn cancel(&self) {
        let state = self.step(|state| match state {
            State::Done => State::Done,
            State::Awaited { .. } | State::Cancelled => State::Cancelled,
        });
        if let State::Awaited { handle, .. } = state {
            stop(handle);
        }
    }

    /// Goes to the next state; gives the one before, to be used when no lock is held.
    fn step(&self, next: impl FnOnce(&State<T>) -> State<T>) -> State<T> {
        let mut state = self.lock();
        let next = next(&state);
        std::mem::replace(&mut *state, next)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stop(handle: Option<Arc<dyn CancelHandle>>) {
    if let Some(handle) = handle {
        // What could not be stopped is not waited for either.
        let _failed = handle.cancel();
    }
}

/// The result to come. Dropping it stops the work.
pub(crate) struct Awaited<T> {
    result: oneshot::Receiver<T>,
    /// Weak, so that a foreign side that lets go of its half is noticed.
    completion: Weak<Completion<T>>,
}

impl<T> Future for Awaited<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        Pin::new(&mut self.result).poll(cx).map(Result::ok)
    }
}

impl<T> Drop for Awaited<T> {
    fn drop(&mut self) {
        if let Some(completion) = self.completion.upgrade() {
            completion.cancel();
        }
    }
}
