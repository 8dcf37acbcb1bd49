//! An operator's credentials: a USER token that was given, or one that is got with an identity token.

use std::{fmt, sync::Arc};

use futures_util::lock::Mutex;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{endpoints, not_the_platform};
use crate::{
    client::json,
    error::Error,
    host::IdentityProvider,
    protocol::{call::Call, verdict::Accepted},
    secret::{Bearer, IdentityToken, UserToken},
};

pub(super) struct Credentials {
    pub(super) origin: Box<str>,
    pub(super) workspace: Option<String>,
    pub(super) provider: Option<Arc<dyn IdentityProvider>>,
    /// The newest token; the lock is held by the one who logs in, and the others wait for them.
    pub(super) token: Mutex<Option<Held>>,
}

/// A USER token, and which one it is.
#[derive(Clone)]
pub(super) struct Held {
    token: UserToken,
    number: u64,
    new: bool,
}

impl Held {
    pub(super) const fn given(token: UserToken) -> Self {
        Self { token, number: 0, new: false }
    }

    pub(super) const fn bearer(&self) -> &Bearer {
        self.token.bearer()
    }

    /// It was got for this very call.
    pub(super) const fn is_new(&self) -> bool {
        self.new
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Login<'a> {
    workspace_name: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessToken {
    access_token: Zeroizing<String>,
}

impl Credentials {
    /// Whether another token can be had.
    pub(super) const fn renewable(&self) -> bool {
        self.provider.is_some() && self.workspace.is_some()
    }

    /// `text`, as the platform issued it.
    pub(super) fn user_token(&self, text: &Zeroizing<String>) -> Result<UserToken, Error> {
        let token = UserToken::issued_by(&self.origin, String::clone(text));
        token.map_err(|_| not_the_platform())
    }

    /// A fresh identity token.
    pub(super) async fn identity(&self) -> Result<IdentityToken, Error> {
        let Some(provider) = &self.provider else {
            return Err(Error::invalid(
                "identity_provider",
                "is missing",
                "give the builder one: this call takes an identity token",
            ));
        };
        let token = provider.identity_token().await?;
        if token.origin() != &*self.origin {
            return Err(Error::invalid(
                "identity_provider",
                "gave a token for another origin",
                "give one for the origin that this client is for",
            ));
        }
        Ok(token)
    }

    /// The token at hand, or a new one by `login`; a new one in any case when that at hand is still the
    /// one that was `refused`.
    pub(super) async fn token<F>(
        &self,
        refused: Option<&Held>,
        login: impl FnOnce(Call, Bearer) -> F,
    ) -> Result<Held, Error>
    where
        F: Future<Output = Result<Accepted, Error>>,
    {
        let mut held = self.token.lock().await;
        if let Some(held) =
            held.as_ref().filter(|it| refused.is_none_or(|no| no.number < it.number))
        {
            return Ok(Held { new: false, ..held.clone() });
        }
        let Some(workspace) = &self.workspace else {
            return Err(Error::invalid(
                "workspace",
                "is missing",
                "name the one to log in to, or give a token",
            ));
        };
        let identity = self.identity().await?;
        let body = json::write(&Login { workspace_name: workspace })?;
        let call = Call::to(&endpoints::LOGIN).with_body(body);
        let Accepted::Json(text) = login(call, identity.bearer().clone()).await? else {
            return Err(not_the_platform());
        };
        let text = Zeroizing::new(text);
        let token = self.user_token(&json::read::<AccessToken>(&text)?.access_token)?;
        let number = held.as_ref().map_or(1, |it| it.number + 1);
        let new = Held { token, number, new: true };
        *held = Some(new.clone());
        Ok(new)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("origin", &self.origin)
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}
