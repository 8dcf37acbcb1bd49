//! The login page and its forms: password, sign-up, guest, and going on as who one is.

use axum::response::Response;

use super::{
    errand::{Door, Errand, query_of},
    same_site, views, welcome,
};
use crate::{
    domain::{Account, Directory, Method, Proof},
    http::{call::Call, error::Problem, io::Answer, query::Query},
    pages::{self, Form},
};

pub(super) async fn page<S: Directory>(door: Door, call: &Call<S>) -> Answer<Response> {
    let errand = match door.errand(call).await? {
        Ok(errand) => errand,
        Err(page) => return Ok(page),
    };
    let query = Query::parse(query_of(call));
    let says = |name, value| query.text(name).is_ok_and(|it| it.as_deref() == Some(value));
    let known = if says("prompt", "login") { None } else { welcome::signed_in(call).await? };
    Ok(match known {
        Some((account, _)) => views::continue_as(door, call, &errand, &account),
        None => {
            let form = if says("mode", "signup") { Form::SignUp } else { Form::SignIn };
            views::login(door, call, &errand, form, "", None)
        }
    })
}

pub(super) async fn submit<S: Directory>(door: Door, mut call: Call<S>) -> Answer<Response> {
    if !same_site::is_own_form(&call.parts.headers) {
        return Ok(pages::foreign_form());
    }
    let form = Query::parse(&call.text_body("application/x-www-form-urlencoded").await?);
    let errand = match door.errand(&call).await? {
        Ok(errand) => errand,
        Err(page) => return Ok(page),
    };
    let field = |name| form.text(name).ok().flatten().unwrap_or_default();
    if field("action") == "continue" {
        return go_on(door, &call, &errand).await;
    }
    let email = field("email");
    match enter(&call, &errand, &field("action"), &email, &field("password")).await? {
        Ok((account, proof)) => welcome::welcome(&call, &errand, &account, proof).await,
        Err((form, why)) => Ok(views::login(door, &call, &errand, form, &email, Some(&why))),
    }
}

async fn go_on<S: Directory>(door: Door, call: &Call<S>, errand: &Errand<S>) -> Answer<Response> {
    let Some((account, proof)) = welcome::signed_in(call).await? else {
        let why = "You have been signed out. Sign in again.";
        return Ok(views::login(door, call, errand, Form::SignIn, "", Some(why)));
    };
    Ok(errand.go_on(call, &account, proof).await?)
}

/// The account that a form leads to, or the form to show again and why.
async fn enter<S: Directory>(
    call: &Call<S>,
    errand: &Errand<S>,
    action: &str,
    email: &str,
    password: &str,
) -> Result<Result<(Account, Proof), (Form, String)>, Problem> {
    let platform = call.platform();
    let by = |method| platform.proof_by(method);
    Ok(match action {
        "anonymous" if errand.accepts_guests() => {
            Ok((platform.sign_up_anonymously().await?, by(Method::Anonymous)))
        }
        "anonymous" => Err((Form::SignIn, "Guests are not accepted here. Sign in.".to_owned())),
        "sign_up" => {
            let account = platform.sign_up(email, password, None).await?;
            let account = account.map_err(|bad| (Form::SignUp, bad.to_string()));
            account.map(|account| (account, by(Method::Password)))
        }
        _ => {
            let account = platform.check_password(email, password).await?;
            let account = account.map_err(|wrong| (Form::SignIn, wrong.to_string()));
            account.map(|account| (account, by(Method::Password)))
        }
    })
}
