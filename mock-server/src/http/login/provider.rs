//! The page of a social provider: a stand-in, where a person says who they are.

use axum::response::Response;
use http::StatusCode;

use super::{errand::Door, same_site, views, welcome};
use crate::{
    domain::{BadEmail, Directory, Method, Persona, Provider, SocialProfile},
    http::{call::Call, io::Answer, query::Query},
    pages::{self, NoticePage},
};

pub(super) async fn page<S: Directory>(door: Door, call: &Call<S>) -> Answer<Response> {
    let Some(provider) = provider_of(call) else { return Ok(unknown()) };
    let errand = match door.errand(call).await? {
        Ok(errand) => errand,
        Err(page) => return Ok(page),
    };
    Ok(views::provider(door, call, &errand, provider, ("", true), None))
}

pub(super) async fn submit<S: Directory>(door: Door, mut call: Call<S>) -> Answer<Response> {
    if !same_site::is_own_form(&call.parts.headers) {
        return Ok(pages::foreign_form());
    }
    let Some(provider) = provider_of(&call) else { return Ok(unknown()) };
    let form = Query::parse(&call.text_body("application/x-www-form-urlencoded").await?);
    let errand = match door.errand(&call).await? {
        Ok(errand) => errand,
        Err(page) => return Ok(page),
    };
    let field = |name| form.text(name).ok().flatten().unwrap_or_default();
    let (email, verified) = (field("email"), !field("verified").is_empty());
    let refuse = |why: &str| {
        Ok(views::provider(door, &call, &errand, provider, (&email, verified), Some(why)))
    };
    let Ok(profile) = profile(provider, &field("persona"), &email, verified) else {
        return refuse("Enter an e-mail address, such as name@example.com.");
    };
    match call.platform().sign_in_socially(&profile).await? {
        Err(not_linked) => refuse(&not_linked.to_string()),
        Ok(account) => {
            let proof = call.platform().proof_by(Method::Social(provider));
            welcome::welcome(&call, &errand, &account, proof).await
        }
    }
}

/// Somebody whom the page offers, or the person with the e-mail that was typed.
fn profile(
    provider: Provider,
    persona: &str,
    email: &str,
    verified: bool,
) -> Result<SocialProfile, BadEmail> {
    match Persona::from_key(persona) {
        Some(persona) => persona.profile(provider),
        None => SocialProfile::of_email(provider, email, verified),
    }
}

fn provider_of<S: Directory>(call: &Call<S>) -> Option<Provider> {
    Provider::from_slug(call.parameter("provider"))
}

fn unknown() -> Response {
    pages::notice(
        StatusCode::NOT_FOUND,
        &NoticePage {
            title: "There is no such provider",
            text: "People sign in here with google, github or microsoft. Nothing was signed in or stored.",
            parameter: None,
        },
    )
}
