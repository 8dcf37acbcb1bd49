//! All the keys of one world, grown from one secret.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use hmac::Mac as _;
use zeroize::Zeroizing;

#[cfg(feature = "postgres")]
use super::MasterKey;
use super::{CannotOpen, DataKey, IdentityKey, MacKey, WrappedKey, mac_key::hmac};

/// One world's keys. Each is made when first needed, and from the secret alone: when it is made changes
/// nothing about it, so a seeded world stays reproducible.
pub(crate) struct Keyring {
    root: Zeroizing<[u8; 32]>,
    tokens: OnceLock<MacKey>,
    identity: Mutex<BTreeMap<u64, Arc<IdentityKey>>>,
    master: OnceLock<DataKey>,
    /// The master key before, while keys are being wrapped anew.
    former: Option<DataKey>,
}

impl Keyring {
    pub(crate) fn new(root: [u8; 32]) -> Self {
        Self {
            root: Zeroizing::new(root),
            tokens: OnceLock::new(),
            identity: Mutex::default(),
            master: OnceLock::new(),
            former: None,
        }
    }

    /// The keys of a platform that lies in a database: its operator has the master key.
    #[cfg(feature = "postgres")]
    pub(crate) fn under(root: [u8; 32], master: &MasterKey, former: Option<&MasterKey>) -> Self {
        let former = former.map(MasterKey::data_key);
        Self { master: OnceLock::from(master.data_key()), former, ..Self::new(root) }
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

    /// Wraps a workspace's fresh data key.
    pub(crate) fn wrap(
        &self,
        nonce: [u8; 24],
        belongs: &[u8],
        key: &Zeroizing<[u8; 32]>,
    ) -> Result<WrappedKey, CannotOpen> {
        self.master().wrap(nonce, belongs, key)
    }

    /// A workspace's data key.
    pub(crate) fn unwrap_key(
        &self,
        belongs: &[u8],
        wrapped: &WrappedKey,
    ) -> Result<DataKey, CannotOpen> {
        let opened = self.master().unwrap_key(belongs, wrapped);
        match &self.former {
            Some(former) => opened.or_else(|_| former.unwrap_key(belongs, wrapped)),
            None => opened,
        }
    }

    /// Seals what a database keeps of secrets that have to come back, such as invites'.
    #[cfg(feature = "postgres")]
    pub(crate) fn secrets(&self) -> DataKey {
        DataKey::new(&self.derive(b"secrets"))
    }

    fn master(&self) -> &DataKey {
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
