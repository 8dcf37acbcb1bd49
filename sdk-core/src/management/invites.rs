//! Invites: how people come into a workspace with a role.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    InviteFilter, Listing, Management, endpoints,
    names::{InviteRole, InviteStatus},
};
use crate::{error::Error, protocol::call::Call};

/// An invite, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invite {
    /// The invite's id.
    pub id: i64,
    /// What somebody who redeems it becomes.
    pub role: InviteRole,
    /// Until when it can be redeemed (ISO 8601).
    pub expires_at: String,
    /// What became of it.
    pub status: InviteStatus,
    /// When it was made (ISO 8601).
    pub created_at: String,
}

/// An invite with its secret.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InviteDetail {
    /// The invite.
    #[serde(flatten)]
    pub invite: Invite,
    secret_key: Zeroizing<String>,
}

impl InviteDetail {
    /// What the invited person redeems it with.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }
}

/// Shows the invite without its secret.
impl fmt::Debug for InviteDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InviteDetail").field("invite", &self.invite).finish_non_exhaustive()
    }
}

/// An invite that was just made.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewInvite {
    secret_key: Zeroizing<String>,
    /// Until when it can be redeemed (ISO 8601).
    pub expires_at: String,
}

impl NewInvite {
    /// What the invited person redeems it with.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }
}

/// Shows it without its secret.
impl fmt::Debug for NewInvite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewInvite").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invitation<'a> {
    role: &'a InviteRole,
    ttl_seconds: u64,
}

impl Management {
    /// Makes an invite that can be redeemed for `ttl_seconds`. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] when the platform does not make such invites.
    pub async fn invite(&self, role: &InviteRole, ttl_seconds: u64) -> Result<NewInvite, Error> {
        self.send(Call::to(&endpoints::INVITE_CREATE), &Invitation { role, ttl_seconds }).await
    }

    /// The invites of the workspace. For admins and owners.
    pub fn invites(&self, filter: InviteFilter) -> Listing<Invite> {
        Listing::new(self, &endpoints::INVITES, filter.pairs())
    }

    /// One invite with its secret. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 when there is none.
    pub async fn invite_detail(&self, id: i64) -> Result<InviteDetail, Error> {
        self.read(Call::to(&endpoints::INVITE).at(id)).await
    }

    /// Revokes an invite. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 when there is none.
    pub async fn revoke_invite(&self, id: i64) -> Result<(), Error> {
        self.done(Call::to(&endpoints::INVITE_DELETE).at(id)).await
    }
}
