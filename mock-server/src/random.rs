//! The world's chance: the only file that may ask the system for randomness.

use std::{
    fmt,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// The randomness of one world. The same seed and the same draws in the same order give the same bytes.
pub(crate) struct Random(Mutex<ChaCha20Rng>);

impl Random {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))
    }

    /// A generator that no other world shares, seeded by the operating system.
    pub(crate) fn from_system() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that asks the system for chance"
        )]
        getrandom::fill(&mut seed)?;
        Ok(Self(Mutex::new(ChaCha20Rng::from_seed(seed))))
    }

    /// A generator that will draw what this one will.
    pub(crate) fn fork(&self) -> Self {
        Self(Mutex::new(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()))
    }

    /// A generator that draws on its own, seeded by this one.
    #[cfg(feature = "postgres")]
    pub(crate) fn fork_apart(&self) -> Self {
        Self(Mutex::new(ChaCha20Rng::from_seed(self.bytes())))
    }

    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        // A generator cannot be left half-updated by a panic elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// `N` random bytes as lower-case hex.
    pub(crate) fn hex<const N: usize>(&self) -> String {
        hex(&self.bytes::<N>())
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random(…)")
    }
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_every_draw() {
        let (one, two) = (Random::seeded(7), Random::seeded(7));
        assert_eq!(one.bytes::<24>(), two.bytes::<24>());
        assert_eq!(one.hex::<8>(), two.hex::<8>());
        assert_ne!(one.hex::<8>(), Random::seeded(8).hex::<8>());
    }

    #[test]
    fn unseeded_worlds_differ() {
        let (one, two) = (Random::from_system().unwrap(), Random::from_system().unwrap());
        assert_ne!(one.bytes::<16>(), two.bytes::<16>());
    }
}
