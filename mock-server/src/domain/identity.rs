//! The platform's identity provider: passwords, identity tokens, signed-in browsers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Account, Attempts, Directory, Method, Platform, Proof, Refusal, Rotation, lifetime,
    lockout::{LOCKOUT, MAX_FAILURES},
    parse_email,
};
use crate::crypto::PasswordHash;

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    firebase: SignInClaims,
    auth_time: i64,
    iat: i64,
    exp: i64,
    jti: String,
}

/// How they signed in, where Firebase says it.
#[derive(Debug, Serialize, Deserialize)]
struct SignInClaims {
    sign_in_provider: String,
}

/// A password that was not taken. Both have one text, so that nobody learns who has an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WrongPassword {
    #[error(
        "This e-mail and password do not match an account. After {} failures in a row an e-mail is locked for {} minutes.",
        MAX_FAILURES, LOCKOUT.as_secs() / 60
    )]
    Mismatch,
    #[error("{}", Self::Mismatch)]
    Locked { until: Timestamp },
}

impl<S: Directory> Platform<S> {
    /// An identity token: proof of who somebody is, for an hour.
    pub(crate) async fn identity_token(
        &self,
        account: &Account,
        proof: Proof,
    ) -> Result<String, Refusal> {
        Ok(self.sign_identity(self.store.rotation().await?, account, proof))
    }

    /// The account behind an identity token. One text for every reason: it is an oracle for nobody.
    pub(crate) async fn identify(&self, token: &str) -> Result<Account, Refusal> {
        let (rotation, now) = (self.store.rotation().await?, self.clock.now());
        let verify = |count| self.keys.identity(count).verify::<IdentityClaims>(token).ok();
        let claims = rotation.good(now).find_map(verify).ok_or(Refusal::BadIdentity)?;
        if claims.iss != ISSUER || claims.aud != AUDIENCE {
            return Err(Refusal::BadIdentity);
        }
        if claims.exp <= now.as_second() {
            let at = Timestamp::from_second(claims.exp).unwrap_or(Timestamp::MAX);
            return Err(Refusal::IdentityExpired { at });
        }
        self.store.account(&claims.sub).await?.ok_or(Refusal::BadIdentity)
    }

    /// The account with this e-mail and password. Whether the e-mail is known, and whether it is locked,
    /// changes neither the text of the refusal nor the work done for it.
    pub(crate) async fn check_password(
        &self,
        email: &str,
        password: &str,
    ) -> Result<Result<Account, WrongPassword>, Refusal> {
        // What is no e-mail is counted too, all of it as one: nobody has it.
        let (email, now) = (parse_email(email).unwrap_or_default(), self.clock.now());
        let begin = |attempts: &mut Attempts| attempts.begin(now);
        let begun = self.store.with_attempts(&email, now, begin).await?;
        let account = self.store.account_by_email(&email).await?;
        let decoy = self.decoy.get_or_init(|| self.hash_password(""));
        let known = account.as_ref().and_then(|account| account.password.as_ref());
        let matches = known.unwrap_or(decoy).matches(password) && known.is_some();
        if let Err(until) = begun {
            return Ok(Err(WrongPassword::Locked { until }));
        }
        let Some(account) = account.filter(|_| matches) else {
            return Ok(Err(WrongPassword::Mismatch));
        };
        self.store.with_attempts(&email, now, Attempts::succeed).await?;
        Ok(Ok(account))
    }

    /// Notes that the e-mail of an account is its owner's; whether there is such an account.
    pub(crate) async fn verify_email(&self, email: &str) -> Result<bool, Refusal> {
        let verify = |account: &mut Account| account.email_verified = true;
        Ok(self.store.with_account_of(email, verify).await?.is_some())
    }

    /// Signs a browser in; the answer is the value of its cookie.
    pub(crate) async fn remember_browser(
        &self,
        account: &Account,
        proof: Proof,
    ) -> Result<String, Refusal> {
        let cookie = self.random.hex::<24>();
        self.store.remember_browser(cookie.clone(), account.uid.clone(), proof).await?;
        Ok(cookie)
    }
}

impl<S> Platform<S> {
    /// An account's row, not stored yet.
    pub(crate) fn new_account(&self, email: Option<String>, password: Option<&str>) -> Account {
        let password = password.map(|password| self.hash_password(password));
        Account { uid: self.random.hex::<14>(), email, password, ..Account::default() }
    }

    /// An identity token by the key of a rotation.
    pub(crate) fn sign_identity(
        &self,
        rotation: Rotation,
        account: &Account,
        proof: Proof,
    ) -> String {
        let now = self.clock.now();
        self.keys.identity(rotation.count).sign(&IdentityClaims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: account.uid.clone(),
            email: account.email.clone(),
            email_verified: account.email.is_some().then_some(account.email_verified),
            name: account.name.clone(),
            firebase: SignInClaims { sign_in_provider: proof.method.claim().to_owned() },
            auth_time: proof.at.as_second(),
            iat: now.as_second(),
            exp: lifetime::later(now, lifetime::IDENTITY_TTL).as_second(),
            jti: self.random.hex::<16>(),
        })
    }

    /// A sign-in that takes place now.
    pub(crate) fn proof_by(&self, method: Method) -> Proof {
        Proof { method, at: self.clock.now() }
    }

    fn hash_password(&self, password: &str) -> PasswordHash {
        PasswordHash::new(password, self.random.bytes(), self.password_cost)
    }
}
