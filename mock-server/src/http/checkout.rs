//! The fake payment provider's page: it takes every payment, and no money.

use axum::response::Response;
use http::StatusCode;

use super::{
    call::Call,
    io::{Answer, Shown},
    login::same_site,
    query::Query,
    respond::redirect,
};
use crate::{
    domain::{Directory, Workspace as _},
    pages::{self, CheckoutPage, NoticePage},
};

/// What is to be paid, and two buttons.
pub(super) async fn page<S: Directory>(call: Call<S>) -> Answer<Shown> {
    let id = call.parameter("checkout");
    Ok(Shown(match call.platform().checkout(id).await? {
        None => unknown(),
        Some((workspace, checkout)) => pages::checkout(&CheckoutPage {
            workspace: &workspace.row().name,
            plan: checkout.plan.wire_name(),
        }),
    }))
}

/// The buyer pays, or does not.
pub(super) async fn submit<S: Directory>(mut call: Call<S>) -> Answer<Shown> {
    if !same_site::is_own_form(&call.parts.headers) {
        return Ok(Shown(pages::foreign_form()));
    }
    let form = call.text_body("application/x-www-form-urlencoded").await?;
    let pays = Query::parse(&form).lenient("action").as_deref() == Some("pay");
    let back_to = call.platform().end_checkout(call.parameter("checkout"), pays).await?;
    Ok(Shown(match back_to {
        Some(back_to) => redirect(StatusCode::SEE_OTHER, &back_to),
        None => unknown(),
    }))
}

fn unknown() -> Response {
    pages::notice(
        StatusCode::NOT_FOUND,
        &NoticePage {
            title: "There is nothing to pay here",
            text: "This payment was made, called off, or never begun. Go back and begin a new one.",
            parameter: None,
        },
    )
}
