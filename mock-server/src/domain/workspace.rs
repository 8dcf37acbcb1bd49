//! A workspace: the tenant that everything else belongs to.

use super::{Billing, BillingStatus, Refusal, ids::WorkspaceId};
use crate::crypto::WrappedKey;

/// What is kept about a workspace itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WorkspaceRow {
    pub(crate) id: WorkspaceId,
    pub(crate) name: String,
    /// Whether people may come in without an account. (The wire spells it `acceptAnonimous`.)
    pub(crate) accept_anonymous: bool,
    /// Whether plain users may get a USER token.
    pub(crate) self_service: bool,
    pub(crate) billing: Billing,
    /// The key that seals this workspace's payloads, itself sealed under the platform's master key.
    pub(crate) key: WrappedKey,
}

impl WorkspaceRow {
    /// Refuses what the grace lock closes: create, read, write, delete and renew of payloads.
    pub(crate) fn unlocked(&self) -> Result<(), Refusal> {
        match self.billing.status {
            BillingStatus::GraceLock => Err(Refusal::GraceLock),
            _ => Ok(()),
        }
    }

    /// What binds a wrapped key to its workspace.
    pub(crate) fn key_belongs_to(id: WorkspaceId) -> Vec<u8> {
        let mut belongs = b"secureflows workspace key ".to_vec();
        belongs.extend(id.0.to_be_bytes());
        belongs
    }
}
