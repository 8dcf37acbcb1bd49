//! Whose account a social sign-in leads to.
//!
//! The provider's own name for a person decides. An account that only has the same e-mail is linked when both
//! sides have verified that e-mail: otherwise whoever claims an address somewhere would get into the account
//! of its owner, or an account made in advance would catch its owner's sign-in.

use super::{Account, Directory, Platform, Refusal, SocialProfile};

/// The e-mail belongs to an account that must not be linked. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotLinked {
    #[error(
        "There is an account with {email} already, and {provider} has not verified this e-mail, so it cannot be linked. \
         Sign in the way you did before, or let {provider} verify the e-mail first."
    )]
    ByProvider { email: String, provider: &'static str },
    #[error(
        "There is an account with {email} already, but its e-mail was never verified, so {provider} cannot be linked to \
         it. Sign in with its password and verify the e-mail, then come back; or use another e-mail."
    )]
    ByAccount { email: String, provider: &'static str },
}

impl<S: Directory> Platform<S> {
    /// The account of somebody who signed in at a provider: known, linked now, or new.
    pub(crate) async fn sign_in_socially(
        &self,
        profile: &SocialProfile,
    ) -> Result<Result<Account, NotLinked>, Refusal> {
        // Once more when somebody was faster: accounts stay, so the second look finds one.
        loop {
            if let Some(account) = self.store.account_by_social(&profile.identity).await? {
                return Ok(Ok(account));
            }
            let link = |account: &mut Account| account.link(profile);
            if let Some(linked) = self.store.with_account_of(&profile.email, link).await? {
                return Ok(linked);
            }
            let account = self.new_social_account(profile);
            if self.store.add_account(account.clone()).await? {
                return Ok(Ok(account));
            }
        }
    }
}

impl<S> Platform<S> {
    fn new_social_account(&self, profile: &SocialProfile) -> Account {
        Account {
            email_verified: profile.email_verified,
            name: profile.name.clone(),
            social: vec![profile.identity.clone()],
            ..self.new_account(Some(profile.email.clone()), None)
        }
    }
}

impl Account {
    fn link(&mut self, profile: &SocialProfile) -> Result<Self, NotLinked> {
        let (email, provider) = (profile.email.clone(), profile.identity.provider.name());
        if !profile.email_verified {
            return Err(NotLinked::ByProvider { email, provider });
        }
        if !self.email_verified {
            return Err(NotLinked::ByAccount { email, provider });
        }
        self.social.push(profile.identity.clone());
        self.name = self.name.take().or_else(|| profile.name.clone());
        Ok(self.clone())
    }
}
