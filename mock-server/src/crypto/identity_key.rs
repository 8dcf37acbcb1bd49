//! Identity tokens: Ed25519, so that a backend can verify them with the public key alone.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::jws::{self, BadToken};
use crate::random::hex;

/// The identity provider's signing key.
pub(crate) struct IdentityKey {
    header: String,
    id: String,
    key: SigningKey,
}

impl IdentityKey {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(secret);
        let id: String =
            hex(&Sha256::digest(key.verifying_key().as_bytes())).chars().take(16).collect();
        let header = jws::encode(format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{id}"}}"#));
        Self { header, id, key }
    }

    pub(crate) fn sign(&self, claims: &impl Serialize) -> String {
        jws::write(&self.header, claims, |input| self.key.sign(input).to_vec())
    }

    pub(crate) fn verify<T: DeserializeOwned>(&self, token: &str) -> Result<T, BadToken> {
        jws::read(&self.header, token, |input, signature| {
            Signature::from_slice(signature)
                .is_ok_and(|signature| self.key.verify_strict(input, &signature).is_ok())
        })
    }

    /// What tokens and the published list call it.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The public half as a JWK (RFC 8037).
    pub(crate) fn jwk(&self) -> Jwk {
        Jwk {
            kty: "OKP",
            crv: "Ed25519",
            key_use: "sig",
            alg: "EdDSA",
            kid: self.id.clone(),
            x: jws::encode(self.key.verifying_key().as_bytes()),
        }
    }
}

/// A public key as `/.well-known/jwks.json` lists it.
#[derive(Debug, Serialize)]
pub(crate) struct Jwk {
    kty: &'static str,
    crv: &'static str,
    #[serde(rename = "use")]
    key_use: &'static str,
    alg: &'static str,
    kid: String,
    x: String,
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityKey({}, …)", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_unaltered_tokens_verify() {
        let key = IdentityKey::new(&[1; 32]);
        let token = key.sign(&serde_json::json!({"sub": "ada"}));
        assert_eq!(key.verify::<serde_json::Value>(&token).unwrap()["sub"], "ada");
        let other = IdentityKey::new(&[2; 32]);
        assert_eq!(other.verify::<serde_json::Value>(&token), Err(BadToken));
        let altered = token.replacen('.', ".A", 1);
        assert_eq!(key.verify::<serde_json::Value>(&altered), Err(BadToken));
    }
}
