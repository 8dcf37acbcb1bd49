//! Every call under way, polled when something that it waits for has come.

use std::{
    cell::RefCell,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use secureflows::Error;

use crate::{channel::Page, told};

/// A call.
pub(crate) type Task = Pin<Box<dyn Future<Output = Result<Done, Error>>>>;

/// What a call came to: a word where there are several outcomes, and up to two texts.
#[derive(Default)]
pub(crate) struct Done {
    pub(crate) kind: &'static str,
    pub(crate) text: Option<String>,
    pub(crate) more: Option<String>,
}

impl Done {
    pub(crate) fn text(text: String) -> Self {
        Self { kind: "", text: Some(text), more: None }
    }
}

/// The tasks, each by the number that the page gave it.
#[derive(Default)]
pub(crate) struct Tasks(RefCell<Vec<Entry>>);

struct Entry {
    number: u32,
    awake: Arc<Awake>,
    /// `None` while it is polled.
    task: Option<Task>,
}

struct Awake(AtomicBool);

impl Wake for Awake {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Tasks {
    pub(crate) fn add(&self, number: u32, task: Task) {
        let awake = Arc::new(Awake(AtomicBool::new(true)));
        self.0.borrow_mut().push(Entry { number, awake, task: Some(task) });
    }

    /// Drops a task; whether it was there.
    pub(crate) fn remove(&self, number: u32) -> bool {
        let mut entries = self.0.borrow_mut();
        let Some(at) = entries.iter().position(|entry| entry.number == number) else {
            return false;
        };
        let entry = entries.swap_remove(at);
        // What it drops may wake others, or add some.
        drop(entries);
        drop(entry);
        true
    }

    /// Polls all that are awake, until none is, and tells the page what they came to.
    pub(crate) fn run(&self, page: Page) {
        while let Some((number, awake, mut task)) = self.next() {
            let waker = Waker::from(awake);
            match task.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Pending => {
                    let mut entries = self.0.borrow_mut();
                    match entries.iter_mut().find(|entry| entry.number == number) {
                        Some(entry) => entry.task = Some(task),
                        // It was given up while it was polled.
                        None => drop(entries),
                    }
                }
                Poll::Ready(outcome) => {
                    drop(task);
                    self.remove(number);
                    match outcome {
                        Ok(done) => {
                            page.done(
                                number,
                                done.kind,
                                done.text.as_deref(),
                                done.more.as_deref(),
                            );
                        }
                        Err(error) => told::failed(page, number, &error),
                    }
                }
            }
        }
    }

    fn next(&self) -> Option<(u32, Arc<Awake>, Task)> {
        self.0.borrow_mut().iter_mut().find_map(|entry| {
            let task = entry.task.take_if(|_| entry.awake.0.swap(false, Ordering::Relaxed))?;
            Some((entry.number, Arc::clone(&entry.awake), task))
        })
    }
}
