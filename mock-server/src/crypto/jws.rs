//! The compact form of a signed token (RFC 7515), with the algorithm pinned.
//!
//! A key writes exactly one protected header and accepts only that one, compared as encoded text: `alg` is
//! never read from a token, so no token can choose its own verification.
//!
//! Why not a JWT crate: the current ones take their cryptography from a process-wide provider, and a test
//! library must not decide that for the program that it is linked into; or they bring RSA and NIST curves.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Serialize, de::DeserializeOwned};

/// The token was not written by this key, or was altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of this key")]
pub(crate) struct BadToken;

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64.encode(bytes)
}

/// Signs `claims` under the encoded `header`; `sign` gets the signing input.
pub(crate) fn write(
    header: &str,
    claims: &impl Serialize,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> String {
    // Claims are plain structs with string keys, which always serialise.
    let claims = serde_json::to_vec(claims).unwrap_or_default();
    let mut token = String::with_capacity(header.len() + claims.len() * 4 / 3 + 96);
    token.push_str(header);
    token.push('.');
    BASE64.encode_string(claims, &mut token);
    let signature = sign(token.as_bytes());
    token.push('.');
    BASE64.encode_string(signature, &mut token);
    token
}

/// Reads a token back; `verify` gets the signing input and the signature.
pub(crate) fn read<T: DeserializeOwned>(
    header: &str,
    token: &str,
    verify: impl FnOnce(&[u8], &[u8]) -> bool,
) -> Result<T, BadToken> {
    let (input, signature) = token.rsplit_once('.').ok_or(BadToken)?;
    let claims = input.strip_prefix(header).and_then(|rest| rest.strip_prefix('.'));
    let claims = claims.ok_or(BadToken)?;
    let signature = BASE64.decode(signature).map_err(|_| BadToken)?;
    if !verify(input.as_bytes(), &signature) {
        return Err(BadToken);
    }
    let claims = BASE64.decode(claims).map_err(|_| BadToken)?;
    serde_json::from_slice(&claims).map_err(|_| BadToken)
}
