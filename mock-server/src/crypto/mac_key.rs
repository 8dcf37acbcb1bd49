//! SESSION and USER tokens: HMAC-SHA-256, because every call verifies one.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::jws::{self, BadToken};

/// A key that both signs and verifies. Its hash state is prepared once, so a use costs no key schedule.
pub(crate) struct MacKey {
    header: String,
    state: Hmac<Sha256>,
}

impl MacKey {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self { header: jws::encode(r#"{"alg":"HS256","typ":"JWT"}"#), state: hmac(secret) }
    }

    pub(crate) fn sign(&self, claims: &impl Serialize) -> String {
        jws::write(&self.header, claims, |input| self.mac(input).finalize().into_bytes().to_vec())
    }

    pub(crate) fn verify<T: DeserializeOwned>(&self, token: &str) -> Result<T, BadToken> {
        jws::read(&self.header, token, |input, signature| {
            self.mac(input).verify_slice(signature).is_ok()
        })
    }

    fn mac(&self, input: &[u8]) -> Hmac<Sha256> {
        self.state.clone().chain_update(input)
    }
}

/// A keyed hash state. HMAC pads a short key with zeros up to the hash's block (RFC 2104 §2).
pub(super) fn hmac(secret: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    for (slot, byte) in block.iter_mut().zip(secret) {
        *slot = *byte;
    }
    Hmac::new((&*block).into())
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_unaltered_tokens_verify() {
        let key = MacKey::new(&[1; 32]);
        let token = key.sign(&serde_json::json!({"sub": "1"}));
        let claims: serde_json::Value = key.verify(&token).unwrap();
        assert_eq!(claims["sub"], "1");
        assert_eq!(MacKey::new(&[2; 32]).verify::<serde_json::Value>(&token), Err(BadToken));
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(bytes).unwrap();
            assert_eq!(key.verify::<serde_json::Value>(&forged), Err(BadToken), "byte {at}");
        }
    }

    #[test]
    fn a_token_does_not_choose_its_algorithm() {
        let key = MacKey::new(&[1; 32]);
        let none = format!("{}.{}.", jws::encode(r#"{"alg":"none"}"#), jws::encode("{}"));
        assert_eq!(key.verify::<serde_json::Value>(&none), Err(BadToken));
        for text in ["", ".", "..", "a.b.c", "é.é.é"] {
            assert_eq!(key.verify::<serde_json::Value>(text), Err(BadToken));
        }
    }
}
