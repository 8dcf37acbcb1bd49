//! Every call that takes its time, through one future: each further one would be compiled anew.

use std::{cell::RefCell, pin::pin};

use futures_util::{
    FutureExt as _,
    future::{Either, select},
};
use js_sys::{Array, Function, Promise};
use secureflows::{
    BackendRequest, Cause, Client, Confirm, DataState, Error, Event, Payload, SignIn, Update,
    UpdatePolicy,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::{page::Page, told};

/// What is to be done.
pub(crate) enum Call {
    CompleteLogin(String),
    Get(String),
    Set(String, String),
    Delete(String),
    Payload,
    Update(String, u32, Function),
    Identity,
    Fetch(BackendRequest),
    Logout,
    Revoke,
}

/// What the page's own function threw.
type Thrown = RefCell<Option<JsValue>>;

/// Runs `call` until it ends or `given_up`, if any, resolves: to `true` when the time is up.
///
/// What a call that is given up fails with: that its outcome is not known, if it may have gone out and
/// changed something; that the time is up; or else nothing but `undefined`, since the page's code knows why
/// it gave up.
pub(crate) async fn run(
    client: &Client,
    page: &Page,
    given_up: Option<Promise>,
    call: Call,
) -> Result<JsValue, JsValue> {
    let thrown = Thrown::default();
    let fail = |error: Error| thrown.take().unwrap_or_else(|| told::error(page, &error));
    // Nobody gives up what cannot be.
    let given_up = given_up.unwrap_or_else(|| Promise::new(&mut |_, _| {}));
    let (timed_out, mut told) = {
        let call = pin!(perform(client, call, &thrown));
        match select(call, JsFuture::from(given_up)).await {
            Either::Left((result, _)) => return result.map_err(fail),
            Either::Right((why, _)) => (why.is_ok_and(|why| why.is_truthy()), client.events()),
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

async fn perform(client: &Client, call: Call, thrown: &Thrown) -> Result<JsValue, Error> {
    Ok(match call {
        Call::CompleteLogin(url) => (client.complete_login(&url).await? == SignIn::Done).into(),
        Call::Get(key) => client.get_raw(&key).await?.into(),
        Call::Set(key, json) => text(&client.set_raw(&key, &json).await?),
        Call::Delete(key) => client.delete(&key).await?.into(),
        Call::Payload => text(&client.payload().await?),
        Call::Update(key, attempts, change) => {
            let change = |old: Option<&str>| changed(&change, old, thrown);
            match client.update_raw(&key, UpdatePolicy::retry(attempts), change).await? {
                Update::Done { value, .. } => array(["done".into(), value.into()]),
                Update::Conflict { ours, theirs } => {
                    array(["conflict".into(), ours.into(), theirs.into()])
                }
            }
        }
        Call::Identity => {
            let who = client.identity().await?;
            array([who.user_id.into(), who.email.into()])
        }
        Call::Fetch(request) => client.fetch(&request).await?.status().into(),
        Call::Logout => {
            client.logout().await?;
            JsValue::UNDEFINED
        }
        Call::Revoke => {
            client.revoke(Confirm::DataIsDestroyed).await?;
            JsValue::UNDEFINED
        }
    })
}

fn changed(change: &Function, old: Option<&str>, thrown: &Thrown) -> Result<String, Error> {
    let made =
        change.call1(&JsValue::UNDEFINED, &old.map_or(JsValue::UNDEFINED, JsValue::from_str));
    let made = made.map_err(|error| thrown.replace(Some(error))).ok();
    // Never seen: what was thrown is thrown again in its place.
    made.and_then(|it| it.as_string()).ok_or(Error::UserChanged)
}

fn array<const N: usize>(values: [JsValue; N]) -> JsValue {
    values.iter().collect::<Array>().into()
}

fn text(payload: &Payload) -> JsValue {
    payload.as_json().into()
}
