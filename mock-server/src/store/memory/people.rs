//! Accounts of the identity provider, and what keeps their owners signed in.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::{Account, Attempts, Family, Proof, SocialIdentity};

/// So many e-mails with failed attempts are kept before those that are over are swept out.
const SWEEP_AT: usize = 1_024;

/// All of it behind one lock: an account and the look-ups that lead to it change together.
#[derive(Default, Clone)]
pub(super) struct People {
    by_uid: HashMap<String, Account>,
    uid_by_email: HashMap<String, String>,
    uid_by_social: HashMap<SocialIdentity, String>,
    attempts: HashMap<String, Attempts>,
    browsers: HashMap<String, (String, Proof)>,
    families: HashMap<String, Family>,
}

impl People {
    pub(super) fn of_uid(&self, uid: &str) -> Option<&Account> {
        self.by_uid.get(uid)
    }

    pub(super) fn of_email(&self, email: &str) -> Option<&Account> {
        self.by_uid.get(self.uid_by_email.get(email)?)
    }

    pub(super) fn of_social(&self, identity: &SocialIdentity) -> Option<&Account> {
        self.by_uid.get(self.uid_by_social.get(identity)?)
    }

    /// Adds an account unless its e-mail or a social identity of it is taken; whether it did.
    pub(super) fn insert(&mut self, account: Account) -> bool {
        let email = account.email.as_ref();
        if email.is_some_and(|email| self.uid_by_email.contains_key(email))
            || account.social.iter().any(|identity| self.uid_by_social.contains_key(identity))
        {
            return false;
        }
        if let Some(email) = email {
            self.uid_by_email.insert(email.clone(), account.uid.clone());
        }
        self.note_social(&account);
        self.by_uid.insert(account.uid.clone(), account);
        true
    }

    pub(super) fn change<R>(
        &mut self,
        email: &str,
        change: impl FnOnce(&mut Account) -> R,
    ) -> Option<R> {
        let account = self.by_uid.get_mut(self.uid_by_email.get(email)?)?;
        let changed = change(account);
        let account = account.clone();
        self.note_social(&account);
        Some(changed)
    }

    pub(super) fn attempt<R>(
        &mut self,
        email: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Attempts) -> R,
    ) -> R {
        if self.attempts.len() >= SWEEP_AT {
            self.attempts.retain(|_, attempts| !attempts.is_over(now));
        }
        let attempts = self.attempts.entry(email.to_owned()).or_default();
        let changed = change(attempts);
        if attempts.is_over(now) {
            self.attempts.remove(email);
        }
        changed
    }

    pub(super) fn remember_browser(&mut self, cookie: String, uid: String, proof: Proof) {
        self.browsers.insert(cookie, (uid, proof));
    }

    pub(super) fn of_browser(&self, cookie: &str) -> Option<(Account, Proof)> {
        let (uid, proof) = self.browsers.get(cookie)?;
        Some((self.by_uid.get(uid)?.clone(), *proof))
    }

    pub(super) fn insert_family(&mut self, id: String, family: Family) {
        self.families.insert(id, family);
    }

    pub(super) fn family(&mut self, id: &str) -> Option<&mut Family> {
        self.families.get_mut(id)
    }

    pub(super) fn end_sign_ins(&mut self, of: &str) {
        self.browsers.retain(|_, (uid, _)| uid != of);
        self.families.retain(|_, family| family.uid != of);
    }

    fn note_social(&mut self, account: &Account) {
        for identity in &account.social {
            self.uid_by_social.entry(identity.clone()).or_insert_with(|| account.uid.clone());
        }
    }
}
