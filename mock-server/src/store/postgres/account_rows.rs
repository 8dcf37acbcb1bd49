//! Accounts as their tables have them.

use sqlx::PgExecutor;

use super::Tx;
use crate::{
    crypto::{PasswordCost, PasswordHash},
    domain::{Account, Provider, SocialIdentity, StoreError, Stored},
};

/// The account of this number.
pub(super) async fn find(connection: impl PgExecutor<'_>, uid: &str) -> Stored<Option<Account>> {
    let found = sqlx::query_as!(
        AccountRecord,
        "SELECT uid, email, email_verified, name, password_cost, password_salt, password_hash,
            (SELECT array_agg(provider ORDER BY place) FROM social_identities s WHERE s.uid = a.uid) AS providers,
            (SELECT array_agg(subject ORDER BY place) FROM social_identities s WHERE s.uid = a.uid) AS subjects
        FROM accounts a WHERE uid = $1",
        uid
    );
    found.fetch_optional(connection).await?.map(AccountRecord::account).transpose()
}

/// The account of an e-mail, which nobody else changes until the transaction ends.
pub(super) async fn hold(tx: &mut Tx, email: &str) -> Stored<Option<Account>> {
    let uid =
        sqlx::query_scalar!("SELECT uid FROM accounts WHERE email = $1 FOR NO KEY UPDATE", email);
    match uid.fetch_optional(&mut **tx).await? {
        // Read when it is locked: what somebody linked meanwhile is seen.
        Some(uid) => find(&mut **tx, &uid).await,
        None => Ok(None),
    }
}

/// Adds an account; whether its e-mail and its social identities were free.
pub(super) async fn add(tx: &mut Tx, account: &Account) -> Stored<bool> {
    let (cost, salt, hash) = password(account);
    let added = sqlx::query!(
        "INSERT INTO accounts (uid, email, email_verified, name, password_cost, password_salt, password_hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        account.uid,
        account.email,
        account.email_verified,
        account.name,
        cost,
        salt,
        hash,
    );
    if added.execute(&mut **tx).await?.rows_affected() == 0 {
        return Ok(false);
    }
    Ok(add_social(tx, account).await? == account.social.len())
}

pub(super) async fn save(tx: &mut Tx, account: &Account) -> Stored<()> {
    let (cost, salt, hash) = password(account);
    let saved = sqlx::query!(
        "UPDATE accounts SET email_verified = $2, name = $3, password_cost = $4, password_salt = $5,
            password_hash = $6
        WHERE uid = $1",
        account.uid,
        account.email_verified,
        account.name,
        cost,
        salt,
        hash,
    );
    saved.execute(&mut **tx).await?;
    add_social(tx, account).await?;
    Ok(())
}

/// Adds the social identities that are nobody's yet; how many.
async fn add_social(tx: &mut Tx, account: &Account) -> Stored<usize> {
    let mut added = 0;
    for (place, identity) in (0..).zip(&account.social) {
        let add = sqlx::query!(
            "INSERT INTO social_identities (provider, subject, uid, place) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING",
            identity.provider.slug(),
            identity.subject,
            account.uid,
            place,
        );
        added += usize::from(add.execute(&mut **tx).await?.rows_affected() > 0);
    }
    Ok(added)
}

fn password(account: &Account) -> (Option<&'static str>, Option<Vec<u8>>, Option<Vec<u8>>) {
    let Some(password) = &account.password else { return (None, None, None) };
    let (cost, salt, hash) = password.parts();
    let cost = match cost {
        PasswordCost::Cheap => "cheap",
        PasswordCost::Standard => "standard",
    };
    (Some(cost), Some(salt.to_vec()), Some(hash.to_vec()))
}

struct AccountRecord {
    uid: String,
    email: Option<String>,
    email_verified: bool,
    name: Option<String>,
    password_cost: Option<String>,
    password_salt: Option<Vec<u8>>,
    password_hash: Option<Vec<u8>>,
    providers: Option<Vec<String>>,
    subjects: Option<Vec<String>>,
}

impl AccountRecord {
    fn account(self) -> Stored<Account> {
        let cost = match self.password_cost.as_deref() {
            Some("standard") => PasswordCost::Standard,
            _ => PasswordCost::Cheap,
        };
        let password = match (self.password_salt, self.password_hash) {
            (Some(salt), Some(hash)) => {
                let salt = salt.try_into().map_err(|_| StoreError::Refused)?;
                let hash = hash.try_into().map_err(|_| StoreError::Refused)?;
                Some(PasswordHash::from_parts((cost, salt, hash)))
            }
            _ => None,
        };
        let both =
            self.providers.unwrap_or_default().into_iter().zip(self.subjects.unwrap_or_default());
        let social = both.map(|(provider, subject)| {
            let provider = Provider::from_slug(&provider).ok_or(StoreError::Refused)?;
            Ok(SocialIdentity { provider, subject })
        });
        Ok(Account {
            uid: self.uid,
            email: self.email,
            email_verified: self.email_verified,
            name: self.name,
            password,
            social: social.collect::<Stored<_>>()?,
        })
    }
}
