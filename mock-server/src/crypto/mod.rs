//! What keeps secrets secret and tokens honest: sealing, signing, password hashing.
//!
//! Nothing here knows what a session or a user is.

#[cfg(feature = "tls")]
mod authority;
mod digest;
mod identity_key;
mod jws;
mod keyring;
mod mac_key;
#[cfg(feature = "postgres")]
mod master_key;
mod password;
mod seal;

#[cfg(feature = "tls")]
pub use authority::{Authority, AuthorityError};
pub(crate) use digest::Digest;
pub(crate) use identity_key::{IdentityKey, Jwk};
pub(crate) use keyring::Keyring;
pub(crate) use mac_key::MacKey;
#[cfg(feature = "postgres")]
pub use master_key::{MasterKey, WeakKey};
pub use password::PasswordCost;
pub(crate) use password::PasswordHash;
pub(crate) use seal::{CannotOpen, DataKey, Sealed, WrappedKey};
