//! A host without a socket.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use secureflows::{
    Host,
    host::{BoxFuture, Request, Response, SendError},
};
use secureflows_mock::{RouterHost, World};

use crate::leaks;

/// The way straight into a world, which notes the secrets that pass.
#[derive(Debug)]
pub struct Indoors {
    inner: RouterHost,
    answered: AtomicUsize,
}

impl Indoors {
    /// The way into `world`.
    #[must_use]
    pub fn new(world: &World) -> Self {
        leaks::listen();
        Self { inner: world.host(), answered: AtomicUsize::new(0) }
    }

    /// How many requests have been answered so far.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::SeqCst)
    }
}

impl Host for Indoors {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        leaks::note_request(&request);
        Box::pin(async move {
            let answer = self.inner.send(request).await;
            self.answered.fetch_add(1, Ordering::SeqCst);
            answer
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.inner.sleep(time)
    }

    fn now(&self) -> u64 {
        self.inner.now()
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
