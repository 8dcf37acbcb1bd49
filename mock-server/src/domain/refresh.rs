//! Refresh tokens: how a program stays signed in beyond an identity token's hour.
//!
//! A token is good once. What it is exchanged for belongs to the same family, and a token that comes a second
//! time ends the whole family: either the thief has been there or comes now.

use super::{Account, Directory, Platform, Proof, Reason, Refusal};
use crate::crypto::Digest;

/// A family of refresh tokens: one sign-in, and the token that it has come to.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone)]
pub(crate) struct Family {
    pub(crate) uid: String,
    proof: Proof,
    newest: Digest,
    revoked: bool,
}

/// What somebody who signed in at the identity provider's API holds.
pub(crate) struct Tokens {
    pub(crate) identity: String,
    pub(crate) refresh: String,
}

/// Not a refresh token, or one that is used up or revoked. A client cannot tell which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Invalid refresh token")]
pub(crate) enum BadRefresh {
    Unknown,
    Reused,
    Revoked,
}

impl BadRefresh {
    /// Which check it comes from.
    pub(super) fn reason(self) -> Reason {
        Reason::of(match self {
            Self::Unknown => "refresh_token.exists",
            Self::Reused => "refresh_token.reuse",
            Self::Revoked => "refresh_token.revocation",
        })
    }
}

impl<S: Directory> Platform<S> {
    /// The tokens of a new sign-in.
    pub(crate) async fn issue_tokens(
        &self,
        account: &Account,
        proof: Proof,
    ) -> Result<Tokens, Refusal> {
        let (family, secret) = (self.random.hex::<16>(), self.random.hex::<32>());
        let uid = account.uid.clone();
        let row = Family { uid, proof, newest: Digest::of(&secret), revoked: false };
        self.store.add_family(family.clone(), row).await?;
        let identity = self.identity_token(account, proof).await?;
        Ok(Tokens { identity, refresh: join(&family, &secret) })
    }

    /// Exchanges a refresh token for new tokens, and says whose they are.
    pub(crate) async fn refresh(
        &self,
        token: &str,
    ) -> Result<Result<(Account, Tokens), BadRefresh>, Refusal> {
        let Some((family, secret)) = token.split_once(SEPARATOR) else {
            return Ok(Err(BadRefresh::Unknown));
        };
        let next = self.random.hex::<32>();
        let exchange = |row: &mut Family| row.exchange(secret, &next);
        let (uid, proof) = match self.store.with_family(family, exchange).await? {
            None => return Ok(Err(BadRefresh::Unknown)),
            Some(Err(bad)) => return Ok(Err(bad)),
            Some(Ok(sign_in)) => sign_in,
        };
        let Some(account) = self.store.account(&uid).await? else {
            return Ok(Err(BadRefresh::Unknown));
        };
        let identity = self.identity_token(&account, proof).await?;
        Ok(Ok((account, Tokens { identity, refresh: join(family, &next) })))
    }
}

impl Family {
    fn exchange(&mut self, secret: &str, next: &str) -> Result<(String, Proof), BadRefresh> {
        if self.revoked {
            return Err(BadRefresh::Revoked);
        }
        // Nobody guesses a family: what is not its newest token is one that was used.
        if !self.newest.is_of(secret) {
            self.revoked = true;
            return Err(BadRefresh::Reused);
        }
        self.newest = Digest::of(next);
        Ok((self.uid.clone(), self.proof))
    }
}

const SEPARATOR: char = '.';

fn join(family: &str, secret: &str) -> String {
    format!("{family}{SEPARATOR}{secret}")
}
