//! A wire that delays, loses and cuts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use secureflows::{
    Host,
    host::{BoxFuture, Request, Response, SendError},
};
use secureflows_mock::World;
use secureflows_tests::Indoors;

use crate::chance::Chance;

/// The way into the world, with mischief drawn from a seed of its own.
pub(crate) struct Unruly {
    inner: Indoors,
    seed: AtomicU64,
}

impl Unruly {
    pub(crate) fn new(world: &World, seed: u64) -> Arc<Self> {
        Arc::new(Self { inner: Indoors::new(world), seed: AtomicU64::new(seed) })
    }
}

impl Host for Unruly {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        let chance = Chance::new(self.seed.fetch_add(1, Ordering::Relaxed) << 16);
        let (before, after) = (chance.below(20), chance.below(20));
        let mischief = chance.below(60);
        let timeout = request.timeout();
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(before)).await;
            match mischief {
                0 => return Err(SendError::Unreachable),
                1 => {
                    tokio::time::sleep(timeout).await;
                    return Err(SendError::TimedOut);
                }
                _ => {}
            }
            let answer = self.inner.send(request).await;
            tokio::time::sleep(Duration::from_millis(after)).await;
            match mischief {
                2 => Err(SendError::Interrupted),
                3 => Err(SendError::TimedOut),
                _ => answer,
            }
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn now(&self) -> u64 {
        self.inner.now()
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        self.inner.random(bytes)
    }

    fn keep(&self, name: &str, record: &str) -> bool {
        self.inner.keep(name, record)
    }

    fn take(&self, name: &str) -> Option<String> {
        self.inner.take(name)
    }
}
