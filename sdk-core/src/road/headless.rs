//! Signing in where nobody sits at a browser: with an identity token, and never a password.

use std::sync::Weak;

use super::{
    Again, Answered, Gate, Road,
    line::Noted,
    login::{asked, gone},
};
use crate::{
    error::{Cause, Error},
    host::IdentityProvider,
    protocol::{call::Call, session::Generation, verdict::Accepted},
    secret::SessionToken,
};

impl Road {
    /// Signs in to the newest session of whoever the identity provider says, or to a new one that
    /// begins with `payload`.
    pub(crate) async fn sign_in_headless(&self, payload: Option<&str>) -> Result<(), Error> {
        let Again::Headless(provider) = &self.gate.again else {
            return Err(Error::invalid(
                "identity_provider",
                "is missing",
                "give the builder one, or sign in through hosted login",
            ));
        };
        let era = self.era();
        let config = self.config();
        let call = Call::get_or_create(&config.workspace, Some(&config.app_id), payload)?;
        let token = issue(&self.gate, &**provider, &call, &self.session).await?;
        self.take_in(token, era).await
    }
}

/// A fresh token for the session of the one that died, and whose it is.
pub(super) async fn renew(
    gate: &Gate,
    provider: &dyn IdentityProvider,
    dead: Option<SessionToken>,
    road: &Weak<Road>,
) -> Result<(SessionToken, Option<String>), Error> {
    let call = Call::renew(dead.ok_or_else(gone)?);
    let token = issue(gate, provider, &call, road).await?;
    let user = gate.identify(&token, road).await?;
    Ok((token, user))
}

/// What `call`, made with a fresh identity token, issues.
async fn issue(
    gate: &Gate,
    provider: &dyn IdentityProvider,
    call: &Call,
    noted: &dyn Noted,
) -> Result<SessionToken, Error> {
    let identity = asked(gate, Box::pin(async { provider.identity_token().await })).await?;
    let origin = gate.config.origin.as_str();
    if identity.origin() != origin {
        return Err(Error::invalid(
            "identity_provider",
            "gave a token for another origin",
            "give one for the origin that this client is for",
        ));
    }
    let sent = Generation::default();
    let answer = gate.line.exchange(call, Some(identity.bearer().clone()), sent, noted).await?;
    let token = match answer {
        Answered::Accepted(Accepted::Token(token) | Accepted::TokenAndPayload(token, _)) => token,
        _ => return Err(useless()),
    };
    SessionToken::issued_by(origin, String::clone(&token)).map_err(|_| useless())
}

/// A success that holds no token that can be used.
fn useless() -> Error {
    Error::Unavailable { cause: Cause::NotThePlatform(200) }
}
