//! Passwords under Argon2id, a memory-hard hash.

use std::{
    fmt,
    sync::{Arc, LazyLock},
};

use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// What one password hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PasswordCost {
    /// 8 KiB and one pass, some microseconds: for tests, which sign in thousands of times.
    #[default]
    Cheap,
    /// 19 MiB and two passes, tens of milliseconds: what a real identity provider would ask.
    Standard,
}

impl PasswordCost {
    fn argon2(self) -> Argon2<'static> {
        let (memory, passes) = match self {
            Self::Cheap => (Params::MIN_M_COST, 1),
            Self::Standard => (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST),
        };
        let params = Params::new(memory, passes, 1, None).unwrap_or(Params::DEFAULT);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

/// A salted password hash; it remembers its cost. Clones share it.
#[derive(Clone)]
pub(crate) struct PasswordHash(Arc<Salted>);

struct Salted {
    cost: PasswordCost,
    salt: [u8; 16],
    /// The password itself is kept only until this is computed.
    hash: LazyLock<[u8; 32], Box<dyn FnOnce() -> [u8; 32] + Send + Sync>>,
}

impl PasswordHash {
    /// Hashes `password`; a cheap hash waits until it is first looked at, since most test worlds never do.
    pub(crate) fn new(password: &str, salt: [u8; 16], cost: PasswordCost) -> Self {
        let password = Zeroizing::new(password.to_owned());
        let hash = LazyLock::new(Box::new(move || compute(&password, salt, cost)) as Box<_>);
        if cost == PasswordCost::Standard {
            LazyLock::force(&hash);
        }
        Self(Arc::new(Salted { cost, salt, hash }))
    }

    /// What a database keeps of it: cost, salt and hash.
    #[cfg(feature = "postgres")]
    pub(crate) fn parts(&self) -> (PasswordCost, [u8; 16], [u8; 32]) {
        (self.0.cost, self.0.salt, *self.0.hash)
    }

    /// What a database kept.
    #[cfg(feature = "postgres")]
    pub(crate) fn from_parts((cost, salt, hash): (PasswordCost, [u8; 16], [u8; 32])) -> Self {
        let hash = LazyLock::new(Box::new(move || hash) as Box<_>);
        LazyLock::force(&hash);
        Self(Arc::new(Salted { cost, salt, hash }))
    }

    pub(crate) fn matches(&self, password: &str) -> bool {
        let other = compute(password, self.0.salt, self.0.cost);
        bool::from(self.0.hash.ct_eq(&other))
    }
}

fn compute(password: &str, salt: [u8; 16], cost: PasswordCost) -> [u8; 32] {
    let mut hash = [0; 32];
    // Refused only for passwords of 4 GiB and more, which no request can carry.
    let hashed = cost.argon2().hash_password_into(password.as_bytes(), &salt, &mut hash);
    if hashed.is_ok() { hash } else { [0; 32] }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({:?}, …)", self.0.cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_matches_its_password_only() {
        for cost in [PasswordCost::Cheap, PasswordCost::Standard] {
            let hash = PasswordHash::new("correct horse", [9; 16], cost);
            assert!(hash.matches("correct horse"));
            assert!(!hash.matches("correct horsE"));
            assert!(!hash.matches(""));
        }
    }

    #[test]
    fn the_salt_counts() {
        let one = PasswordHash::new("same", [1; 16], PasswordCost::Cheap);
        let two = PasswordHash::new("same", [2; 16], PasswordCost::Cheap);
        assert_ne!(*one.0.hash, *two.0.hash);
    }
}
