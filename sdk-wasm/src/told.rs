//! Errors and events, as the page is told of them.

use secureflows::{Error, Event, Events};
use wasm_bindgen::JsValue;

use crate::page::Page;

/// The error that the page's own code gets to see.
pub(crate) fn error(page: &Page, error: &Error) -> JsValue {
    let retry_after = match error {
        Error::RateLimited { retry_after } => retry_after.map(|wait| wait.as_secs_f64() * 1_000.0),
        _ => None,
    };
    page.error(
        error.code().as_str(),
        &error.message(),
        error.data().as_str(),
        error.outcome().as_str(),
        error.retryable(),
        error.status(),
        reason(error),
        retry_after,
    )
}

/// What tells apart errors of one code.
fn reason(error: &Error) -> Option<&str> {
    Some(match error {
        Error::SignedOut { reason, .. } => reason.as_str(),
        Error::LoginRefused { error, .. } => error,
        Error::CallbackRefused { reason } => reason.as_str(),
        Error::QuotaExceeded { quota, .. } => quota.as_str(),
        Error::Invalid(invalid) => invalid.field(),
        Error::SignedOutLocally { cause }
        | Error::Unavailable { cause }
        | Error::OutcomeUnknown { cause, .. } => cause.as_str(),
        _ => return None,
    })
}

/// Tells the page of every event, for as long as the client lives.
pub(crate) async fn tell(page: Page, mut events: Events) {
    while let Some(event) = events.next().await {
        let tell =
            |kind, reason, attempt, wait, error| page.told(kind, reason, attempt, wait, error);
        let none = JsValue::UNDEFINED;
        match &event {
            Event::Status(_) => tell("status", None, 0, 0.0, none),
            Event::UserChanged => tell("userChanged", None, 0, 0.0, none),
            Event::LoginFailed(why) => tell("loginFailed", None, 0, 0.0, error(&page, why)),
            Event::Retrying { attempt, cause, wait } => {
                let wait = wait.as_secs_f64() * 1_000.0;
                tell("retrying", Some(cause.as_str()), *attempt, wait, none);
            }
            Event::RetriesSpent { cause } => {
                tell("retriesSpent", Some(cause.as_str()), 0, 0.0, none)
            }
            Event::OutcomeUnknown { key } => {
                tell("outcomeUnknown", key.as_ref().map(|key| key.as_str()), 0, 0.0, none);
            }
        }
    }
}
