//! What the page does for the core: an object of the TypeScript beside this crate.

use std::time::Duration;

use crate::{
    channel::{NONE, Page},
    slots::{Brought, Slots},
};
use secureflows::{
    Declined, PrivateUrl, Reauthenticate,
    host::{BoxFuture, Host, Request, Response, SendError},
};

/// What the page is asked for: `Wanted` in `web/src/page.ts`.
const SEND: u8 = 0;
const SLEEP: u8 = 1;
const REAUTHENTICATE: u8 = 2;
const ABANDON: u8 = 3;
const NOW: u8 = 4;
const RANDOM: u8 = 5;
const KEEP: u8 = 6;
const TAKE: u8 = 7;
const CHANGE: u8 = 8;
const DONE: u8 = 9;
const FAILED: u8 = 10;
const TOLD: u8 = 11;

impl Page {
    /// The new JSON text of the value that the call `id` updates; `None` when that threw.
    pub(crate) fn change(self, id: u32, old: Option<&str>) -> Option<String> {
        self.text(CHANGE, id, &[old])
    }

    /// The call `id` brought this text, if any; `kind` is a word where there are several.
    pub(crate) fn done(self, id: u32, kind: &str, text: Option<&str>, more: Option<&str>) {
        self.ask(DONE, id, NONE, &[Some(kind), text, more]);
    }

    /// The call `id` failed; 0 stands for the re-login.
    pub(crate) fn failed(self, id: u32, numbers: [f64; 2], details: &[Option<&str>]) {
        self.ask(FAILED, id, numbers, details);
    }

    /// Something happened: a word for it, and what belongs to it.
    pub(crate) fn told(self, kind: &str, about: Option<&str>, attempt: u32, wait: f64) {
        self.ask(TOLD, attempt, [wait, 0.0], &[Some(kind), about]);
    }
}

/// The core's host: everything is the page's.
#[derive(Clone)]
pub(crate) struct PageHost {
    pub(crate) page: Page,
    pub(crate) slots: Slots,
}

impl Host for PageHost {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        let waiting = self.slots.ask(self.page, |brought| match brought {
            Brought::Answer(answer) => answer,
            _ => Err(SendError::Interrupted),
        });
        let authorization = request.authorization();
        self.page.ask(
            SEND,
            waiting.number(),
            [timer(request.timeout()), request.tag().map_or(-1.0, f64::from)],
            &[
                Some(request.method()),
                Some(request.url()),
                authorization.as_ref().map(|value| value.as_str()),
                request.body(),
            ],
        );
        Box::pin(waiting)
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let waiting = self.slots.ask(self.page, drop);
        self.page.ask(SLEEP, waiting.number(), [timer(time), 0.0], &[]);
        Box::pin(waiting)
    }

    fn now(&self) -> u64 {
        // Whole milliseconds since 1970, which is far from what a double cannot hold.
        self.page.ask(NOW, 0, NONE, &[]) as u64
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        for byte in bytes {
            *byte = self.page.ask(RANDOM, 0, NONE, &[]) as u8;
        }
        true
    }

    fn keep(&self, name: &str, record: &str) -> bool {
        self.page.ask(KEEP, 0, NONE, &[Some(name), Some(record)]) != 0.0
    }

    fn take(&self, name: &str) -> Option<String> {
        self.page.text(TAKE, 0, &[Some(name)])
    }
}

/// Signs the user in again, in whatever way the page has.
impl Reauthenticate for PageHost {
    fn reauthenticate(&self, page: PrivateUrl) -> BoxFuture<'_, Result<String, Declined>> {
        let waiting = self.slots.ask(self.page, |brought| match brought {
            Brought::Shown(shown) => shown.map_err(Declined::new),
            _ => Err(Declined::new("")),
        });
        self.page.ask(REAUTHENTICATE, waiting.number(), NONE, &[Some(page.as_str())]);
        Box::pin(waiting)
    }
}

/// The page may give up what it was asked for under this number, if it did not bring it.
pub(crate) fn abandon(page: Page, number: u32) {
    page.ask(ABANDON, number, NONE, &[]);
}

/// As many as a timer of the page takes; more is no time that anybody waits.
fn timer(time: Duration) -> f64 {
    milliseconds(time).min(i32::MAX.into())
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    // In 128 bits, as the standard library has them, they would bring along what divides those.
    (time.as_secs() * 1000 + u64::from(time.subsec_millis())) as f64
}
