//! What an app can watch: every change of the sign-in, in order.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, Weak},
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures_util::{Stream, future::poll_fn};

use crate::{
    error::{Cause, Error},
    protocol::{
        call::Key,
        session::{Change, Status},
    },
};

/// How many events wait for a reader that does not come; older ones give way.
const LONGEST_QUEUE: usize = 1024;

/// Something that happened to a client, told after it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The sign-in has another status.
    Status(Status),
    /// Somebody else, or nobody known, signed in: drop what was read for the user before.
    UserChanged,
    /// A re-login brought no token; the calls that waited for it failed.
    LoginFailed(Error),
    /// A call failed in passing and will be sent again.
    Retrying {
        /// Which attempt failed, from 1.
        attempt: u32,
        /// Why.
        cause: Cause,
        /// How long until the next.
        wait: Duration,
    },
    /// A call failed in passing and was not sent again, since the client's reserve of repeats is
    /// used up ([`RetryPolicy::budget`](crate::RetryPolicy::budget)).
    RetriesSpent {
        /// Why it failed.
        cause: Cause,
    },
    /// A call was dropped after its request may have gone out: it cannot be called back, and may or
    /// may not take effect. To anybody who waits for it this is [`Error::OutcomeUnknown`].
    OutcomeUnknown {
        /// The key that it wrote or removed; `None` for a call that has no key.
        key: Option<Key>,
    },
}

impl From<Change> for Event {
    fn from(change: Change) -> Self {
        match change {
            Change::Status(status) => Self::Status(status),
            Change::UserChanged => Self::UserChanged,
        }
    }
}

/// The events of a client from the moment it was asked for them: a [`Stream`], and
/// [`next`](Self::next) for those who need no more.
///
/// It ends when the client is gone. A reader that falls 1024 events behind loses the oldest, retries before all else.
#[derive(Debug)]
pub struct Events {
    queue: Arc<Mutex<Queue>>,
}

impl Events {
    /// Waits for the next event; `None` when the client is gone.
    pub async fn next(&mut self) -> Option<Event> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// The next event that is there already.
    pub fn try_next(&mut self) -> Option<Event> {
        lock(&self.queue).take()
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        // Cloning a waker runs foreign code, so it is done before the lock.
        let waker = cx.waker().clone();
        let mut queue = lock(&self.queue);
        match queue.take() {
            None if !queue.closed => {
                queue.waker = Some(waker);
                Poll::Pending
            }
            event => Poll::Ready(event),
        }
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.poll(cx)
    }
}

#[derive(Debug, Default)]
struct Queue {
    events: Vec<Event>,
    waker: Option<Waker>,
    closed: bool,
}

impl Queue {
    fn take(&mut self) -> Option<Event> {
        (!self.events.is_empty()).then(|| self.events.remove(0))
    }

    /// Queues `event`; when there is no room, what matters least gives way.
    fn push(&mut self, event: Event) {
        if self.events.len() == LONGEST_QUEUE {
            let passing = |event: &Event| {
                matches!(event, Event::Retrying { .. } | Event::RetriesSpent { .. })
            };
            let least = self.events.iter().position(passing).unwrap_or_default();
            self.events.remove(least);
        }
        self.events.push(event);
    }
}

/// Everybody who watches a client.
#[derive(Debug, Default)]
pub(super) struct Watchers(Vec<Weak<Mutex<Queue>>>);

impl Watchers {
    pub(super) fn subscribe(&mut self) -> Events {
        self.0.retain(|watcher| watcher.strong_count() > 0);
        let queue = Arc::new(Mutex::new(Queue::default()));
        self.0.push(Arc::downgrade(&queue));
        Events { queue }
    }

    /// Queues `event` for everybody. The wakers are to be woken once no lock is held.
    pub(super) fn queue(&mut self, event: &Event) -> Vec<Waker> {
        let mut wakers = Vec::new();
        self.0.retain(|watcher| {
            let Some(queue) = watcher.upgrade() else { return false };
            let mut queue = lock(&queue);
            queue.push(event.clone());
            wakers.extend(queue.waker.take());
            true
        });
        wakers
    }
}

impl Drop for Watchers {
    fn drop(&mut self) {
        for queue in self.0.iter().filter_map(Weak::upgrade) {
            let waker = {
                let mut queue = lock(&queue);
                queue.closed = true;
                queue.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

fn lock(queue: &Mutex<Queue>) -> std::sync::MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
