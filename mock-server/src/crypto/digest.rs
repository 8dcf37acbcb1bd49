//! What is kept of a secret that comes back: enough to know it again, not to tell it.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::random::hex;

/// The SHA-256 of a random secret. For something a person chose it would be too fast to guess at.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Clone, Copy)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Takes as long whether or not they are alike.
    pub(crate) fn is_of(&self, text: &str) -> bool {
        bool::from(self.0.ct_eq(&Self::of(text).0))
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first 64 bits as lower-case hex: a name for something, not a proof of it.
    pub(crate) fn short_name(&self) -> String {
        hex(self.0.get(..8).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_again() {
        let digest = Digest::of("secret");
        assert!(digest.is_of("secret"));
        assert!(!digest.is_of("secre") && !digest.is_of(""));
        assert_eq!(Digest::of("abc").short_name(), "ba7816bf8f01cfea");
    }
}
