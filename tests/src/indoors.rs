//! A host without a socket.

use std::time::Duration;

use secureflows::{
    Host,
    host::{BoxFuture, Request, Response, SendError},
};
use secureflows_mock::{RouterHost, World};

use crate::leaks;

/// The way straight into a world, which notes the secrets that pass.
#[derive(Debug)]
pub struct Indoors(RouterHost);

impl Indoors {
    /// The way into `world`.
    #[must_use]
    pub fn new(world: &World) -> Self {
        leaks::listen();
        Self(world.host())
    }
}

impl Host for Indoors {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        leaks::note_request(&request);
        self.0.send(request)
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(time)
    }

    fn now(&self) -> u64 {
        self.0.now()
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        self.0.random(bytes)
    }

    fn keep(&self, state: &str, record: &str) -> bool {
        self.0.keep(state, record)
    }

    fn take(&self, state: &str) -> Option<String> {
        self.0.take(state)
    }
}
