//! The platform's identity provider: passwords, identity tokens, signed-in browsers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Account, Directory, Platform, Refusal, lifetime};
use crate::crypto::{Jwk, PasswordHash};

/// Who issues identity tokens, and for whom.
const ISSUER: &str = "https://identity.secureflows.mock";
const AUDIENCE: &str = "secureflows";

#[derive(Debug, Serialize, Deserialize)]
struct IdentityClaims {
    iss: String,
    aud: String,
    sub: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    auth_time: i64,
    iat: i64,
    exp: i64,
    jti: String,
}

impl<S: Directory> Platform<S> {
    /// An identity token: proof of who somebody is, for an hour.
    pub(crate) fn identity_token(&self, account: &Account) -> String {
        let now = self.clock.now();
        self.keys.identity().sign(&IdentityClaims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: account.uid.clone(),
            email: account.email.clone(),
            auth_time: now.as_second(),
            iat: now.as_second(),
            exp: lifetime::later(now, lifetime::IDENTITY_TTL).as_second(),
            jti: self.random.hex::<16>(),
        })
    }

    /// The account behind an identity token. One text for every reason: it is an oracle for nobody.
    pub(crate) async fn identify(&self, token: &str) -> Result<Account, Refusal> {
        let claims: Result<IdentityClaims, _> = self.keys.identity().verify(token);
        let claims = claims.map_err(|_| Refusal::BadIdentity)?;
        if claims.iss != ISSUER || claims.aud != AUDIENCE {
            return Err(Refusal::BadIdentity);
        }
        if claims.exp <= self.clock.now().as_second() {
            let at = Timestamp::from_second(claims.exp).unwrap_or(Timestamp::MAX);
            return Err(Refusal::IdentityExpired { at });
        }
        self.store.account(&claims.sub).await?.ok_or(Refusal::BadIdentity)
    }

    /// The account with this e-mail and password. Whether the e-mail is known changes neither the answer
    /// nor the work done for it.
    pub(crate) async fn check_password(
        &self,
        email: &str,
        password: &str,
    ) -> Result<Option<Account>, Refusal> {
        let account = self.store.account_by_email(email).await?;
        let known = account.as_ref().and_then(|account| account.password.as_ref());
        let decoy = || self.decoy.get_or_init(|| self.hash_password(""));
        let matches = known.unwrap_or_else(|| decoy()).matches(password);
        Ok(account.filter(|account| matches && account.password.is_some()))
    }

    /// A new account; `None` when its e-mail is taken.
    pub(crate) async fn sign_up(
        &self,
        email: String,
        password: &str,
    ) -> Result<Option<Account>, Refusal> {
        let account = self.new_account(Some(email), Some(password));
        let added = self.store.add_account(account.clone()).await?;
        Ok(added.then_some(account))
    }

    /// A new account without e-mail or password.
    pub(crate) async fn sign_up_anonymously(&self) -> Result<Account, Refusal> {
        let account = self.new_account(None, None);
        // Without an e-mail there is none to be taken.
        self.store.add_account(account.clone()).await?;
        Ok(account)
    }

    /// Signs a browser in; the answer is the value of its cookie.
    pub(crate) async fn remember_browser(&self, account: &Account) -> Result<String, Refusal> {
        let cookie = self.random.hex::<24>();
        self.store.remember_browser(cookie.clone(), account.uid.clone()).await?;
        Ok(cookie)
    }
}

impl<S> Platform<S> {
    /// An account's row, not stored yet.
    pub(crate) fn new_account(&self, email: Option<String>, password: Option<&str>) -> Account {
        let password = password.map(|password| self.hash_password(password));
        Account { uid: self.random.hex::<14>(), email, password }
    }

    /// The public half of the key that signs identity tokens.
    pub(crate) fn identity_jwk(&self) -> Jwk {
        self.keys.identity().jwk()
    }

    fn hash_password(&self, password: &str) -> PasswordHash {
        PasswordHash::new(password, self.random.bytes(), self.password_cost)
    }
}
