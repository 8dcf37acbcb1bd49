//! A re-login under way, shared: whoever waits for it drives it, and it goes on as long as anybody does.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use crate::{error::Error, host::BoxFuture};

/// What a re-login comes to: on `Ok` the calls that waited for it ask again.
pub(super) type Landing = Result<(), Error>;

/// One who waits for a re-login.
pub(super) struct Flight {
    shared: Arc<Shared>,
    place: Option<usize>,
}

struct Shared {
    state: Mutex<State>,
    waiting: Arc<Waiting>,
}

struct State {
    /// Away while somebody polls it, and once it landed.
    flying: Option<BoxFuture<'static, Landing>>,
    landed: Option<Landing>,
    given_up: bool,
}

impl Flight {
    pub(super) fn new(flying: BoxFuture<'static, Landing>) -> Self {
        let state = State { flying: Some(flying), landed: None, given_up: false };
        let shared = Shared { state: Mutex::new(state), waiting: Arc::default() };
        Self { shared: Arc::new(shared), place: None }
    }

    /// Ends it, for something else that came between: who waits for it asks again.
    pub(super) fn give_up(&self) {
        let mut state = lock(&self.shared.state);
        state.given_up = true;
        let flying = state.flying.take();
        if flying.is_some() {
            state.landed = Some(Ok(()));
        }
        drop(state);
        drop(flying);
        self.shared.waiting.wake_all();
    }
}

impl Clone for Flight {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), place: None }
    }
}

impl Future for Flight {
    type Output = Landing;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Landing> {
        let Self { shared, place } = &mut *self;
        let Shared { state, waiting } = &**shared;
        // Before it is looked at, so that no landing goes by unseen.
        waiting.add(place, cx.waker().clone());
        let (landed, flying) = {
            let mut state = lock(state);
            (state.landed.clone(), state.flying.take())
        };
        if let Some(landing) = landed {
            return Poll::Ready(landing);
        }
        let Some(mut flying) = flying else { return Poll::Pending };
        waiting.called.store(false, Ordering::SeqCst);
        let waker = Waker::from(Arc::clone(waiting));
        let polled = flying.as_mut().poll(&mut Context::from_waker(&waker));
        let mut state = lock(state);
        let landing = match polled {
            Poll::Ready(landing) => landing,
            Poll::Pending if state.given_up => Ok(()),
            Poll::Pending => {
                state.flying = Some(flying);
                drop(state);
                // Whoever was woken meanwhile found it away.
                if waiting.called.load(Ordering::SeqCst) {
                    waiting.wake_all();
                }
                return Poll::Pending;
            }
        };
        state.landed = Some(landing.clone());
        drop(state);
        drop(flying);
        waiting.wake_all();
        Poll::Ready(landing)
    }
}

/// Everybody who waits, each at a place of their own.
#[derive(Default)]
struct Waiting {
    wakers: Mutex<Vec<Option<Waker>>>,
    called: AtomicBool,
}

impl Waiting {
    fn add(&self, place: &mut Option<usize>, waker: Waker) {
        let mut wakers = lock(&self.wakers);
        let known = place.and_then(|at| wakers.get_mut(at));
        let old = match known {
            Some(known) => known.replace(waker),
            None => {
                *place = Some(wakers.len());
                wakers.push(Some(waker));
                None
            }
        };
        drop(wakers);
        drop(old);
    }

    fn wake_all(&self) {
        let woken: Vec<_> = lock(&self.wakers).iter_mut().map(Option::take).collect();
        woken.into_iter().flatten().for_each(Waker::wake);
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.called.store(true, Ordering::SeqCst);
        self.wake_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, sync::atomic::AtomicUsize};

    use super::*;

    type Slot<T> = Arc<Mutex<Option<T>>>;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn poll(flight: &mut Flight, waker: &Arc<Count>) -> Poll<Landing> {
        Pin::new(flight).poll(&mut Context::from_waker(&Waker::from(Arc::clone(waker))))
    }

    fn woken(waker: &Count) -> bool {
        waker.0.swap(0, Ordering::SeqCst) > 0
    }

    /// Lands when it is told, and tells how to wake it.
    fn flight() -> (Flight, Slot<Landing>, Slot<Waker>) {
        let (landing, waker) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None)));
        let (lands, wakes) = (Arc::clone(&landing), Arc::clone(&waker));
        let flight = Flight::new(Box::pin(poll_fn(move |cx| {
            *lock(&wakes) = Some(cx.waker().clone());
            lock(&lands).take().map_or(Poll::Pending, Poll::Ready)
        })));
        (flight, landing, waker)
    }

    #[test]
    fn all_who_wait_land_alike_though_the_first_has_left() {
        let (mut first, landing, waker) = flight();
        let (mut second, mut third) = (first.clone(), first.clone());
        let [one, two, three] = [(); 3].map(|()| Arc::<Count>::default());
        assert!(poll(&mut first, &one).is_pending() && poll(&mut second, &two).is_pending());
        assert!(poll(&mut third, &three).is_pending());
        drop(first);
        *lock(&landing) = Some(Err(Error::UserChanged));
        lock(&waker).take().unwrap().wake();
        assert!(woken(&two) && woken(&three));
        assert_eq!(poll(&mut second, &two), Poll::Ready(Err(Error::UserChanged)));
        assert_eq!(poll(&mut third, &three), Poll::Ready(Err(Error::UserChanged)));
    }

    #[test]
    fn what_is_given_up_lets_all_ask_again_and_flies_no_more() {
        let (mut first, landing, _) = flight();
        let mut second = first.clone();
        let one = Arc::<Count>::default();
        assert!(poll(&mut first, &one).is_pending());
        second.give_up();
        assert!(woken(&one));
        assert_eq!(Arc::strong_count(&landing), 1, "what flew is dropped");
        assert_eq!(poll(&mut first, &one), Poll::Ready(Ok(())));
        assert_eq!(poll(&mut second, &one), Poll::Ready(Ok(())));
    }

    #[test]
    fn its_own_landing_stands_though_it_gives_itself_up() {
        let own: Arc<Mutex<Option<Flight>>> = Arc::default();
        let itself = Arc::clone(&own);
        let mut flight = Flight::new(Box::pin(async move {
            let flight = lock(&itself).take();
            flight.iter().for_each(Flight::give_up);
            Err(Error::Locked)
        }));
        *lock(&own) = Some(flight.clone());
        assert_eq!(poll(&mut flight, &Arc::default()), Poll::Ready(Err(Error::Locked)));
    }

    #[test]
    fn a_wake_while_it_is_polled_reaches_those_who_found_it_away() {
        let other: Arc<Mutex<Option<Flight>>> = Arc::default();
        let two = Arc::<Count>::default();
        let (waits, waker) = (Arc::clone(&other), Arc::clone(&two));
        let mut flight = Flight::new(Box::pin(poll_fn(move |cx| {
            cx.waker().wake_by_ref();
            if let Some(second) = &mut *lock(&waits) {
                assert!(poll(second, &waker).is_pending(), "somebody else polls it");
            }
            Poll::Pending
        })));
        *lock(&other) = Some(flight.clone());
        assert!(poll(&mut flight, &Arc::default()).is_pending());
        assert!(woken(&two), "or nobody would poll it, were the first to leave");
    }
}
