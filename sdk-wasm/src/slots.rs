//! What the page was asked for, and has not brought yet.

use std::{
    cell::RefCell,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use secureflows::host::{Response, SendError};

use crate::{channel::Page, page};

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
    waiting: Vec<Slot>,
}

struct Slot {
    number: u32,
    brought: Option<Brought>,
    waker: Option<Waker>,
}

impl Slots {
    /// Something new to wait for, of which `read` makes what it is asked for.
    pub(crate) fn ask<T>(&self, page: Page, read: fn(Brought) -> T) -> Waiting<T> {
        let mut inner = self.0.borrow_mut();
        inner.last = inner.last.wrapping_add(1);
        let number = inner.last;
        inner.waiting.push(Slot { number, brought: None, waker: None });
        Waiting { asked: Asked { number, slots: self.clone(), page }, read }
    }

    /// The page brings what it was asked for under this number, if anybody still waits for it.
    pub(crate) fn bring(&self, number: u32, brought: Brought) {
        let waker = self.with(number, |slot| {
            slot.brought = Some(brought);
            slot.waker.take()
        });
        if let Some(waker) = waker.flatten() {
            waker.wake();
        }
    }

    fn with<T>(&self, number: u32, step: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        self.0.borrow_mut().waiting.iter_mut().find(|slot| slot.number == number).map(step)
    }
}

/// Waits for one thing.
pub(crate) struct Waiting<T> {
    asked: Asked,
    read: fn(Brought) -> T,
}

impl<T> Waiting<T> {
    pub(crate) const fn number(&self) -> u32 {
        self.asked.number
    }
}

impl<T> Future for Waiting<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        self.asked.poll(cx).map(self.read)
    }
}

/// A place among the slots, given up when it is dropped: then the page may give up as well what it was asked for.
struct Asked {
    number: u32,
    slots: Slots,
    page: Page,
}

impl Asked {
    fn poll(&self, cx: &Context<'_>) -> Poll<Brought> {
        let brought = self.slots.with(self.number, |slot| {
            slot.waker = Some(cx.waker().clone());
            slot.brought.take()
        });
        brought.flatten().map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let mut inner = self.slots.0.borrow_mut();
        let at = inner.waiting.iter().position(|slot| slot.number == self.number);
        let slot = at.map(|at| inner.waiting.swap_remove(at));
        // What it drops, and the page, may ask for something else.
        drop(inner);
        drop(slot);
        page::abandon(self.page, self.number);
    }
}
