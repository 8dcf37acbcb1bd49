//! A host that is the native one, but for what a scenario does to it.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use secureflows::{
    Error, Host, NativeHost,
    host::{BoxFuture, Request, Response, SendError},
};
use tokio::sync::oneshot;

use crate::leaks;

/// The native host, with a plug to pull, a clock to turn and answers to hold back.
#[derive(Debug)]
pub struct Wire {
    inner: NativeHost,
    down: AtomicBool,
    sent: AtomicUsize,
    ahead: AtomicU64,
    held: AtomicUsize,
    holds: Mutex<VecDeque<oneshot::Receiver<()>>>,
}

impl Wire {
    /// A wire that works.
    ///
    /// # Errors
    /// As [`NativeHost::new`].
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            inner: NativeHost::new()?,
            down: AtomicBool::new(false),
            sent: AtomicUsize::new(0),
            ahead: AtomicU64::new(0),
            held: AtomicUsize::new(0),
            holds: Mutex::default(),
        })
    }

    /// Pulls the plug, or puts it back: no connection can be made while it is out.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// How many requests went out so far.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    /// Turns this device's clock forward.
    pub fn turn_clock(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead.fetch_add(millis, Ordering::SeqCst);
    }

    /// How many answers have been held back so far.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.load(Ordering::SeqCst)
    }

    /// Holds back the answer to the next request until the hold is dropped.
    pub fn hold_next(&self) -> Hold {
        let (release, held) = oneshot::channel();
        self.holds.lock().unwrap_or_else(PoisonError::into_inner).push_back(held);
        Hold { _release: release }
    }
}

/// An answer that is held back as long as this is kept.
#[derive(Debug)]
#[must_use = "the answer is let go when this is dropped"]
pub struct Hold {
    _release: oneshot::Sender<()>,
}

impl Host for Wire {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(async move {
            if self.down.load(Ordering::SeqCst) {
                return Err(SendError::Unreachable);
            }
            self.sent.fetch_add(1, Ordering::SeqCst);
            leaks::note_request(&request);
            let hold = self.holds.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let answer = self.inner.send(request).await;
            if let Some(hold) = hold {
                self.held.fetch_add(1, Ordering::SeqCst);
                // It ends with an error when the other side is dropped: that is the signal.
                let _released = hold.await;
            }
            answer
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.inner.sleep(time)
    }

    fn now(&self) -> u64 {
        self.inner.now() + self.ahead.load(Ordering::SeqCst)
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        self.inner.random(bytes)
    }

    fn keep(&self, state: &str, record: &str) -> bool {
        self.inner.keep(state, record)
    }

    fn take(&self, state: &str) -> Option<String> {
        self.inner.take(state)
    }
}
