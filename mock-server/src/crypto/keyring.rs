//! All the keys of one world, grown from one secret.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use hmac::Mac as _;
use zeroize::Zeroizing;

use super::{DataKey, IdentityKey, MacKey, mac_key::hmac};

/// One world's keys. Each is made when first needed, and from the secret alone: when it is made changes
/// nothing about it, so a seeded world stays reproducible.
pub(crate) struct Keyring {
    root: Zeroizing<[u8; 32]>,
    tokens: OnceLock<MacKey>,
    identity: Mutex<BTreeMap<u64, Arc<IdentityKey>>>,
    master: OnceLock<DataKey>,
}

impl Keyring {
    pub(crate) fn new(root: [u8; 32]) -> Self {
        Self {
            root: Zeroizing::new(root),
            tokens: OnceLock::new(),
            identity: Mutex::default(),
            master: OnceLock::new(),
        }
    }

    /// Signs SESSION and USER tokens.
    pub(crate) fn tokens(&self) -> &MacKey {
        self.tokens.get_or_init(|| MacKey::new(&self.derive(b"tokens")))
    }

    /// Signs identity tokens after so many rotations.
    pub(crate) fn identity(&self, rotations: u64) -> Arc<IdentityKey> {
        // Keys are only ever added, each whole.
        let mut keys = self.identity.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(keys.entry(rotations).or_insert_with(|| {
            let purpose = match rotations {
                0 => "identity".to_owned(),
                rotations => format!("identity/{rotations}"),
            };
            Arc::new(IdentityKey::new(&self.derive(purpose.as_bytes())))
        }))
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
