//! Invites: made by operators, redeemed once by whoever has the secret.

use serde::Serialize;
use zeroize::Zeroizing;

use super::{UserCaller, text};
use crate::domain::{
    Account, Directory, Event, EventKind, Invite, InviteEnd, InviteId, InviteKey, InviteRow,
    Listing, Page, Platform, Refusal, Role, Seat, Trail, User, Workspace, audit::Doer, lifetime,
    sign_in::user_created,
};

/// The longest that an invite is open, in seconds: a year.
const LONGEST: i64 = 31_536_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct About {
    invite_id: InviteId,
    role: &'static str,
}

impl About {
    fn of(invite: &Invite) -> Self {
        Self { invite_id: invite.id, role: invite.role.wire_name() }
    }
}

impl<S: Directory> Platform<S> {
    pub(crate) async fn create_invite(
        &self,
        caller: &UserCaller<S>,
        role: &str,
        ttl_seconds: i64,
    ) -> Result<Invite, Refusal> {
        let role = match role {
            "admin" => Role::Admin,
            "user" => Role::User,
            _ => return Err(Refusal::invalid("role", "use admin or user")),
        };
        let ttl = text::seconds("ttlSeconds", ttl_seconds, 60, LONGEST)?;
        let (secret, now) = (Zeroizing::new(self.random.hex::<24>()), self.clock.now());
        let event = caller.event(self, EventKind::InviteCreated);
        let make = caller.workspace.add_invite(|id, trail| {
            let invite = Invite {
                id,
                workspace: caller.workspace_id(),
                role,
                secret,
                created_at: now,
                expires_at: lifetime::later(now, ttl),
                end: None,
            };
            trail.write(event.with(&About::of(&invite)))?;
            Ok(invite)
        });
        make.await?
    }

    pub(crate) async fn invites(
        &self,
        caller: &UserCaller<S>,
        listing: &Listing<InviteKey>,
        with_used: bool,
    ) -> Result<Page<InviteRow>, Refusal> {
        Ok(caller.workspace.invites(listing, self.clock.now(), with_used).await?)
    }

    pub(crate) async fn invite(
        &self,
        caller: &UserCaller<S>,
        id: InviteId,
    ) -> Result<InviteRow, Refusal> {
        let now = self.clock.now();
        let found = caller.workspace.with_invite(id, |invite, _| InviteRow {
            status: invite.status(now),
            invite: invite.clone(),
        });
        found.await?.ok_or(Refusal::InviteUnknown)
    }

    /// Revokes an invite. One that has ended already stays as it is.
    pub(crate) async fn revoke_invite(
        &self,
        caller: &UserCaller<S>,
        id: InviteId,
    ) -> Result<(), Refusal> {
        let event = caller.event(self, EventKind::InviteRevoked);
        let revoke = caller.workspace.with_invite(id, |invite, trail| {
            if invite.end.is_none() {
                trail.write(event.with(&About::of(invite)))?;
                invite.end = Some(InviteEnd::Revoked);
            }
            Ok(())
        });
        revoke.await?.ok_or(Refusal::InviteUnknown)?
    }

    /// Makes an account a user with the invite's role. Somebody who has a higher one keeps it.
    pub(crate) async fn redeem_invite(
        &self,
        account: &Account,
        secret: &str,
    ) -> Result<User, Refusal> {
        let found = self.store.invite(secret).await?;
        let (workspace, id) = found.ok_or(Refusal::BadInvite)?;
        let (workspace_id, now) = (workspace.row().id, self.clock.now());
        let accept = |invite: &mut Invite, seat, trail: &mut Trail| {
            invite.open(now)?;
            let used = Event::new(EventKind::InviteUsed, now).by(account);
            trail.write(used.with(&About::of(invite)))?;
            let user = match seat {
                Seat::Known(user) if user.role.administers() => user,
                Seat::Known(user) => User { role: invite.role, ..user },
                Seat::Free(id) => {
                    let first = User::first_visit(id, workspace_id, account);
                    let user = User { role: invite.role, ..first };
                    trail.write(user_created(now, Doer::from(account), &user))?;
                    user
                }
            };
            invite.end = Some(InviteEnd::Used);
            Ok::<_, Refusal>(user)
        };
        workspace.redeem(id, &account.uid, accept).await?.ok_or(Refusal::BadInvite)?
    }
}
