//! The pages where somebody signs in, and their forms: `/app/sessions/login` for a session of an application,
//! `/app/login` for the console, and below each the pages of social providers (contract §2).

mod errand;
mod forms;
mod parameters;
mod provider;
mod same_site;
mod views;
mod welcome;

use axum::response::Response;
use http::{HeaderValue, header};

use self::errand::Door;
pub(super) use self::parameters::{bad_parameter, raw};
use super::{call::Call, dispatch::Answer};
use crate::{domain::Directory, pages};

/// "Continue as …?" for a browser that is signed in, the forms for any other.
pub(super) async fn page<S: Directory>(call: Call<S>) -> Answer {
    forms::page(Door::Session, &call).await
}

pub(super) async fn submit<S: Directory>(call: Call<S>) -> Answer {
    forms::submit(Door::Session, call).await
}

/// Who somebody is at a social provider: a choice of people.
pub(super) async fn provider_page<S: Directory>(call: Call<S>) -> Answer {
    provider::page(Door::Session, &call).await
}

pub(super) async fn provider_submit<S: Directory>(call: Call<S>) -> Answer {
    provider::submit(Door::Session, call).await
}

/// The same for the console, which gets the identity token itself.
pub(super) async fn console_page<S: Directory>(call: Call<S>) -> Answer {
    forms::page(Door::Console, &call).await
}

pub(super) async fn console_submit<S: Directory>(call: Call<S>) -> Answer {
    forms::submit(Door::Console, call).await
}

pub(super) async fn console_provider_page<S: Directory>(call: Call<S>) -> Answer {
    provider::page(Door::Console, &call).await
}

pub(super) async fn console_provider_submit<S: Directory>(call: Call<S>) -> Answer {
    provider::submit(Door::Console, call).await
}

/// The one style sheet.
pub(super) async fn style<S: Directory>(_call: Call<S>) -> Answer {
    let mut response = Response::new(pages::STYLE.into());
    let css = HeaderValue::from_static("text/css; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, css);
    Ok(response)
}
