//! The master key of a platform that lies in a database: its operator's, never stored beside what it wraps.

use std::{collections::BTreeSet, fmt};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::DataKey;
use crate::random::{Random, hex};

/// A random key has some thirty different bytes; one with fewer than this is none.
const FEWEST_BYTES: usize = 20;

/// The key that wraps a platform's keys: 32 random bytes, written as 64 hexadecimal digits.
///
/// ```
/// use secureflows_mock::{MasterKey, WeakKey};
///
/// let key = MasterKey::generate()?;
/// assert_eq!(MasterKey::parse(&key.to_hex())?.name(), key.name());
/// assert_eq!(MasterKey::parse(&"00".repeat(32)).unwrap_err(), WeakKey::Guessable);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// A text that is no master key. Make one with `secureflows-mock keygen`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeakKey {
    /// Not 64 hexadecimal digits.
    #[error("a master key is 64 hexadecimal digits; make one with `secureflows-mock keygen`")]
    Shape,
    /// Zeros, a pattern, a text: something that can be guessed.
    #[error("this master key can be guessed; make one with `secureflows-mock keygen`")]
    Guessable,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    NoRandomness,
}

impl MasterKey {
    /// A new one, of the operating system's randomness.
    ///
    /// # Errors
    ///
    /// [`WeakKey::NoRandomness`] when there is none.
    pub fn generate() -> Result<Self, WeakKey> {
        let random = Random::from_system().map_err(|_| WeakKey::NoRandomness)?;
        Ok(Self(Zeroizing::new(random.bytes())))
    }

    /// Reads 64 hexadecimal digits, white space around them apart.
    ///
    /// # Errors
    ///
    /// [`WeakKey`] for anything else, and for a key that nobody drew at random.
    pub fn parse(text: &str) -> Result<Self, WeakKey> {
        let text = text.trim();
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(WeakKey::Shape);
        }
        let mut key = Zeroizing::new([0; 32]);
        for (slot, pair) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(pair).map_err(|_| WeakKey::Shape)?;
            *slot = u8::from_str_radix(digits, 16).map_err(|_| WeakKey::Shape)?;
        }
        if is_guessable(&key) { Err(WeakKey::Guessable) } else { Ok(Self(key)) }
    }

    /// The key as 64 hexadecimal digits: a secret.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex(&*self.0))
    }

    /// What a database calls the key. It says nothing about it.
    #[must_use]
    pub fn name(&self) -> String {
        let digest = Sha256::new().chain_update(b"secureflows master key ").chain_update(*self.0);
        hex(digest.finalize().get(..8).unwrap_or_default())
    }

    pub(crate) fn data_key(&self) -> DataKey {
        DataKey::new(&self.0)
    }
}

/// Few different bytes, a text, or steps of one size.
fn is_guessable(key: &[u8; 32]) -> bool {
    let different: BTreeSet<_> = key.iter().collect();
    let steps: BTreeSet<_> =
        key.iter().zip(key.iter().skip(1)).map(|(one, next)| next.wrapping_sub(*one)).collect();
    let is_text = key.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    different.len() < FEWEST_BYTES || steps.len() < FEWEST_BYTES / 2 || is_text
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, …)", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_nobody_drew_are_refused() {
        let counting: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
        let passphrase = hex(b"correct horse battery staple 123");
        for weak in ["ff".repeat(32), "0123456789abcdef".repeat(4), counting, passphrase] {
            assert_eq!(MasterKey::parse(&weak).unwrap_err(), WeakKey::Guessable, "{weak}");
        }
        for shapeless in ["", "changeme", &"0g".repeat(32), &"ab".repeat(31)] {
            assert_eq!(MasterKey::parse(shapeless).unwrap_err(), WeakKey::Shape, "{shapeless}");
        }
    }

    #[test]
    fn a_generated_key_is_taken_and_never_shown() {
        for _ in 0..1_000 {
            let key = MasterKey::generate().unwrap();
            assert_eq!(*MasterKey::parse(&key.to_hex()).unwrap().0, *key.0);
            assert!(!format!("{key:?}").contains(key.to_hex().as_str()));
        }
    }
}
