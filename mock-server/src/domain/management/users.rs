//! The users of a workspace.

use serde::Serialize;

use super::{UserCaller, text};
use crate::domain::{
    Directory, EventKind, Listing, Page, Platform, Refusal, Role, User, UserId, UserKey, Workspace,
};

/// What changes about a user; `None` keeps it.
#[derive(Debug, Default)]
pub(crate) struct UserPatch {
    pub(crate) role: Option<Role>,
    /// Without a name inside, the name is taken away.
    pub(crate) name: Option<Option<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct About {
    user_id: UserId,
    role: &'static str,
}

impl About {
    fn of(user: &User, role: Role) -> Self {
        Self { user_id: user.id, role: role.wire_name() }
    }
}

impl<S: Directory> Platform<S> {
    pub(crate) async fn users(
        &self,
        caller: &UserCaller<S>,
        listing: &Listing<UserKey>,
    ) -> Result<Page<User>, Refusal> {
        Ok(caller.workspace.users(listing).await?)
    }

    pub(crate) async fn user(&self, caller: &UserCaller<S>, id: UserId) -> Result<User, Refusal> {
        caller.workspace.user(id).await?.ok_or(Refusal::UserUnknown)
    }

    /// Changes a user. Owners are made and unmade by owners, and one always stays.
    pub(crate) async fn change_user(
        &self,
        caller: &UserCaller<S>,
        id: UserId,
        patch: UserPatch,
    ) -> Result<User, Refusal> {
        let name = match patch.name {
            Some(Some(name)) => Some(Some(text::name("userName", &name)?)),
            other => other,
        };
        let event = caller.event(self, EventKind::UserUpdated);
        let change = caller.workspace.change_user(id, |user, owners, trail| {
            let role = patch.role.unwrap_or(user.role);
            may_become(&caller.user, user, role, owners)?;
            let name = name.unwrap_or_else(|| user.name.clone());
            if (role, &name) == (user.role, &user.name) {
                return Ok(user.clone());
            }
            trail.write(event.with(&About::of(user, role)))?;
            (user.role, user.name) = (role, name);
            Ok(user.clone())
        });
        change.await?.ok_or(Refusal::UserUnknown)?
    }

    /// Deletes a user; their sessions end and their data is destroyed.
    pub(crate) async fn delete_user(
        &self,
        caller: &UserCaller<S>,
        id: UserId,
    ) -> Result<(), Refusal> {
        let event = caller.event(self, EventKind::UserDeleted);
        let remove = caller.workspace.remove_user(id, self.clock.now(), |user, owners, trail| {
            may_lose(&caller.user, user, owners)?;
            Ok(trail.write(event.with(&About::of(user, user.role)))?)
        });
        remove.await?.ok_or(Refusal::UserUnknown)?
    }
}

fn may_become(caller: &User, user: &User, role: Role, owners: usize) -> Result<(), Refusal> {
    if role == user.role {
        return Ok(());
    }
    if matches!(role, Role::Anonymous | Role::Support) {
        return Err(Refusal::RoleNotGiven);
    }
    if role == Role::Owner && caller.role != Role::Owner {
        return Err(Refusal::OwnerOnly);
    }
    may_lose(caller, user, owners)
}

/// Whether `user` may stop to be what they are.
fn may_lose(caller: &User, user: &User, owners: usize) -> Result<(), Refusal> {
    match user.role {
        Role::Owner if caller.role != Role::Owner => Err(Refusal::OwnerOnly),
        Role::Owner if owners < 2 => Err(Refusal::LastOwner),
        _ => Ok(()),
    }
}
