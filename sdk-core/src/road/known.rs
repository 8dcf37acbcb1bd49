//! What is known of the user's data from the answers that passed, and those who watch it.
//!
//! Answers overtake each other, and nothing on the wire tells which is newer. So requests and answers
//! are counted: what an answer shows is taken in only when its request went out after everything that
//! is known of the key had come in. An answer to a write of this client is always taken in for
//! its own key: writes to one key never overlap.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Waker},
};

use futures_util::{Stream, future::poll_fn};

use super::keyed::Keyed;
use crate::protocol::{
    call::{Call, Key},
    retry::Repeat,
    session::Era,
    verdict::Accepted,
    wire::json,
};

/// When a request went out, counted in requests and answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(u64);

/// The last known values of one user.
#[derive(Debug, Default)]
pub(super) struct Known {
    era: Era,
    now: Moment,
    values: Keyed<Seen>,
    /// Every key that there is, is among the values.
    #[cfg(feature = "budget")]
    whole: bool,
    watchers: Keyed<Vec<Weak<Mutex<Slot>>>>,
}

#[derive(Debug)]
struct Seen {
    value: Option<Box<str>>,
    since: Moment,
}

impl Known {
    /// The moment of a request that goes out now.
    pub(super) fn moment(&mut self) -> Moment {
        self.now.0 += 1;
        self.now
    }

    /// Takes in the answer to `call`, `None` for nothing there, whose request went out at `sent`, for
    /// the user of `era`. The wakers are to be woken once no lock is held.
    pub(super) fn take_in(
        &mut self,
        era: Era,
        call: &Call,
        sent: Moment,
        answer: Option<&Accepted>,
    ) -> Vec<Waker> {
        if era != self.era {
            return Vec::new();
        }
        let here = self.moment();
        let written = call.endpoint().repeat == Repeat::AbsoluteWrite;
        let sent = |own: bool| if own { here } else { sent };
        let mut wakers = Vec::new();
        match (answer, call.key()) {
            (None, Some(key)) => self.see(key, None, sent(false), here, &mut wakers),
            (Some(Accepted::Value(value)), Some(key)) => {
                self.see(key, Some(value), sent(false), here, &mut wakers);
            }
            (Some(Accepted::Existed(_)), Some(key)) => {
                self.see(key, None, sent(true), here, &mut wakers);
            }
            (Some(Accepted::Payload(payload)), own) => {
                let mut members = Keyed::default();
                for (key, raw) in json::object(payload).into_iter().flatten() {
                    let Ok(key) = Key::parse(&key) else { continue };
                    if let Some(value) = members.get_or_insert(&key, || raw) {
                        *value = raw;
                    }
                }
                let known = self.values.iter().map(|(key, _)| key);
                let gone = known.filter(|key| members.get(key.as_str()).is_none());
                for key in gone.cloned().collect::<Vec<_>>() {
                    self.see(&key, None, sent(false), here, &mut wakers);
                }
                for (key, value) in members.iter() {
                    let own = written && own == Some(key);
                    self.see(key, Some(value), sent(own), here, &mut wakers);
                }
                #[cfg(feature = "budget")]
                {
                    self.whole = true;
                }
            }
            _ => {}
        }
        wakers
    }

    /// Forgets what was known of the user before, if it is another `era` now.
    pub(super) fn keep_to(&mut self, era: Era) -> Vec<Waker> {
        if era == self.era {
            return Vec::new();
        }
        self.era = era;
        #[cfg(feature = "budget")]
        {
            self.whole = false;
        }
        self.values.clear();
        let mut wakers = Vec::new();
        for watchers in self.watchers.values_mut() {
            tell(watchers, None, &mut wakers);
        }
        wakers
    }

    /// The size of the payload with `value` under `key`, as far as all of it is known.
    #[cfg(feature = "budget")]
    pub(super) fn size_with(&self, key: &Key, value: &str) -> Option<usize> {
        self.whole.then(|| {
            let others = self.values.iter().filter(|(known, _)| *known != key);
            let others =
                others.filter_map(|(key, seen)| Some((key.as_str(), seen.value.as_deref()?)));
            json::size_of_object(others.chain([(key.as_str(), value)]))
        })
    }

    /// Watches `key`, beginning with what is known of it.
    pub(super) fn watch(&mut self, key: &Key) -> WatchRaw {
        self.watchers.retain(|_, watchers| watchers.iter().any(|it| it.strong_count() > 0));
        let news = self.values.get(key.as_str()).map(|seen| seen.value.clone());
        let slot = Arc::new(Mutex::new(Slot { news, waker: None, closed: false }));
        if let Some(watchers) = self.watchers.get_or_insert(key, Vec::new) {
            watchers.push(Arc::downgrade(&slot));
        }
        WatchRaw { slot }
    }

    fn see(
        &mut self,
        key: &Key,
        value: Option<&str>,
        sent: Moment,
        here: Moment,
        wakers: &mut Vec<Waker>,
    ) {
        match self.values.get_mut(key.as_str()) {
            Some(seen) if sent < seen.since => return,
            Some(seen) => {
                seen.since = here;
                if seen.value.as_deref() == value {
                    return;
                }
                seen.value = value.map(Box::from);
            }
            None => {
                let seen = || Seen { value: value.map(Box::from), since: here };
                self.values.get_or_insert(key, seen);
            }
        }
        if let Some(watchers) = self.watchers.get_mut(key.as_str()) {
            tell(watchers, value, wakers);
        }
    }
}

fn tell(watchers: &mut Vec<Weak<Mutex<Slot>>>, value: Option<&str>, wakers: &mut Vec<Waker>) {
    watchers.retain(|watcher| {
        let Some(slot) = watcher.upgrade() else { return false };
        let mut slot = lock(&slot);
        slot.news = Some(value.map(Box::from));
        wakers.extend(slot.waker.take());
        true
    });
}

impl Drop for Known {
    fn drop(&mut self) {
        for slot in self.watchers.values_mut().flatten().filter_map(|slot| slot.upgrade()) {
            let waker = {
                let mut slot = lock(&slot);
                slot.closed = true;
                slot.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

/// The last known value under one key, as JSON text, and every later one: a [`Stream`], and
/// [`next`](Self::next) for those who need no more.
///
/// It is fed by the answers to this client's own calls; nothing is asked for its sake. `None` says
/// that there is no value, or nobody signed in to whom one belongs. Who reads slowly gets the
/// newest only. It ends when the client is gone.
pub struct WatchRaw {
    slot: Arc<Mutex<Slot>>,
}

#[derive(Debug, Default)]
struct Slot {
    news: Option<Option<Box<str>>>,
    waker: Option<Waker>,
    closed: bool,
}

impl WatchRaw {
    /// Waits for the next value; the outer `None` when the client is gone.
    pub async fn next(&mut self) -> Option<Option<String>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Option<String>>> {
        // Cloning a waker runs foreign code, so it is done before the lock.
        let waker = cx.waker().clone();
        let mut slot = lock(&self.slot);
        match slot.news.take() {
            Some(value) => Poll::Ready(Some(value.map(String::from))),
            None if slot.closed => Poll::Ready(None),
            None => {
                slot.waker = Some(waker);
                Poll::Pending
            }
        }
    }
}

impl Stream for WatchRaw {
    type Item = Option<String>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

/// Shows nothing of the value.
impl std::fmt::Debug for WatchRaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WatchRaw").finish_non_exhaustive()
    }
}

fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn key(text: &str) -> Key {
        Key::parse(text).unwrap()
    }

    fn news(watch: &mut WatchRaw) -> Option<Option<String>> {
        watch.next().now_or_never().flatten()
    }

    fn some(text: &str) -> Option<Option<String>> {
        Some(Some(text.to_owned()))
    }

    fn value(text: &str) -> Accepted {
        Accepted::Value(text.to_owned())
    }

    #[test]
    fn an_answer_that_was_overtaken_is_not_taken_in() {
        let (mut known, read) = (Known::default(), Call::read(key("k")));
        let mut watch = known.watch(&key("k"));
        let (slow, fast) = (known.moment(), known.moment());
        known.take_in(Era::default(), &read, fast, Some(&value("2")));
        known.take_in(Era::default(), &read, slow, Some(&value("1")));
        assert_eq!(news(&mut watch), some("2"));
        let later = known.moment();
        known.take_in(Era::default(), &read, later, None);
        assert_eq!(news(&mut watch), Some(None));
        assert_eq!(news(&mut watch), None);
    }

    #[test]
    fn a_write_of_ones_own_is_known_when_it_is_acknowledged() {
        let (mut known, write) = (Known::default(), Call::write(key("k"), "1").unwrap());
        let mut watch = known.watch(&key("k"));
        let (writing, reading) = (known.moment(), known.moment());
        known.take_in(Era::default(), &Call::read(key("k")), reading, Some(&value("0")));
        let payload = Accepted::Payload(r#"{"k":1,"other":2}"#.to_owned());
        known.take_in(Era::default(), &write, writing, Some(&payload));
        assert_eq!(news(&mut watch), some("1"));
        let mut other = known.watch(&key("other"));
        assert_eq!(news(&mut other), some("2"), "the answer to a write tells of all keys");
        let removing = known.moment();
        known.take_in(
            Era::default(),
            &Call::remove(key("k")),
            removing,
            Some(&Accepted::Existed(true)),
        );
        assert_eq!(news(&mut watch), Some(None));
    }

    #[test]
    fn a_payload_tells_what_is_gone_too() {
        let mut known = Known::default();
        let mut watch = known.watch(&key("k"));
        for (payload, told) in [("{\"k\":1}", some("1")), ("{}", Some(None)), ("{}", None)] {
            let sent = known.moment();
            let answer = Accepted::Payload(payload.to_owned());
            known.take_in(Era::default(), &Call::payload(), sent, Some(&answer));
            assert_eq!(news(&mut watch), told);
        }
    }

    #[cfg(feature = "budget")]
    #[test]
    fn the_size_is_that_of_compact_json() {
        let mut known = Known::default();
        assert_eq!(known.size_with(&key("k"), "1"), None, "nothing is known yet");
        let sent = known.moment();
        let answer = Accepted::Payload(r#"{"a":"é","k":[1,2]}"#.to_owned());
        known.take_in(Era::default(), &Call::payload(), sent, Some(&answer));
        assert_eq!(
            known.size_with(&key("k"), "{ \"b\" : 1 }"),
            Some(r#"{"a":"é","k":{"b":1}}"#.len())
        );
        assert_eq!(known.size_with(&key("n"), "1"), Some(r#"{"a":"é","k":[1,2],"n":1}"#.len()));
    }
}
