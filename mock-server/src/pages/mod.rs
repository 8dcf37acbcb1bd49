//! What a person sees. Server-rendered, whole without JavaScript, and without anything from elsewhere.

use askama::Template;
use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};

/// The one style sheet of all pages.
pub(crate) const STYLE: &str = include_str!("../../templates/style.css");

/// Which form the login page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    SignIn,
    SignUp,
}

/// The login page: a form, the other form's address, social providers, guests, cancel.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage<'a> {
    pub(crate) application: &'a str,
    pub(crate) form: Form,
    /// What was typed before, so that nobody types it twice.
    pub(crate) email: &'a str,
    pub(crate) error: Option<&'a str>,
    pub(crate) action: &'a str,
    pub(crate) sign_in: &'a str,
    pub(crate) sign_up: &'a str,
    pub(crate) providers: &'a [ProviderLink],
    pub(crate) guests: bool,
    pub(crate) cancel: &'a str,
}

/// The way to a social provider's page.
#[derive(Debug)]
pub(crate) struct ProviderLink {
    pub(crate) name: &'static str,
    /// Which mark the style sheet shows.
    pub(crate) mark: &'static str,
    pub(crate) address: String,
}

/// A social provider's page: people to be, or an e-mail of one's own choice.
#[derive(Debug, Template)]
#[template(path = "provider.html")]
pub(crate) struct ProviderPage<'a> {
    pub(crate) provider: &'a str,
    pub(crate) mark: &'a str,
    pub(crate) application: &'a str,
    pub(crate) people: &'a [PersonRow],
    /// What was chosen before, so that nobody chooses it twice.
    pub(crate) email: &'a str,
    pub(crate) verified: bool,
    pub(crate) error: Option<&'a str>,
    pub(crate) action: &'a str,
    pub(crate) cancel: &'a str,
}

/// Somebody to be.
#[derive(Debug)]
pub(crate) struct PersonRow {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) verified: bool,
}

/// "Continue as …?" for a browser that is signed in.
#[derive(Debug, Template)]
#[template(path = "continue.html")]
pub(crate) struct ContinuePage<'a> {
    pub(crate) application: &'a str,
    pub(crate) who: &'a str,
    pub(crate) action: &'a str,
    pub(crate) another: &'a str,
    pub(crate) cancel: &'a str,
}

/// The fake payment provider's page.
#[derive(Debug, Template)]
#[template(path = "checkout.html")]
pub(crate) struct CheckoutPage<'a> {
    pub(crate) workspace: &'a str,
    pub(crate) plan: &'a str,
}

/// A page that only tells something.
#[derive(Debug, Template)]
#[template(path = "notice.html")]
pub(crate) struct NoticePage<'a> {
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
    /// The parameter that is wrong, and how to mend it.
    pub(crate) parameter: Option<(&'a str, &'a str)>,
}

pub(crate) fn login(status: StatusCode, page: &LoginPage<'_>, redirect_uri: &str) -> Response {
    html(status, page, redirect_uri)
}

pub(crate) fn provider(
    status: StatusCode,
    page: &ProviderPage<'_>,
    redirect_uri: &str,
) -> Response {
    html(status, page, redirect_uri)
}

pub(crate) fn continue_as(page: &ContinuePage<'_>, redirect_uri: &str) -> Response {
    html(StatusCode::OK, page, redirect_uri)
}

/// The page with its forms, which lead wherever the buyer came from.
pub(crate) fn checkout(page: &CheckoutPage<'_>) -> Response {
    html(StatusCode::OK, page, "https:")
}

/// For a form that another site's page sent.
pub(crate) fn foreign_form() -> Response {
    let page = NoticePage {
        title: "This form came from somewhere else",
        text: "For your safety it was not sent on. Go back to the application and begin again there.",
        parameter: None,
    };
    notice(StatusCode::FORBIDDEN, &page)
}

pub(crate) fn notice(status: StatusCode, page: &NoticePage<'_>) -> Response {
    html(status, page, "")
}

/// `redirect_uri` is where the page's forms lead in the end.
fn html(status: StatusCode, page: &impl Template, redirect_uri: &str) -> Response {
    let Ok(text) = page.render() else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return response;
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(header::CONTENT_TYPE, fixed("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, fixed("no-store"));
    headers.insert(header::REFERRER_POLICY, fixed("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    if let Ok(policy) = HeaderValue::try_from(content_policy(redirect_uri)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Browsers hold `form-action` against the redirects behind a form too, and an application's own page may
/// redirect once more: so it names the kinds of address a login can end at, not one address.
fn content_policy(redirect_uri: &str) -> String {
    let scheme = redirect_uri.split_once(':').map_or("", |(scheme, _)| scheme);
    let targets = match scheme {
        "" => String::new(),
        "http" | "https" => " http: https:".to_owned(),
        custom => format!(" {custom}:"),
    };
    format!("default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'{targets}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_may_lead_to_the_application_only() {
        assert!(content_policy("https://a/cb").ends_with("form-action 'self' http: https:"));
        assert!(content_policy("com.example.app:/cb").ends_with("'self' com.example.app:"));
        assert!(content_policy("").ends_with("form-action 'self'"));
    }
}
