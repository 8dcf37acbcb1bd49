//! The way from a client to the instances.

use std::{sync::Arc, time::Duration};

use secureflows::{
    Host, NativeHost,
    host::{BoxFuture, LoginRecords, Request, Response, SendError},
};
use tokio::time::timeout;

use super::span;

/// Real connections, shared as those of one process are, and time that goes quicker.
pub(super) struct Way {
    native: Arc<NativeHost>,
    records: LoginRecords,
}

impl Way {
    pub(super) fn new(native: Arc<NativeHost>) -> Self {
        Self { native, records: LoginRecords::default() }
    }
}

impl Host for Way {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        let patience = span(request.timeout());
        Box::pin(async move {
            let answer = timeout(patience, self.native.send(request)).await;
            answer.unwrap_or(Err(SendError::TimedOut))
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span(time)))
    }

    fn now(&self) -> u64 {
        self.native.now()
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        self.native.random(bytes)
    }

    fn keep(&self, state: &str, record: &str) -> bool {
        self.records.keep(state, record);
        true
    }

    fn take(&self, state: &str) -> Option<String> {
        self.records.take(state)
    }
}
