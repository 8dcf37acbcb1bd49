//! Passwords under Argon2id, a memory-hard hash.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq as _;

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

/// A salted password hash; it remembers its cost.
#[derive(Clone)]
pub(crate) struct PasswordHash {
    cost: PasswordCost,
    salt: [u8; 16],
    hash: [u8; 32],
}

impl PasswordHash {
    pub(crate) fn new(password: &str, salt: [u8; 16], cost: PasswordCost) -> Self {
        let mut hash = [0; 32];
        // Refused only for passwords of 4 GiB and more, which no request can carry; it would then match nothing.
        if cost.argon2().hash_password_into(password.as_bytes(), &salt, &mut hash).is_err() {
            hash = [0; 32];
        }
        Self { cost, salt, hash }
    }

    pub(crate) fn matches(&self, password: &str) -> bool {
        let other = Self::new(password, self.salt, self.cost);
        bool::from(self.hash.ct_eq(&other.hash))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({:?}, …)", self.cost)
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
        assert_ne!(one.hash, two.hash);
    }
}
