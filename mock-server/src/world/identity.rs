//! What a test does to the identity provider without going through HTTP.

use super::{SignInError, World, wait};
use crate::domain::{Method, parse_email};

impl World {
    /// An identity token, as the identity provider issues it: good for an hour, for the calls that open and
    /// renew sessions.
    ///
    /// # Errors
    ///
    /// [`SignInError::UserUnknown`] when nobody has this e-mail.
    pub fn identity_token(&self, email: &str) -> Result<String, SignInError> {
        wait(async {
            let account = self.account(email).await?;
            let site = self.site();
            let platform = &site.platform;
            let proof = platform.proof_by(Method::usual_of(&account));
            Ok(platform.identity_token(&account, proof).await?)
        })
    }

    /// Marks an account's e-mail as verified, as if its owner had followed the link in a mail. Identity tokens
    /// say so from now on, and social sign-in may be linked to the account.
    ///
    /// ```
    /// use secureflows_mock::{UserSpec, World, WorkspaceSpec};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let world = World::builder()
    ///     .workspace(WorkspaceSpec::new("acme"))
    ///     .user("acme", UserSpec::new("ada@example.com").email_verified(false))
    ///     .build()?;
    /// world.verify_email("ada@example.com").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SignInError::UserUnknown`] when nobody has this e-mail.
    pub async fn verify_email(&self, email: &str) -> Result<(), SignInError> {
        let unknown = || SignInError::UserUnknown { email: email.to_owned() };
        let address = parse_email(email).map_err(|_| unknown())?;
        let verified = self.site().platform.verify_email(&address).await?;
        if verified { Ok(()) } else { Err(unknown()) }
    }

    /// Lets another key sign identity tokens from now on; its id, the `kid` of tokens and of
    /// `/.well-known/jwks.json`. Tokens of the key before count until they expire, an hour at most, and those
    /// of older keys no more. Which key signs is part of a [`snapshot`](Self::snapshot).
    ///
    /// ```
    /// use secureflows_mock::World;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let world = World::builder().build()?;
    /// let first = world.rotate_identity_keys().await?;
    /// assert_ne!(world.rotate_identity_keys().await?, first);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SignInError::Refused`] when the new key cannot be noted, which memory always can.
    pub async fn rotate_identity_keys(&self) -> Result<String, SignInError> {
        Ok(self.site().platform.rotate_identity_keys().await?)
    }
}
