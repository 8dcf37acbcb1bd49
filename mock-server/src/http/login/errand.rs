//! What somebody signs in for, and where that leads.

use std::borrow::Cow;

use axum::response::Response;
use http::StatusCode;

use super::parameters::{self, address_without};
use crate::{
    domain::{Account, Directory, LoginRequest, Proof, Provider, Refusal, Workspace as _},
    http::{
        auth,
        call::Call,
        error::Problem,
        query::{BadParameter, Query},
        respond::{redirect, with_query},
    },
    pages::{self, NoticePage},
};

const CALLBACK: &str = "/api/v1/auth/callback";

/// Which page somebody came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Session,
    Console,
}

/// What they want there, read and checked: nobody signs in for anything else.
pub(super) enum Errand<S: Directory> {
    /// A session of an application.
    Session(LoginRequest<S>),
    /// The identity token itself. Never used for sessions.
    Console { redirect_uri: String, state: Option<Vec<u8>> },
}

impl Door {
    /// The login page, with the address's own parameters.
    pub(super) fn login(self, query: &str) -> String {
        let path = match self {
            Self::Session => "/app/sessions/login",
            Self::Console => "/app/login",
        };
        address_without(path, query, &["mode", "prompt"])
    }

    /// The page of a provider, likewise.
    pub(super) fn provider(self, provider: Provider, query: &str) -> String {
        let path = match self {
            Self::Session => "/app/identity",
            Self::Console => "/app/login",
        };
        let path = format!("{path}/{}", provider.slug());
        address_without(&path, query, &["mode", "prompt"])
    }

    /// Reads the page's address, or answers with a page that says what is wrong with it: there is nowhere
    /// safe to redirect to.
    pub(super) async fn errand<S: Directory>(
        self,
        call: &Call<S>,
    ) -> Result<Result<Errand<S>, Response>, Problem> {
        let query = Query::parse(query_of(call));
        let errand = match self {
            Self::Session => parameters::login_request(call, &query).await?.map(Errand::Session),
            Self::Console => console(call, &query).await?,
        };
        Ok(errand.map_err(|bad| {
            pages::notice(StatusCode::BAD_REQUEST, &NoticePage {
                title: "This sign-in link is not right",
                text: "The application that sent you here made a mistake. Nothing was signed in or stored.",
                parameter: Some((bad.name, &bad.mend)),
            })
        }))
    }
}

/// The query of the page's address, as it was written.
pub(super) fn query_of<S: Directory>(call: &Call<S>) -> &str {
    call.parts.uri.query().unwrap_or_default()
}

async fn console<S: Directory>(
    call: &Call<S>,
    query: &Query,
) -> Result<Result<Errand<S>, BadParameter>, Refusal> {
    let read = || Ok((query.required(parameters::REDIRECT_URI)?, query.bytes("state")?));
    let (redirect_uri, state) = match read() {
        Ok(read) => read,
        Err(bad) => return Ok(Err(bad)),
    };
    if !call.platform().leads_to_console(&redirect_uri).await? {
        let mend = "use a registered URI of an application, or the root of a registered origin with its final /";
        return Ok(Err(BadParameter { name: parameters::REDIRECT_URI, mend: mend.into() }));
    }
    Ok(Ok(Errand::Console { redirect_uri, state }))
}

impl<S: Directory> Errand<S> {
    /// What people read about where they are going.
    pub(super) fn label(&self) -> Cow<'_, str> {
        match self {
            Self::Session(request) => (&request.application.display_name).into(),
            Self::Console { redirect_uri, .. } => format!("Console ({redirect_uri})").into(),
        }
    }

    pub(super) fn accepts_guests(&self) -> bool {
        match self {
            Self::Session(request) => request.workspace.row().accept_anonymous,
            Self::Console { .. } => false,
        }
    }

    pub(super) fn redirect_uri(&self) -> &str {
        match self {
            Self::Session(request) => &request.redirect_uri,
            Self::Console { redirect_uri, .. } => redirect_uri,
        }
    }

    /// The way back without having signed in.
    pub(super) fn cancel(&self) -> String {
        let text = "The user cancelled the sign-in";
        auth::refused(self.redirect_uri(), self.state(), "access_denied", text)
    }

    /// Sends a signed-in browser on, with a fresh proof of who it is.
    pub(super) async fn go_on(
        &self,
        call: &Call<S>,
        account: &Account,
        proof: Proof,
    ) -> Result<Response, Refusal> {
        let token = call.platform().identity_token(account, proof).await?;
        let mut proof = vec![("firebaseToken", token.as_bytes())];
        let address = match self {
            Self::Session(_) => {
                let parameters = parameters::for_callback(query_of(call));
                format!("{}&{parameters}", with_query(CALLBACK, &proof))
            }
            Self::Console { redirect_uri, state } => {
                proof.extend(state.as_deref().map(|state| ("state", state)));
                with_query(redirect_uri, &proof)
            }
        };
        Ok(redirect(StatusCode::SEE_OTHER, &address))
    }

    fn state(&self) -> Option<&[u8]> {
        match self {
            Self::Session(request) => request.state.as_deref(),
            Self::Console { state, .. } => state.as_deref(),
        }
    }
}
