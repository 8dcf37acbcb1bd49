//! Where the operator works: a platform that is given, or one of this example's own.

use anyhow::Context as _;
use secureflows::{
    Declined, IdentityProvider, IdentityToken, host::BoxFuture, management::Management,
};
use secureflows_mock::{UserSpec, WorkspaceSpec, World};

const OPERATOR: &str = "olive@example.com";
const INVITED: &str = "grace@example.com";

pub(crate) struct Place {
    origin: String,
    /// The platform of this example's own.
    world: Option<World>,
}

impl Place {
    pub(crate) async fn open(origin: Option<&str>) -> anyhow::Result<Self> {
        if let Some(origin) = origin {
            return Ok(Self { origin: origin.to_owned(), world: None });
        }
        let elsewhere = "elsewhere";
        let world = World::builder()
            .workspace(WorkspaceSpec::new(elsewhere))
            .user(elsewhere, UserSpec::new(OPERATOR))
            .user(elsewhere, UserSpec::new(INVITED))
            .start()
            .await?;
        Ok(Self { origin: world.origin().to_owned(), world: Some(world) })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The operator's way in, before there is a workspace.
    pub(crate) fn operator(&self) -> anyhow::Result<Management> {
        self.management(OPERATOR)
    }

    /// Somebody else redeems the invite and begins to use the application. On a platform that is given,
    /// people do that themselves.
    pub(crate) async fn somebody_accepts(&self, secret: &str, app_id: &str) -> anyhow::Result<()> {
        let Some(world) = &self.world else { return Ok(()) };
        self.management(INVITED)?.accept_invite(secret).await?;
        world.sign_in(INVITED, app_id).await.context("nobody signed in")?;
        Ok(())
    }

    fn management(&self, who: &'static str) -> anyhow::Result<Management> {
        let identity = Identity { origin: self.origin.clone(), world: self.world.clone(), who };
        Ok(Management::builder().origin(&self.origin).identity_provider(identity).build()?)
    }
}

/// Where identity tokens come from: the environment, or the platform of this example's own.
struct Identity {
    origin: String,
    world: Option<World>,
    who: &'static str,
}

impl IdentityProvider for Identity {
    fn identity_token(&self) -> BoxFuture<'_, Result<IdentityToken, Declined>> {
        let token = match &self.world {
            Some(world) => world.identity_token(self.who).map_err(|error| error.to_string()),
            None => std::env::var("SECUREFLOWS_IDENTITY_TOKEN")
                .map_err(|_| "SECUREFLOWS_IDENTITY_TOKEN is not set".to_owned()),
        };
        let token = token.and_then(|token| {
            IdentityToken::issued_by(&self.origin, token).map_err(|error| error.to_string())
        });
        Box::pin(async move { token.map_err(Declined::new) })
    }
}
