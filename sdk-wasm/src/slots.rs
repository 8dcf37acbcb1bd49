//! What the page was asked for, and has not brought yet.

use std::{
    cell::RefCell,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use secureflows::host::{Response, SendError};

/// What the page brings.
pub(crate) enum Brought {
    /// The answer to a request.
    Answer(Result<Response, SendError>),
    /// The end of a sleep.
    Woken,
    /// The address that hosted login came back to, or why it did not.
    Shown(Result<String, String>),
}

/// Everything that the page was asked for, by number.
#[derive(Clone, Default)]
pub(crate) struct Slots(Rc<RefCell<Inner>>);

#[derive(Default)]
struct Inner {
    last: u32,
    waiting: Vec<(u32, Option<Brought>, Option<Waker>)>,
}

impl Slots {
    /// Something new to wait for.
    pub(crate) fn ask(&self) -> Asked {
        let mut inner = self.0.borrow_mut();
        inner.last = inner.last.wrapping_add(1);
        let number = inner.last;
        inner.waiting.push((number, None, None));
        Asked { number, slots: self.clone() }
    }

    /// The page brings what it was asked for under this number, if anybody still waits for it.
    pub(crate) fn bring(&self, number: u32, brought: Brought) {
        let mut inner = self.0.borrow_mut();
        let found = inner.waiting.iter_mut().find(|(waiting, ..)| *waiting == number);
        let waker = found.and_then(|(_, slot, waker)| {
            *slot = Some(brought);
            waker.take()
        });
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Waits for one thing; gone when it is dropped.
pub(crate) struct Asked {
    pub(crate) number: u32,
    slots: Slots,
}

impl Future for Asked {
    type Output = Brought;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Brought> {
        let mut inner = self.slots.0.borrow_mut();
        let found = inner.waiting.iter_mut().find(|(waiting, ..)| *waiting == self.number);
        let Some((_, slot, waker)) = found else { return Poll::Pending };
        match slot.take() {
            Some(brought) => Poll::Ready(brought),
            None => {
                *waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.slots.0.borrow_mut().waiting.retain(|(waiting, ..)| *waiting != self.number);
    }
}
