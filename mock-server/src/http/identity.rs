//! `/identity/v1`: the identity provider for programs and tests, without pages. It is the mock's own and no
//! part of the published platform, whose applications only ever send a browser to hosted login.

use axum::response::Response;
use http::{HeaderValue, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    actor::Nobody,
    call::Call,
    io::{Answer, Example, Gives, Json, Output, Schemas},
    journal::Caller,
};
use crate::domain::{Account, Directory, IDENTITY_TTL, Method, Refusal, Tokens};

/// What somebody has who signed in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedIn {
    identity_token: String,
    /// Good once.
    refresh_token: String,
    /// The identity token's life, in seconds.
    expires_in: u64,
}

/// An account to make.
#[derive(Deserialize, JsonSchema)]
pub(super) struct NewAccount {
    email: String,
    #[schemars(length(min = 8))]
    password: String,
    /// What people call them; the `name` of identity tokens.
    name: Option<String>,
}

/// Who signs in.
#[derive(Deserialize, JsonSchema)]
pub(super) struct Credentials {
    email: String,
    password: String,
}

/// A refresh token to exchange.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refresh {
    refresh_token: String,
}

/// An answer with credentials, which nobody on its way may keep.
pub(super) struct NotCached<A>(A);

/// Makes an account, whose e-mail nobody has verified yet.
pub(super) async fn sign_up<S: Directory>(
    call: Call<S>,
    _: Nobody,
    Json(new): Json<NewAccount>,
) -> Answer<NotCached<Json<SignedIn>>> {
    let account = call.platform().sign_up(&new.email, &new.password, new.name.as_deref()).await?;
    enter(&call, &account.map_err(Refusal::from)?, Method::Password).await
}

pub(super) async fn sign_in<S: Directory>(
    call: Call<S>,
    _: Nobody,
    Json(who): Json<Credentials>,
) -> Answer<NotCached<Json<SignedIn>>> {
    let account = call.platform().check_password(&who.email, &who.password).await?;
    enter(&call, &account.map_err(Refusal::from)?, Method::Password).await
}

/// Makes an account without e-mail and password. A body is ignored.
pub(super) async fn anonymous<S: Directory>(call: Call<S>) -> Answer<NotCached<Json<SignedIn>>> {
    let account = call.platform().sign_up_anonymously().await?;
    enter(&call, &account, Method::Anonymous).await
}

/// Exchanges a refresh token, once.
pub(super) async fn refresh<S: Directory>(
    call: Call<S>,
    _: Nobody,
    Json(old): Json<Refresh>,
) -> Answer<NotCached<Json<SignedIn>>> {
    let refreshed = call.platform().refresh(&old.refresh_token).await?;
    let (account, tokens) = refreshed.map_err(Refusal::from)?;
    Ok(signed_in(&call, &account, tokens))
}

async fn enter<S: Directory>(
    call: &Call<S>,
    account: &Account,
    method: Method,
) -> Answer<NotCached<Json<SignedIn>>> {
    let proof = call.platform().proof_by(method);
    let tokens = call.platform().issue_tokens(account, proof).await?;
    Ok(signed_in(call, account, tokens))
}

fn signed_in<S: Directory>(
    call: &Call<S>,
    account: &Account,
    tokens: Tokens,
) -> NotCached<Json<SignedIn>> {
    call.visit.known(Caller::Account(account.uid.as_str().into()));
    NotCached(Json(SignedIn {
        identity_token: tokens.identity,
        refresh_token: tokens.refresh,
        expires_in: IDENTITY_TTL.as_secs(),
    }))
}

impl<A: Output> Output for NotCached<A> {
    fn respond(self) -> Response {
        let mut response = self.0.respond();
        let no_store = HeaderValue::from_static("no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, no_store);
        response
    }

    fn describe(schemas: &mut Schemas) -> Gives {
        A::describe(schemas)
    }
}

impl Example for NewAccount {
    fn example() -> Value {
        json!({ "email": "grace@example.com", "password": "a long password", "name": "Grace" })
    }
}

impl Example for Credentials {
    fn example() -> Value {
        json!({ "email": "ada@example.com", "password": "correct horse battery staple" })
    }
}

impl Example for Refresh {
    fn example() -> Value {
        json!({ "refreshToken": "5f0c….9ab1…" })
    }
}
