//! Whose turn it is: writes to one key go out one after the other, in the order in which they were
//! begun. Whoever gives up waiting, or is dropped while it is its turn, leaves nothing behind.

#[cfg(feature = "elsewhere")]
use std::sync::{Arc, Weak};
use std::{
    future::poll_fn,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use super::keyed::Keyed;
use crate::protocol::call::Key;

/// The queues of all keys that somebody writes to.
#[derive(Default)]
pub(super) struct Turns(Mutex<Queues>);

#[derive(Default)]
struct Queues {
    waiting: Keyed<Vec<Place>>,
    last: u64,
    #[cfg(feature = "elsewhere")]
    logs: Vec<Weak<Mutex<Keyed<()>>>>,
}

struct Place {
    number: u64,
    waker: Option<Waker>,
}

/// A place in the queue of one key, given up when it is dropped.
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    key: &'a Key,
    number: u64,
}

/// The keys that this client wrote to, or was about to, as long as this was kept.
#[cfg(feature = "elsewhere")]
pub(crate) struct OwnWrites(Arc<Mutex<Keyed<()>>>);

impl Turns {
    /// Takes the last place in the queue of `key`.
    pub(super) fn queue<'a>(&'a self, key: &'a Key) -> Turn<'a> {
        let mut queues = self.lock();
        queues.last += 1;
        let number = queues.last;
        #[cfg(feature = "elsewhere")]
        queues.logs.retain(|log| {
            let Some(log) = log.upgrade() else { return false };
            lock(&log).get_or_insert(key, || ());
            true
        });
        let place = Place { number, waker: None };
        if let Some(queue) = queues.waiting.get_or_insert(key, Vec::new) {
            queue.push(place);
        }
        Turn { turns: self, key, number }
    }

    /// Notes from now on which keys this client writes to, beginning with those it is about to.
    #[cfg(feature = "elsewhere")]
    pub(super) fn own_writes(&self) -> OwnWrites {
        let mut queues = self.lock();
        let mut begun = Keyed::default();
        for (key, _) in queues.waiting.iter() {
            begun.get_or_insert(key, || ());
        }
        let log = Arc::new(Mutex::new(begun));
        queues.logs.push(Arc::downgrade(&log));
        OwnWrites(log)
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        lock(&self.0)
    }
}

impl Turn<'_> {
    /// Waits until all who came before are done.
    pub(crate) async fn come(&self) {
        poll_fn(|cx| self.poll(cx)).await;
    }

    pub(super) fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        // Cloning a waker runs foreign code, so it is done before the lock.
        let waker = cx.waker().clone();
        let mut queues = self.turns.lock();
        let Some(queue) = queues.waiting.get_mut(self.key.as_str()) else {
            return Poll::Ready(());
        };
        if queue.first().is_none_or(|first| first.number == self.number) {
            return Poll::Ready(());
        }
        if let Some(place) = queue.iter_mut().find(|place| place.number == self.number) {
            place.waker = Some(waker);
        }
        Poll::Pending
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let next = {
            let mut queues = self.turns.lock();
            let Some(queue) = queues.waiting.get_mut(self.key.as_str()) else { return };
            queue.retain(|place| place.number != self.number);
            let next = queue.first_mut().and_then(|place| place.waker.take());
            if queue.is_empty() {
                queues.waiting.remove(self.key.as_str());
            }
            next
        };
        if let Some(waker) = next {
            waker.wake();
        }
    }
}

#[cfg(feature = "elsewhere")]
impl OwnWrites {
    pub(crate) fn contains(&self, key: &str) -> bool {
        lock(&self.0).get(key).is_some()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, task::noop_waker_ref};

    use super::*;

    fn key(text: &str) -> Key {
        Key::parse(text).unwrap()
    }

    fn is_up(turn: &Turn<'_>) -> bool {
        let mut come = Box::pin(turn.come());
        come.poll_unpin(&mut Context::from_waker(noop_waker_ref())).is_ready()
    }

    #[test]
    fn first_come_first_served_and_keys_do_not_wait_for_each_other() {
        let (turns, a, b) = (Turns::default(), key("a"), key("b"));
        let (first, second, third) = (turns.queue(&a), turns.queue(&a), turns.queue(&a));
        let other = turns.queue(&b);
        assert!(is_up(&first) && is_up(&other));
        assert!(!is_up(&second) && !is_up(&third));
        drop(first);
        assert!(is_up(&second) && !is_up(&third));
    }

    #[test]
    fn whoever_gives_up_holds_nobody_up() {
        let (turns, a) = (Turns::default(), key("a"));
        let (first, second, third) = (turns.queue(&a), turns.queue(&a), turns.queue(&a));
        assert!(!is_up(&second));
        drop(second);
        assert!(!is_up(&third));
        drop(first);
        assert!(is_up(&third));
        drop(third);
        assert!(turns.lock().waiting.iter().next().is_none(), "nothing is left behind");
    }

    #[cfg(feature = "elsewhere")]
    #[test]
    fn own_writes_are_noted_while_somebody_asks() {
        let (turns, a, b, c) = (Turns::default(), key("a"), key("b"), key("c"));
        drop(turns.queue(&c));
        let waiting = turns.queue(&a);
        let own = turns.own_writes();
        drop(waiting);
        drop(turns.queue(&b));
        assert!(own.contains("a") && own.contains("b") && !own.contains("c"));
        drop(own);
        drop(turns.queue(&b));
        assert!(turns.lock().logs.is_empty());
    }
}
