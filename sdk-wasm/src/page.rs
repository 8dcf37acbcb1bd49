//! What the page does for the core: an object of the TypeScript beside this crate.

use std::time::Duration;

use secureflows::{
    Declined, PrivateUrl, Reauthenticate,
    host::{BoxFuture, Host, Request, Response, SendError},
};
use wasm_bindgen::prelude::*;

use crate::slots::{Asked, Brought, Slots};

#[wasm_bindgen]
extern "C" {
    /// The page, as the core sees it.
    #[derive(Clone)]
    pub type Page;

    /// Sends a request, to be brought as number `id`.
    #[wasm_bindgen(method)]
    fn send(
        this: &Page,
        id: u32,
        method: &str,
        url: &str,
        authorization: Option<&str>,
        body: Option<&str>,
        timeout: u32,
        tag: Option<u32>,
    );

    /// Sleeps, to be woken as number `id`.
    #[wasm_bindgen(method)]
    fn sleep(this: &Page, id: u32, milliseconds: u32);

    /// Shows hosted login, to be brought as number `id`.
    #[wasm_bindgen(method)]
    fn reauthenticate(this: &Page, id: u32, url: &str);

    /// Nobody waits for number `id` any more.
    #[wasm_bindgen(method)]
    fn abandon(this: &Page, id: u32);

    #[wasm_bindgen(method)]
    fn now(this: &Page) -> f64;

    #[wasm_bindgen(method)]
    fn random(this: &Page, bytes: &mut [u8]) -> bool;

    #[wasm_bindgen(method)]
    fn keep(this: &Page, name: &str, record: &str) -> bool;

    #[wasm_bindgen(method)]
    fn take(this: &Page, name: &str) -> Option<String>;

    /// The new JSON text of the value that the call `id` updates; `undefined` when that threw.
    #[wasm_bindgen(method)]
    pub fn change(this: &Page, id: u32, old: Option<&str>) -> Option<String>;

    /// The call `id` brought this text, if any; `kind` is a word where there are several.
    #[wasm_bindgen(method)]
    pub fn done(this: &Page, id: u32, kind: &str, text: Option<&str>, more: Option<&str>);

    /// The call `id` failed; 0 stands for the re-login.
    #[wasm_bindgen(method)]
    pub fn failed(
        this: &Page,
        id: u32,
        code: &str,
        message: &str,
        data: &str,
        outcome: &str,
        retryable: bool,
        status: Option<u16>,
        reason: Option<&str>,
        retry_after: Option<f64>,
    );

    /// Something happened: a word for it, and what belongs to it.
    #[wasm_bindgen(method)]
    pub fn told(this: &Page, kind: &str, reason: Option<&str>, attempt: u32, wait: f64);
}

/// The core's host: everything is the page's.
#[derive(Clone)]
pub(crate) struct PageHost {
    pub(crate) page: Page,
    pub(crate) slots: Slots,
}

impl PageHost {
    fn ask(&self) -> Waiting {
        Waiting { asked: Some(self.slots.ask()), page: self.page.clone() }
    }

    async fn exchange(&self, request: Request) -> Result<Response, SendError> {
        let waiting = self.ask();
        let authorization = request.authorization();
        self.page.send(
            waiting.number(),
            request.method(),
            request.url(),
            authorization.as_ref().map(|value| value.as_str()),
            request.body(),
            milliseconds(request.timeout()),
            request.tag(),
        );
        match waiting.brought().await {
            Brought::Answer(answer) => answer,
            _ => Err(SendError::Interrupted),
        }
    }
}

impl Host for PageHost {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(self.exchange(request))
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let waiting = self.ask();
        self.page.sleep(waiting.number(), milliseconds(time));
        Box::pin(async {
            waiting.brought().await;
        })
    }

    fn now(&self) -> u64 {
        // Whole milliseconds since 1970, which is far from what a double cannot hold.
        self.page.now() as u64
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        self.page.random(bytes)
    }

    fn keep(&self, name: &str, record: &str) -> bool {
        self.page.keep(name, record)
    }

    fn take(&self, name: &str) -> Option<String> {
        self.page.take(name)
    }
}

/// Signs the user in again, in whatever way the page has.
impl Reauthenticate for PageHost {
    fn reauthenticate(&self, page: PrivateUrl) -> BoxFuture<'_, Result<String, Declined>> {
        let waiting = self.ask();
        self.page.reauthenticate(waiting.number(), page.as_str());
        Box::pin(async {
            match waiting.brought().await {
                Brought::Shown(shown) => shown.map_err(Declined::new),
                _ => Err(Declined::new("")),
            }
        })
    }
}

/// Waits for the page, and lets it give up what nobody waits for any more.
struct Waiting {
    asked: Option<Asked>,
    page: Page,
}

impl Waiting {
    fn number(&self) -> u32 {
        self.asked.as_ref().map_or(0, |asked| asked.number)
    }

    async fn brought(mut self) -> Brought {
        match &mut self.asked {
            Some(asked) => {
                let brought = asked.await;
                self.asked = None;
                brought
            }
            None => Brought::Woken,
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(asked) = &self.asked {
            self.page.abandon(asked.number);
        }
    }
}

/// As many as a timer of the page takes; more is no time that anybody waits.
fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).map_or(i32::MAX as u32, |it| it.min(i32::MAX as u32))
}
