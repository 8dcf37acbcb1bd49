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

/// A call that tells the page by itself what it came to.
type Task = Pin<Box<dyn Future<Output = ()>>>;

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

    /// Polls all that are awake, until none is.
    pub(crate) fn run(&self) {
        while let Some((number, awake, mut task)) = self.next() {
            let waker = Waker::from(awake);
            let poll = task.as_mut().poll(&mut Context::from_waker(&waker));
            let mut entries = self.0.borrow_mut();
            let at = entries.iter().position(|entry| entry.number == number);
            match (poll, at) {
                (Poll::Pending, Some(at)) => {
                    if let Some(entry) = entries.get_mut(at) {
                        entry.task = Some(task);
                    }
                }
                (Poll::Ready(()), Some(at)) => {
                    let entry = entries.swap_remove(at);
                    drop(entries);
                    drop((entry, task));
                }
                // It was dropped while it was polled.
                (_, None) => drop(entries),
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
