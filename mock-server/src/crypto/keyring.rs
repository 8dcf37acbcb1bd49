//! All the keys of one world, grown from one secret.

use std::{fmt, sync::OnceLock};

use hmac::Mac as _;
use zeroize::Zeroizing;

use super::{DataKey, IdentityKey, MacKey, mac_key::hmac};

/// One world's keys. Each is made when first needed, and from the secret alone: when it is made changes
/// nothing about it, so a seeded world stays reproducible.
pub(crate) struct Keyring {
    root: Zeroizing<[u8; 32]>,
    tokens: OnceLock<MacKey>,
    identity: OnceLock<IdentityKey>,
    master: OnceLock<DataKey>,
}

impl Keyring {
    pub(crate) fn new(root: [u8; 32]) -> Self {
        Self {
            root: Zeroizing::new(root),
            tokens: OnceLock::new(),
            identity: OnceLock::new(),
            master: OnceLock::new(),
        }
    }

    /// Signs SESSION and USER tokens.
    pub(crate) fn tokens(&self) -> &MacKey {
        self.tokens.get_or_init(|| MacKey::new(&self.derive(b"tokens")))
    }

    /// Signs identity tokens.
    pub(crate) fn identity(&self) -> &IdentityKey {
        self.identity.get_or_init(|| IdentityKey::new(&self.derive(b"identity")))
    }

    /// Wraps the workspaces' data keys.
    pub(crate) fn master(&self) -> &DataKey {
        self.master.get_or_init(|| DataKey::new(&self.derive(b"master")))
    }

    fn derive(&self, purpose: &[u8]) -> Zeroizing<[u8; 32]> {
        let mac = hmac(&self.root).chain_update(purpose);
        Zeroizing::new(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(…)")
    }
}
