//! What the page does for the core: an object of the TypeScript beside this crate.

use std::{cell::Cell, time::Duration};

use js_sys::Promise;
use secureflows::{
    Declined, PrivateUrl, Reauthenticate,
    host::{BoxFuture, Host, Request, Response, SendError},
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The page, as the core sees it.
    #[derive(Clone)]
    pub type Page;

    /// Sends request number `id`; the promise brings an [`Answer`] or is rejected with a number, see
    /// [`failure`].
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
    ) -> Promise;

    /// Nobody waits for request number `id` any more.
    #[wasm_bindgen(method)]
    fn abandon(this: &Page, id: u32);

    #[wasm_bindgen(method)]
    fn sleep(this: &Page, milliseconds: u32) -> Promise;

    #[wasm_bindgen(method)]
    fn now(this: &Page) -> f64;

    #[wasm_bindgen(method)]
    fn random(this: &Page, bytes: &mut [u8]) -> bool;

    #[wasm_bindgen(method)]
    fn keep(this: &Page, name: &str, record: &str) -> bool;

    #[wasm_bindgen(method)]
    fn take(this: &Page, name: &str) -> Option<String>;

    /// Shows hosted login; the promise brings the URL that it came back to, or is rejected with a text.
    #[wasm_bindgen(method)]
    fn reauthenticate(this: &Page, url: &str) -> Promise;

    /// Makes the error that the page's own code gets to see.
    #[wasm_bindgen(method)]
    pub fn error(
        this: &Page,
        code: &str,
        message: &str,
        data: &str,
        outcome: &str,
        retryable: bool,
        status: Option<u16>,
        reason: Option<&str>,
        retry_after: Option<f64>,
    ) -> JsValue;

    /// Tells of an event: its kind, and what belongs to it.
    #[wasm_bindgen(method)]
    pub fn told(
        this: &Page,
        kind: &str,
        reason: Option<&str>,
        attempt: u32,
        wait: f64,
        error: JsValue,
    );

    /// One HTTP answer.
    type Answer;

    #[wasm_bindgen(method, getter)]
    fn status(this: &Answer) -> u16;

    #[wasm_bindgen(method, getter, js_name = retryAfter)]
    fn retry_after(this: &Answer) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn body(this: &Answer) -> Vec<u8>;
}

/// The core's host: everything is the page's.
pub(crate) struct PageHost {
    page: Page,
    sent: Cell<u32>,
}

impl PageHost {
    pub(crate) fn new(page: Page) -> Self {
        Self { page, sent: Cell::new(0) }
    }

    async fn exchange(&self, request: Request) -> Result<Response, SendError> {
        let id = self.sent.get().wrapping_add(1);
        self.sent.set(id);
        let authorization = request.authorization();
        let answer = self.page.send(
            id,
            request.method(),
            request.url(),
            authorization.as_ref().map(|value| value.as_str()),
            request.body(),
            milliseconds(request.timeout()),
            request.tag(),
        );
        let mut waiting = IfDropped { page: &self.page, id, armed: true };
        let answer = JsFuture::from(answer).await;
        waiting.armed = false;
        let answer: Answer = answer.map_err(|number| failure(&number))?.unchecked_into();
        Ok(Response::new(answer.status(), answer.body()).retry_after(answer.retry_after()))
    }
}

/// Why there is no answer, by the number that the page gives.
fn failure(number: &JsValue) -> SendError {
    match number.as_f64() {
        Some(0.0) => SendError::Unreachable,
        Some(1.0) => SendError::TimedOut,
        Some(3.0) => SendError::TooLarge,
        _ => SendError::Interrupted,
    }
}

/// Lets the page give up a request that nobody waits for.
struct IfDropped<'a> {
    page: &'a Page,
    id: u32,
    armed: bool,
}

impl Drop for IfDropped<'_> {
    fn drop(&mut self) {
        if self.armed {
            self.page.abandon(self.id);
        }
    }
}

impl Host for PageHost {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(self.exchange(request))
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let slept = JsFuture::from(self.page.sleep(milliseconds(time)));
        Box::pin(async {
            let _woken = slept.await;
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
pub(crate) struct ByPage(pub(crate) Page);

impl Reauthenticate for ByPage {
    fn reauthenticate(&self, page: PrivateUrl) -> BoxFuture<'_, Result<String, Declined>> {
        let shown = JsFuture::from(self.0.reauthenticate(page.as_str()));
        Box::pin(async {
            let declined = |reason: JsValue| Declined::new(reason.as_string().unwrap_or_default());
            Ok(shown.await.map_err(declined)?.as_string().unwrap_or_default())
        })
    }
}

/// As many as a timer of the page takes; more is no time that anybody waits.
fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).map_or(i32::MAX as u32, |it| it.min(i32::MAX as u32))
}
