//! A host that is the native one, and remembers which statuses came back.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use secureflows::{
    Error, Host, NativeHost,
    host::{BoxFuture, Request, Response, SendError},
};

pub(crate) struct Watch {
    inner: NativeHost,
    seen: Mutex<Vec<u16>>,
}

impl Watch {
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self { inner: NativeHost::new()?, seen: Mutex::default() })
    }

    /// The statuses since the last time.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Host for Watch {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(async move {
            let answer = self.inner.send(request).await;
            if let Ok(response) = &answer {
                self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(response.status());
            }
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
