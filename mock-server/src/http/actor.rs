//! Who is calling. Decided from the `Authorization` header and nothing else, before any handler runs.

use http::{HeaderMap, header};

use super::{call::Call, journal::Caller};
use crate::domain::{Account, Directory, Refusal, SessionCaller, Workspace as _};

/// The bearer of a session token.
pub(super) async fn session<S: Directory>(call: &Call<S>) -> Result<SessionCaller<S>, Refusal> {
    let token = bearer(&call.parts.headers)?.ok_or(Refusal::BadToken)?;
    call.platform().authenticate(token).await
}

/// The bearer of an identity token.
pub(super) async fn identity<S: Directory>(call: &Call<S>) -> Result<Account, Refusal> {
    let bearer = bearer(&call.parts.headers).map_err(|_| Refusal::NoIdentity)?;
    let token = bearer.ok_or(Refusal::BadIdentity)?;
    call.platform().identify(token).await
}

/// A session's bearer, as the journal notes it.
pub(super) fn noted<S: Directory>(caller: &SessionCaller<S>) -> Caller {
    Caller::Session {
        workspace: caller.workspace.row().id,
        session: caller.session,
        token_revision: caller.token_revision,
        user: caller.user,
        application: caller.application,
    }
}

/// The header's bearer token; `None` when the header says something else.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let value = headers.get(header::AUTHORIZATION).ok_or(Refusal::NoCredential)?;
    let Some((scheme, token)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
        return Ok(None);
    };
    Ok(scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()))
}
