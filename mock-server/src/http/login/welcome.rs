//! A browser that has signed in, and one that comes again.

use axum::response::Response;
use http::{header, uri::Scheme};

use super::errand::Errand;
use crate::{
    domain::{Account, Directory, Proof, Refusal},
    http::{call::Call, cookies, io::Answer},
};

/// Remembers the browser and sends it on.
pub(super) async fn welcome<S: Directory>(
    call: &Call<S>,
    errand: &Errand<S>,
    account: &Account,
    proof: Proof,
) -> Answer<Response> {
    let platform = call.platform();
    let cookie = platform.remember_browser(account, proof).await?;
    let mut response = errand.go_on(call, account, proof).await?;
    let secure = call.parts.uri.scheme() == Some(&Scheme::HTTPS);
    if let Some(cookie) = cookies::write(&platform.id, &cookie, secure) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The account that the browser's cookie stands for, and how it signed in.
pub(super) async fn signed_in<S: Directory>(
    call: &Call<S>,
) -> Result<Option<(Account, Proof)>, Refusal> {
    let platform = call.platform();
    let Some(cookie) = cookies::read(&call.parts.headers, &platform.id) else { return Ok(None) };
    Ok(platform.store.browser_account(cookie).await?)
}
