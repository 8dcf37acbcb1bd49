//! The pages where somebody signs in, and their forms: `/app/sessions/login` for a session of an application,
//! `/app/login` for the console, and below each the pages of social providers (contract §2).

mod errand;
mod forms;
mod parameters;
mod provider;
pub(super) mod same_site;
mod views;
mod welcome;

use axum::response::Response;
use http::{HeaderValue, header};

use self::errand::Door;
pub(super) use self::parameters::{bad_parameter, described, raw};
use super::{
    call::Call,
    io::{Answer, Shown},
};
use crate::{domain::Directory, pages};

/// "Continue as …?" for a browser that is signed in, the forms for any other.
pub(super) async fn page<S: Directory>(call: Call<S>) -> Answer<Shown> {
    forms::page(Door::Session, &call).await.map(Shown)
}

pub(super) async fn submit<S: Directory>(call: Call<S>) -> Answer<Shown> {
    forms::submit(Door::Session, call).await.map(Shown)
}

/// Who somebody is at a social provider: a choice of people.
pub(super) async fn provider_page<S: Directory>(call: Call<S>) -> Answer<Shown> {
    provider::page(Door::Session, &call).await.map(Shown)
}

pub(super) async fn provider_submit<S: Directory>(call: Call<S>) -> Answer<Shown> {
    provider::submit(Door::Session, call).await.map(Shown)
}

/// The same for the console, which gets the identity token itself.
pub(super) async fn console_page<S: Directory>(call: Call<S>) -> Answer<Shown> {
    forms::page(Door::Console, &call).await.map(Shown)
}

pub(super) async fn console_submit<S: Directory>(call: Call<S>) -> Answer<Shown> {
    forms::submit(Door::Console, call).await.map(Shown)
}

pub(super) async fn console_provider_page<S: Directory>(call: Call<S>) -> Answer<Shown> {
    provider::page(Door::Console, &call).await.map(Shown)
}

pub(super) async fn console_provider_submit<S: Directory>(call: Call<S>) -> Answer<Shown> {
    provider::submit(Door::Console, call).await.map(Shown)
}

/// The one style sheet.
pub(super) async fn style<S: Directory>(_call: Call<S>) -> Answer<Shown> {
    let mut response = Response::new(pages::STYLE.into());
    let css = HeaderValue::from_static("text/css; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, css);
    Ok(Shown(response))
}
