//! A call that the page's code may give up.

use std::pin::pin;

use futures_util::{
    FutureExt as _,
    future::{Either, select},
};
use js_sys::Promise;
use secureflows::{Cause, Client, DataState, Error, Event};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::{page::Page, told};

/// Runs `call` until it ends or `given_up`, if any, resolves: to `true` when the time is up.
///
/// What a call that is given up fails with: that its outcome is not known, if it may have gone out and
/// changed something; that the time is up; or else nothing but `undefined`, since the page's code knows why
/// it gave up.
pub(crate) async fn run<T>(
    client: &Client,
    page: &Page,
    given_up: Option<Promise>,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, JsValue> {
    let fail = |error: Error| told::error(page, &error);
    let Some(given_up) = given_up else { return call.await.map_err(|error| fail(error)) };
    let mut told = client.events();
    let timed_out = {
        let call = pin!(call);
        match select(call, JsFuture::from(given_up)).await {
            Either::Left((result, _)) => return result.map_err(|error| fail(error)),
            Either::Right((why, _)) => why.is_ok_and(|why| why.is_truthy()),
        }
    };
    // The call is dropped: what it left behind is told at once.
    let cause = if timed_out { Cause::TimedOut } else { Cause::Interrupted };
    while let Some(Some(event)) = told.next().now_or_never() {
        if let Event::OutcomeUnknown { .. } = event {
            return Err(fail(Error::OutcomeUnknown { cause, data: DataState::Intact }));
        }
    }
    Err(if timed_out { fail(Error::Unavailable { cause }) } else { JsValue::UNDEFINED })
}
