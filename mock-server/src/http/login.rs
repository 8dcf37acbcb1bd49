//! `/app/sessions/login`: the page where somebody signs in, and its forms (contract §2).

mod parameters;
pub(super) mod same_site;

use axum::response::Response;
use http::{HeaderValue, StatusCode, header, uri::Scheme};

use self::parameters::{address_without, begin};
pub(super) use self::parameters::{bad_parameter, described, raw};
use super::{
    auth,
    call::Call,
    cookies,
    io::{Answer, Shown},
    query::Query,
    respond::{redirect, with_query},
};
use crate::{
    domain::{Account, Directory, LoginRequest, Workspace as _, parse_email},
    pages::{self, ContinuePage, Form, LoginPage},
};

const PATH: &str = "/app/sessions/login";
const CALLBACK: &str = "/api/v1/auth/callback";

/// A shorter password is not taken at sign-up.
const MIN_PASSWORD: usize = 8;

/// One text for a wrong password and an unknown e-mail.
const WRONG: &str = "This e-mail and password do not match an account.";

/// The page: "Continue as …?" for a browser that is signed in, the forms for any other.
pub(super) async fn page<S: Directory>(call: Call<S>) -> Answer<Shown> {
    let (query, request) = match begin(&call).await? {
        Ok(begun) => begun,
        Err(page) => return Ok(Shown(page)),
    };
    let another = query.text("prompt").is_ok_and(|prompt| prompt.as_deref() == Some("login"));
    let known = if another { None } else { signed_in(&call).await? };
    Ok(Shown(match known {
        Some(account) => continue_page(&call, &request, &account),
        None => {
            let signs_up = query.text("mode").is_ok_and(|mode| mode.as_deref() == Some("signup"));
            let form = if signs_up { Form::SignUp } else { Form::SignIn };
            login_page(&call, &request, form, "", None)
        }
    }))
}

/// A form of the page.
pub(super) async fn submit<S: Directory>(mut call: Call<S>) -> Answer<Shown> {
    if !same_site::is_own_form(&call.parts.headers) {
        return Ok(Shown(pages::foreign_form()));
    }
    let body = call.text_body("application/x-www-form-urlencoded").await?;
    let request = match begin(&call).await? {
        Ok((_, request)) => request,
        Err(page) => return Ok(Shown(page)),
    };
    let form = Query::parse(&body);
    let field = |name| form.text(name).ok().flatten().unwrap_or_default();
    let (email, password) = (field("email"), field("password"));
    let refuse = |form, why| Ok(Shown(login_page(&call, &request, form, &email, Some(why))));
    let platform = call.platform();
    let account = match field("action").as_str() {
        "continue" => match signed_in(&call).await? {
            Some(account) => return Ok(Shown(to_callback(&call, &account))),
            None => return refuse(Form::SignIn, "You have been signed out. Sign in again."),
        },
        "anonymous" if request.workspace.row().accept_anonymous => {
            platform.sign_up_anonymously().await?
        }
        "anonymous" => return refuse(Form::SignIn, "Guests are not accepted here. Sign in."),
        "sign_up" => {
            let Ok(address) = parse_email(&email) else {
                return refuse(Form::SignUp, "Enter an e-mail address, such as name@example.com.");
            };
            if password.chars().count() < MIN_PASSWORD {
                return refuse(Form::SignUp, "Choose a password of at least 8 characters.");
            }
            match platform.sign_up(address, &password).await? {
                Some(account) => account,
                None => {
                    return refuse(
                        Form::SignUp,
                        "An account cannot be made with these. Try to sign in.",
                    );
                }
            }
        }
        _ => {
            let address = parse_email(&email).unwrap_or_default();
            match platform.check_password(&address, &password).await? {
                Some(account) => account,
                None => return refuse(Form::SignIn, WRONG),
            }
        }
    };
    let cookie = platform.remember_browser(&account).await?;
    let mut response = to_callback(&call, &account);
    let secure = call.parts.uri.scheme() == Some(&Scheme::HTTPS);
    if let Some(cookie) = cookies::write(&platform.id, &cookie, secure) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(Shown(response))
}

/// The one style sheet.
pub(super) async fn style<S: Directory>(_call: Call<S>) -> Answer<Shown> {
    let mut response = Response::new(pages::STYLE.into());
    let css = HeaderValue::from_static("text/css; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, css);
    Ok(Shown(response))
}

/// The account that the browser's cookie stands for.
async fn signed_in<S: Directory>(call: &Call<S>) -> Result<Option<Account>, super::error::Problem> {
    let platform = call.platform();
    let Some(cookie) = cookies::read(&call.parts.headers, &platform.id) else { return Ok(None) };
    let account = platform.store.browser_account(cookie).await;
    Ok(account.map_err(crate::domain::Refusal::from)?)
}

/// Sends a signed-in browser on, with a fresh proof of who it is.
fn to_callback<S: Directory>(call: &Call<S>, account: &Account) -> Response {
    let token = call.platform().identity_token(account);
    let parameters = parameters::for_callback(call.parts.uri.query().unwrap_or_default());
    let address = with_query(CALLBACK, &[("firebaseToken", token.as_bytes())]);
    redirect(StatusCode::SEE_OTHER, &format!("{address}&{parameters}"))
}

fn login_page<S: Directory>(
    call: &Call<S>,
    request: &LoginRequest<S>,
    form: Form,
    email: &str,
    error: Option<&str>,
) -> Response {
    let plain =
        address_without(PATH, call.parts.uri.query().unwrap_or_default(), &["mode", "prompt"]);
    let page = LoginPage {
        application: &request.application.display_name,
        form,
        email,
        error,
        action: &plain,
        sign_in: &format!("{plain}&prompt=login"),
        sign_up: &format!("{plain}&prompt=login&mode=signup"),
        guests: request.workspace.row().accept_anonymous,
        cancel: &cancel(request),
    };
    let status = if error.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    pages::login(status, &page, &request.redirect_uri)
}

fn continue_page<S: Directory>(
    call: &Call<S>,
    request: &LoginRequest<S>,
    account: &Account,
) -> Response {
    let plain =
        address_without(PATH, call.parts.uri.query().unwrap_or_default(), &["mode", "prompt"]);
    let page = ContinuePage {
        application: &request.application.display_name,
        who: account.email.as_deref().unwrap_or("a guest"),
        action: &plain,
        another: &format!("{plain}&prompt=login"),
        cancel: &cancel(request),
    };
    pages::continue_as(&page, &request.redirect_uri)
}

fn cancel<S: Directory>(request: &LoginRequest<S>) -> String {
    let text = "The user cancelled the sign-in";
    auth::refused(&request.redirect_uri, request.state.as_deref(), "access_denied", text)
}
