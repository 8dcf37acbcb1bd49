//! Envelope encryption (contract ruling 12): a master key wraps one data key per workspace, and a data key
//! seals payloads. The associated data says where a ciphertext belongs; anywhere else it does not open.

use std::fmt;

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{Aead as _, Payload},
};
use zeroize::Zeroizing;

/// The ciphertext does not belong here, was altered, or was sealed under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the stored ciphertext does not open here: it was moved, altered or sealed under another key"
)]
pub(crate) struct CannotOpen;

/// A ciphertext with its authentication tag, and the nonce it was made with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) nonce: [u8; 24],
    pub(crate) ciphertext: Vec<u8>,
}

/// What XChaCha20-Poly1305 adds to a text: its authentication tag.
const TAG: usize = 16;

impl Sealed {
    /// How many bytes were sealed. A stream cipher hides everything but that.
    pub(crate) fn plain_bytes(&self) -> u64 {
        self.ciphertext.len().saturating_sub(TAG) as u64
    }
}

/// A sealed text as one run of bytes: the nonce, then the ciphertext.
#[cfg(feature = "postgres")]
impl Sealed {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [self.nonce.as_slice(), &self.ciphertext].concat()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, CannotOpen> {
        let (nonce, ciphertext) = bytes.split_first_chunk().ok_or(CannotOpen)?;
        Ok(Self { nonce: *nonce, ciphertext: ciphertext.to_vec() })
    }
}

#[cfg(feature = "postgres")]
impl WrappedKey {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, CannotOpen> {
        Sealed::from_bytes(bytes).map(Self)
    }
}

/// A workspace's data key, sealed under the master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrappedKey(Sealed);

/// A key that seals and opens.
pub(crate) struct DataKey(XChaCha20Poly1305);

impl DataKey {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// Seals `plain` for the place that `belongs` names. A nonce must never be used twice.
    pub(crate) fn seal(
        &self,
        nonce: [u8; 24],
        belongs: &[u8],
        plain: &[u8],
    ) -> Result<Sealed, CannotOpen> {
        let payload = Payload { msg: plain, aad: belongs };
        let ciphertext = self.0.encrypt(&nonce.into(), payload).map_err(|_| CannotOpen)?;
        Ok(Sealed { nonce, ciphertext })
    }

    pub(crate) fn open(
        &self,
        belongs: &[u8],
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let payload = Payload { msg: &sealed.ciphertext, aad: belongs };
        let plain = self.0.decrypt(&sealed.nonce.into(), payload).map_err(|_| CannotOpen)?;
        Ok(Zeroizing::new(plain))
    }

    /// What is sealed under this key, sealed under another one; it was opened again and found the same.
    #[cfg(feature = "postgres")]
    pub(crate) fn reseal(
        &self,
        belongs: &[u8],
        sealed: &Sealed,
        under: &Self,
        nonce: [u8; 24],
    ) -> Result<Sealed, CannotOpen> {
        let plain = self.open(belongs, sealed)?;
        let again = under.seal(nonce, belongs, &plain)?;
        if under.open(belongs, &again)? == plain { Ok(again) } else { Err(CannotOpen) }
    }

    /// Wraps a fresh data key.
    pub(crate) fn wrap(
        &self,
        nonce: [u8; 24],
        belongs: &[u8],
        key: &Zeroizing<[u8; 32]>,
    ) -> Result<WrappedKey, CannotOpen> {
        self.seal(nonce, belongs, key.as_slice()).map(WrappedKey)
    }

    pub(crate) fn unwrap_key(
        &self,
        belongs: &[u8],
        wrapped: &WrappedKey,
    ) -> Result<DataKey, CannotOpen> {
        let plain = self.open(belongs, &wrapped.0)?;
        let key: &[u8; 32] = plain.as_slice().try_into().map_err(|_| CannotOpen)?;
        Ok(DataKey::new(key))
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.ciphertext.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ciphertext_opens_only_where_it_belongs() {
        let key = DataKey::new(&[3; 32]);
        let sealed = key.seal([0; 24], b"here", b"secret").unwrap();
        assert_eq!(key.open(b"here", &sealed).unwrap().as_slice(), b"secret");
        assert!(key.open(b"there", &sealed).is_err());
        assert!(DataKey::new(&[4; 32]).open(b"here", &sealed).is_err());
        let mut altered = sealed;
        altered.ciphertext[0] ^= 1;
        assert!(key.open(b"here", &altered).is_err());
    }

    #[test]
    fn a_wrapped_key_is_bound_to_its_workspace() {
        let master = DataKey::new(&[5; 32]);
        let wrapped = master.wrap([1; 24], b"1", &Zeroizing::new([6; 32])).unwrap();
        assert!(master.unwrap_key(b"1", &wrapped).is_ok());
        assert!(master.unwrap_key(b"2", &wrapped).is_err());
    }
}
