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

use crate::chance::Chance;

/// A way into the platform, with mischief drawn from a seed of its own.
pub(crate) struct Unruly {
    inner: Arc<dyn Host>,
    seed: AtomicU64,
}

impl Unruly {
    pub(crate) fn new(inner: Arc<dyn Host>, seed: u64) -> Arc<Self> {
        Arc::new(Self { inner, seed: AtomicU64::new(seed) })
    }
}

impl Host for Unruly {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        let chance = Chance::new(self.seed.fetch_add(1, Ordering::Relaxed) << 16);
        let (before, after) = (chance.below(20), chance.below(20));
        let mischief = chance.below(60);
        let timeout = request.timeout();
        Box::pin(async move {
            self.inner.sleep(Duration::from_millis(before)).await;
            match mischief {
                0 => return Err(SendError::Unreachable),
                1 => {
                    self.inner.sleep(timeout).await;
                    return Err(SendError::TimedOut);
                }
                _ => {}
            }
            let answer = self.inner.send(request).await;
            self.inner.sleep(Duration::from_millis(after)).await;
            match mischief {
                2 => Err(SendError::Interrupted),
                3 => Err(SendError::TimedOut),
                _ => answer,
            }
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

    fn keep(&self, name: &str, record: &str) -> bool {
        self.inner.keep(name, record)
    }

    fn take(&self, name: &str) -> Option<String> {
        self.inner.take(name)
    }
}
