//! What the login pages show.

use axum::response::Response;
use http::StatusCode;

use super::errand::{Door, Errand, query_of};
use crate::{
    domain::{Account, Directory, Persona, Provider},
    http::call::Call,
    pages::{self, ContinuePage, Form, LoginPage, PersonRow, ProviderLink, ProviderPage},
};

pub(super) fn login<S: Directory>(
    door: Door,
    call: &Call<S>,
    errand: &Errand<S>,
    form: Form,
    email: &str,
    error: Option<&str>,
) -> Response {
    let query = query_of(call);
    let plain = door.login(query);
    let page = LoginPage {
        application: &errand.label(),
        form,
        email,
        error,
        action: &plain,
        sign_in: &format!("{plain}&prompt=login"),
        sign_up: &format!("{plain}&prompt=login&mode=signup"),
        providers: &Provider::ALL.map(|provider| ProviderLink {
            name: provider.name(),
            mark: provider.slug(),
            address: door.provider(provider, query),
        }),
        guests: errand.accepts_guests(),
        cancel: &errand.cancel(),
    };
    pages::login(status(error), &page, errand.redirect_uri())
}

pub(super) fn continue_as<S: Directory>(
    door: Door,
    call: &Call<S>,
    errand: &Errand<S>,
    account: &Account,
) -> Response {
    let plain = door.login(query_of(call));
    let page = ContinuePage {
        application: &errand.label(),
        who: account.email.as_deref().unwrap_or("a guest"),
        action: &plain,
        another: &format!("{plain}&prompt=login"),
        cancel: &errand.cancel(),
    };
    pages::continue_as(&page, errand.redirect_uri())
}

/// `email` and `verified` are what was chosen before, so that nobody chooses it twice.
pub(super) fn provider<S: Directory>(
    door: Door,
    call: &Call<S>,
    errand: &Errand<S>,
    provider: Provider,
    (email, verified): (&str, bool),
    error: Option<&str>,
) -> Response {
    let query = query_of(call);
    let page = ProviderPage {
        provider: provider.name(),
        mark: provider.slug(),
        application: &errand.label(),
        people: &Persona::ALL.map(|persona| PersonRow {
            key: persona.key,
            name: persona.name,
            email: persona.email,
            verified: persona.email_verified,
        }),
        email,
        verified,
        error,
        action: &door.provider(provider, query),
        cancel: &format!("{}&prompt=login", door.login(query)),
    };
    pages::provider(status(error), &page, errand.redirect_uri())
}

fn status(error: Option<&str>) -> StatusCode {
    if error.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK }
}
