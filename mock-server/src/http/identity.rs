//! `/identity/v1`: the identity provider for programs and tests, without pages. It is the mock's own and no
//! part of the published platform, whose applications only ever send a browser to hosted login.

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::{
    call::Call,
    dispatch::Answer,
    error::{ApiError, Problem},
    journal::Caller,
    respond::json,
    sessions::parse,
};
use crate::domain::{
    Account, BadRefresh, BadSignUp, Bound, Directory, IDENTITY_TTL, Method, Reason, Tokens,
    WrongPassword,
};

/// What somebody has who signed in.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedIn {
    identity_token: String,
    /// Good once.
    refresh_token: String,
    /// The identity token's life, in seconds.
    expires_in: u64,
}

/// Makes an account, whose e-mail nobody has verified yet.
pub(super) async fn sign_up<S: Directory>(mut call: Call<S>) -> Answer {
    #[derive(Deserialize)]
    struct Body {
        email: String,
        password: String,
        name: Option<String>,
    }
    let body = call.json_body().await?;
    let Body { email, password, name } = parse(&body)?;
    let account = call.platform().sign_up(&email, &password, name.as_deref()).await?;
    enter(&call, &account.map_err(ApiError::from)?, Method::Password).await
}

pub(super) async fn sign_in<S: Directory>(mut call: Call<S>) -> Answer {
    #[derive(Deserialize)]
    struct Body {
        email: String,
        password: String,
    }
    let body = call.json_body().await?;
    let Body { email, password } = parse(&body)?;
    let account = call.platform().check_password(&email, &password).await?;
    enter(&call, &account.map_err(ApiError::from)?, Method::Password).await
}

/// Makes an account without e-mail and password. A body is ignored.
pub(super) async fn anonymous<S: Directory>(call: Call<S>) -> Answer {
    let account = call.platform().sign_up_anonymously().await?;
    enter(&call, &account, Method::Anonymous).await
}

/// Exchanges a refresh token, once.
pub(super) async fn refresh<S: Directory>(mut call: Call<S>) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        refresh_token: String,
    }
    let body = call.json_body().await?;
    let Body { refresh_token } = parse(&body)?;
    let refreshed = call.platform().refresh(&refresh_token).await?;
    let (account, tokens) = refreshed.map_err(ApiError::from)?;
    Ok(signed_in(&call, &account, tokens))
}

async fn enter<S: Directory>(
    call: &Call<S>,
    account: &Account,
    method: Method,
) -> Result<Response, Problem> {
    let proof = call.platform().proof_by(method);
    let tokens = call.platform().issue_tokens(account, proof).await?;
    Ok(signed_in(call, account, tokens))
}

fn signed_in<S: Directory>(call: &Call<S>, account: &Account, tokens: Tokens) -> Response {
    call.visit.known(Caller::Account(account.uid.as_str().into()));
    let mut response = json(&SignedIn {
        identity_token: tokens.identity,
        refresh_token: tokens.refresh,
        expires_in: IDENTITY_TTL.as_secs(),
    });
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

impl From<BadSignUp> for ApiError {
    fn from(bad: BadSignUp) -> Self {
        let (status, check) = match bad {
            BadSignUp::Email => (StatusCode::BAD_REQUEST, "account.email"),
            BadSignUp::Password => (StatusCode::BAD_REQUEST, "account.password"),
            BadSignUp::Name => (StatusCode::BAD_REQUEST, "account.name"),
            BadSignUp::Taken => (StatusCode::CONFLICT, "account.email_free"),
        };
        Self::new(status, bad.to_string()).because(Reason::of(check))
    }
}

impl From<WrongPassword> for ApiError {
    fn from(wrong: WrongPassword) -> Self {
        let reason = match wrong {
            WrongPassword::Mismatch => Reason::of("account.password"),
            WrongPassword::Locked { until } => {
                Reason::bounded("account.lockout", Bound::Time(until))
            }
        };
        Self::new(StatusCode::UNAUTHORIZED, wrong.to_string()).because(reason)
    }
}

impl From<BadRefresh> for ApiError {
    fn from(bad: BadRefresh) -> Self {
        let check = match bad {
            BadRefresh::Unknown => "refresh_token.exists",
            BadRefresh::Reused => "refresh_token.reuse",
            BadRefresh::Revoked => "refresh_token.revocation",
        };
        Self::new(StatusCode::UNAUTHORIZED, "Invalid refresh token").because(Reason::of(check))
    }
}
