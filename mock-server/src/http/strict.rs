//! Identities that a client puts into a request. They change nothing: only the token says who calls. A
//! strict world refuses them, so that a client that relies on them is found out.

use http::HeaderMap;
use serde::de::IgnoredAny;
use std::collections::HashMap;

use super::{call::Call, query::Query};
use crate::domain::{Directory, Refusal};

/// What a client might say of itself.
const FORGED: [&str; 3] = ["userId", "workspaceId", "tenantId"];

/// The operation whose published body is a user, numbers and all.
const TAKES_A_USER: &str = "users.update";

/// The operation whose body is anything a user wants to keep.
const TAKES_ANYTHING: &str = "sessions.set";

/// Refuses an identity in the query or in a header of a call to a strict world.
pub(super) fn check<S: Directory>(call: &Call<S>) -> Result<(), Refusal> {
    if !call.visit.site.strict {
        return Ok(());
    }
    let query = Query::parse(call.parts.uri.query().unwrap_or_default());
    match FORGED.iter().find(|name| query.has(name) || has_header(&call.parts.headers, name)) {
        Some(name) => Err(Refusal::ForgedIdentity { name }),
        None => Ok(()),
    }
}

/// Refuses an identity among the members of a body to a strict world.
pub(super) fn check_body<S: Directory>(call: &Call<S>, body: &str) -> Result<(), Refusal> {
    if !call.visit.site.strict || [TAKES_A_USER, TAKES_ANYTHING].contains(&call.operation) {
        return Ok(());
    }
    let members: HashMap<String, IgnoredAny> = serde_json::from_str(body).unwrap_or_default();
    match FORGED.iter().find(|name| members.contains_key(**name)) {
        Some(name) => Err(Refusal::ForgedIdentity { name }),
        None => Ok(()),
    }
}

/// `userId`, `user-id` and `x-user-id` are all the same name.
fn has_header(headers: &HeaderMap, name: &str) -> bool {
    let plain = |name: &str| name.replace('-', "").to_ascii_lowercase();
    let name = plain(name);
    headers
        .keys()
        .map(|header| plain(header.as_str()))
        .any(|header| header == name || header.strip_prefix('x') == Some(&name))
}
