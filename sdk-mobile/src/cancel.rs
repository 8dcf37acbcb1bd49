//! Giving a call up, for languages whose own cancellation does not reach the library.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use futures_util::{
    FutureExt as _,
    future::{Either, select},
    task::AtomicWaker,
};
use secureflows::{Cause, Client, DataState, Error, Event};

use crate::Failure;

/// Gives up the one call that it was given to.
#[derive(Default, uniffi::Object)]
pub struct Cancellation {
    over: AtomicBool,
    waker: AtomicWaker,
}

#[uniffi::export]
impl Cancellation {
    /// For one call.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Gives the call up: its request is stopped. A write that may have gone out fails with an unknown
    /// outcome, all else as cancelled.
    pub fn cancel(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.waker.wake();
    }
}

impl Cancellation {
    async fn called(&self) {
        poll_fn(|cx| {
            self.waker.register(cx.waker());
            if self.over.load(Ordering::SeqCst) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// Runs `call`, which writes to `key` if to anything, to its end or to its cancellation.
pub(crate) async fn run<T>(
    client: &Client,
    cancellation: Option<Arc<Cancellation>>,
    data: DataState,
    call: impl Future<Output = Result<T, Error>>,
    key: Option<&str>,
) -> Result<T, Failure> {
    let Some(cancellation) = cancellation else { return Ok(call.await?) };
    let mut events = client.events();
    {
        let called = pin!(cancellation.called());
        if let Either::Left((answer, _)) = select(pin!(call), called).await {
            return Ok(answer?);
        }
    }
    // The call is dropped by now, and has told whether its request may be out.
    while let Some(Some(event)) = events.next().now_or_never() {
        if let Event::OutcomeUnknown { key: written } = event
            && written.as_ref().map(secureflows::Key::as_str) == key
        {
            return Err(Error::OutcomeUnknown { cause: Cause::Interrupted, data }.into());
        }
    }
    Err(Failure::Cancelled)
}
