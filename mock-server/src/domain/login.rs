//! What an application asks of hosted login, read and checked before anybody signs in (contract §2).

use std::sync::Arc;

use super::{
    Account, Application, Directory, Payload, PayloadTtl, Platform, Refusal,
    sign_in::{Reuse, Target},
};

/// The parameters as they came. `state` may be any bytes.
#[derive(Default)]
pub(crate) struct RawLogin {
    pub(crate) app_id: Option<String>,
    pub(crate) workspace_name: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) state: Option<Vec<u8>>,
    pub(crate) ttl_seconds: Option<String>,
    pub(crate) payload: Option<String>,
    pub(crate) session_token: Option<String>,
}

/// A login that may begin: the application is known and the browser may be sent back to it.
pub(crate) struct LoginRequest<S: Directory> {
    pub(crate) workspace: S::Workspace,
    pub(crate) application: Arc<Application>,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<Vec<u8>>,
    pub(crate) ttl: Option<PayloadTtl>,
    pub(crate) start: Start,
}

/// What the login is for.
pub(crate) enum Start {
    /// A session to continue or to create with this payload.
    Open(Payload),
    /// A new token for the session of this one.
    Renew(String),
}

/// The parameter that a login cannot begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginParameter {
    AppId,
    WorkspaceName,
    RedirectUri,
    TtlSeconds,
    Payload,
}

/// A parameter that is wrong, and how to mend it. There is nowhere safe to redirect to then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadLogin {
    pub(crate) parameter: LoginParameter,
    pub(crate) mend: String,
}

impl<S: Directory> Platform<S> {
    /// Checks the parameters and the allowlist. Whether a given `session_token` is any good is told only
    /// after sign-in.
    pub(crate) async fn login_request(
        &self,
        raw: RawLogin,
    ) -> Result<Result<LoginRequest<S>, BadLogin>, Refusal> {
        let (workspace, app_id, redirect_uri) = match named(&raw) {
            Ok(named) => named,
            Err(bad) => return Ok(Err(bad)),
        };
        let target = match self.target(workspace, Some(app_id)).await {
            Ok(target) => target,
            Err(Refusal::WorkspaceUnknown) => {
                return Ok(Err(bad(LoginParameter::WorkspaceName, "no workspace has this name")));
            }
            Err(Refusal::ApplicationUnknown) => {
                return Ok(Err(bad(
                    LoginParameter::AppId,
                    "the workspace has no application with this id",
                )));
            }
            Err(other) => return Err(other),
        };
        let Target { workspace, application } = target;
        let application = application.ok_or(Refusal::ApplicationUnknown)?;
        if !application.allows_redirect(redirect_uri) {
            return Ok(Err(bad(
                LoginParameter::RedirectUri,
                "the application's allowlist does not hold exactly this URI; register it, character by character",
            )));
        }
        let redirect_uri = redirect_uri.to_owned();
        Ok(options(&raw).map(|(ttl, start)| LoginRequest {
            workspace,
            application,
            redirect_uri,
            state: raw.state,
            ttl,
            start,
        }))
    }

    /// Ends a login: the session token for somebody who signed in.
    pub(crate) async fn finish_login(
        &self,
        account: &Account,
        request: LoginRequest<S>,
    ) -> Result<String, Refusal> {
        match request.start {
            Start::Renew(token) => Ok(self.renew(account, &token).await?.token),
            Start::Open(payload) => {
                let LoginRequest { workspace, application, ttl, .. } = request;
                let target = Target { workspace, application: Some(application) };
                self.open_session(account, &target, &payload, ttl, Reuse::NewestActive).await
            }
        }
    }
}

fn named(raw: &RawLogin) -> Result<(&str, &str, &str), BadLogin> {
    Ok((
        required(raw.workspace_name.as_deref(), LoginParameter::WorkspaceName)?,
        required(raw.app_id.as_deref(), LoginParameter::AppId)?,
        required(raw.redirect_uri.as_deref(), LoginParameter::RedirectUri)?,
    ))
}

fn required(value: Option<&str>, parameter: LoginParameter) -> Result<&str, BadLogin> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| bad(parameter, "it is required"))
}

fn options(raw: &RawLogin) -> Result<(Option<PayloadTtl>, Start), BadLogin> {
    let ttl = raw.ttl_seconds.as_deref().map(PayloadTtl::parse_seconds).transpose();
    let ttl = ttl.map_err(|why| bad(LoginParameter::TtlSeconds, &why.to_string()))?;
    let start = match (&raw.session_token, &raw.payload) {
        (Some(_), Some(_)) => {
            let mend =
                "leave it out where session_token is given: a renewed session keeps its data";
            return Err(bad(LoginParameter::Payload, mend));
        }
        (Some(token), None) => Start::Renew(token.clone()),
        (None, Some(payload)) => Start::Open(
            Payload::parse(payload)
                .map_err(|why| bad(LoginParameter::Payload, &why.to_string()))?,
        ),
        (None, None) => Start::Open(Payload::default()),
    };
    Ok((ttl, start))
}

fn bad(parameter: LoginParameter, mend: &str) -> BadLogin {
    BadLogin { parameter, mend: mend.to_owned() }
}
