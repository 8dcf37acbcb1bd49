//! Errors and events, as the page is told of them.

use secureflows::{Error, Event, Key};

use crate::{channel::Page, page::milliseconds};

/// The call `id` failed.
pub(crate) fn failed(page: Page, id: u32, error: &Error) {
    let retry_after = match error {
        Error::RateLimited { retry_after: Some(wait) } => milliseconds(*wait),
        _ => -1.0,
    };
    page.failed(
        id,
        [error.status().map_or(-1.0, f64::from), retry_after],
        &[
            Some(error.code().as_str()),
            Some(&error.message()),
            Some(error.data().as_str()),
            Some(error.outcome().as_str()),
            error.retryable().then_some(""),
            reason(error),
        ],
    );
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

pub(crate) fn event(page: Page, event: &Event) {
    match event {
        Event::Status(_) => page.told("state", None, 0, 0.0),
        Event::UserChanged => page.told("userChanged", None, 0, 0.0),
        Event::LoginFailed(error) => failed(page, 0, error),
        Event::Retrying { attempt, cause, wait } => {
            page.told("retrying", Some(cause.as_str()), *attempt, milliseconds(*wait));
        }
        Event::RetriesSpent { cause } => page.told("retriesSpent", Some(cause.as_str()), 0, 0.0),
        Event::OutcomeUnknown { key } => {
            page.told("outcomeUnknown", key.as_ref().map(Key::as_str), 0, 0.0);
        }
    }
}
