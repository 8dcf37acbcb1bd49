//! Who is calling. Decided from the `Authorization` header and nothing else, before any handler runs.

use http::{HeaderMap, header};

use super::{call::Call, dispatch::Access, journal::Caller};
use crate::domain::{Account, Directory, Refusal, Role, SessionCaller, UserCaller, Workspace as _};

/// A kind of caller.
pub(super) trait Actor<S: Directory>: Sized + Send + Sync + 'static {
    /// The caller, if it is one of this kind who may call. Who it is is noted as soon as a token tells, so
    /// that the access log has those too who are refused.
    fn find(call: &Call<S>, access: Access) -> impl Future<Output = Result<Self, Refusal>> + Send;

    /// The caller, as the journal notes it.
    fn noted(&self) -> Caller;
}

/// Whoever calls an operation that is open to anybody.
#[derive(Debug)]
pub(super) struct Nobody;

impl<S: Directory> Actor<S> for Nobody {
    async fn find(_: &Call<S>, _: Access) -> Result<Self, Refusal> {
        Ok(Self)
    }

    fn noted(&self) -> Caller {
        Caller::Nobody
    }
}

/// The bearer of a session token.
impl<S: Directory> Actor<S> for SessionCaller<S> {
    async fn find(call: &Call<S>, _: Access) -> Result<Self, Refusal> {
        let token = bearer(&call.parts.headers).ok_or(Refusal::NoCredential)?;
        let (caller, good) = call.platform().bearer(token.ok_or(Refusal::BadToken)?).await?;
        call.visit.known(Actor::<S>::noted(&caller));
        good.map(|()| caller)
    }

    fn noted(&self) -> Caller {
        Caller::Session {
            workspace: self.workspace.row().id,
            session: self.session,
            token_revision: self.token_revision,
            user: self.user,
            application: self.application,
        }
    }
}

/// The bearer of an identity token.
impl<S: Directory> Actor<S> for Account {
    async fn find(call: &Call<S>, _: Access) -> Result<Self, Refusal> {
        let token = bearer(&call.parts.headers).ok_or(Refusal::NoIdentity)?;
        let account = call.platform().identify(token.ok_or(Refusal::BadIdentity)?).await?;
        call.visit.known(Actor::<S>::noted(&account));
        Ok(account)
    }

    fn noted(&self) -> Caller {
        Caller::Account(self.uid.as_str().into())
    }
}

/// The bearer of a USER token with a role that the operation asks for.
impl<S: Directory> Actor<S> for UserCaller<S> {
    async fn find(call: &Call<S>, access: Access) -> Result<Self, Refusal> {
        let token = bearer(&call.parts.headers).ok_or(Refusal::NoUser)?;
        let token = token.ok_or(Refusal::BadUserToken)?;
        let caller = call.platform().authenticate_user(token).await?;
        call.visit.known(caller.noted());
        match access.needs(caller.user.role) {
            None => Ok(caller),
            Some(needs) => Err(Refusal::WrongRole { needs }),
        }
    }

    fn noted(&self) -> Caller {
        Caller::User { workspace: self.workspace_id(), uid: self.user.provider_uid.as_str().into() }
    }
}

impl Access {
    /// The roles that are asked for of somebody who has none of them.
    fn needs(self, role: Role) -> Option<&'static str> {
        match self {
            Self::Admin if !role.administers() => Some("ADMIN or OWNER"),
            Self::Billing if !role.administers() && role != Role::Support => {
                Some("ADMIN, OWNER or SUPPORT")
            }
            _ => None,
        }
    }
}

/// The header's bearer token: `None` without a header, `Some(None)` when it says something else.
fn bearer(headers: &HeaderMap) -> Option<Option<&str>> {
    let value = headers.get(header::AUTHORIZATION)?;
    let Some((scheme, token)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
        return Some(None);
    };
    Some(scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()))
}
