//! How somebody who proved who they are comes to a USER token, or into a workspace.

use super::{SUPPORT_WORKSPACE, UserCaller};
use crate::domain::{
    Account, Directory, Event, EventKind, Platform, Refusal, Role, User, Workspace, WorkspaceId,
};

/// What memberships are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MembershipsFor {
    SelfService,
    WorkspaceManagement,
}

/// A workspace that somebody is in.
#[derive(Debug, Clone)]
pub(crate) struct Membership {
    pub(crate) workspace: WorkspaceId,
    pub(crate) workspace_name: String,
    pub(crate) role: Role,
}

impl MembershipsFor {
    pub(crate) const NAMES: [(&'static str, Self); 2] =
        [("self-service", Self::SelfService), ("workspace-management", Self::WorkspaceManagement)];

    /// What is asked for by this name; self-service without one.
    pub(crate) fn named(name: Option<&str>) -> Result<Self, Refusal> {
        let Some(name) = name else { return Ok(Self::SelfService) };
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, which)| *which).ok_or(Refusal::BadMembershipsFor)
    }
}

impl<S: Directory> Platform<S> {
    /// A USER token for a workspace. Whether there is one of this name learns only who is in it.
    pub(crate) async fn log_in(
        &self,
        account: &Account,
        workspace: &str,
    ) -> Result<(User, String), Refusal> {
        self.is_no_supporter(account).await?;
        let workspace = self.store.workspace_named(workspace).await?;
        let workspace = workspace.ok_or(Refusal::NotAMember)?;
        let user = workspace.user_of_account(&account.uid).await?.ok_or(Refusal::NotAMember)?;
        let row = workspace.row();
        if !user.role.administers() && !row.self_service {
            return Err(Refusal::SelfServiceOff);
        }
        let now = self.clock.now();
        let note = workspace.change_user(user.id, |user, _, trail| {
            trail.write(Event::new(EventKind::UserLogin, now).by(&*user))
        });
        note.await?.ok_or(Refusal::NotAMember)??;
        let token = self.user_token(&user, row.id);
        Ok((user, token))
    }

    /// The workspaces that somebody may look after, or look after their own sessions in.
    pub(crate) async fn memberships(
        &self,
        account: &Account,
        asked: MembershipsFor,
    ) -> Result<Vec<Membership>, Refusal> {
        self.is_no_supporter(account).await?;
        let all = self.store.memberships(&account.uid).await?;
        let wanted = all.into_iter().filter(|(workspace, user)| match asked {
            MembershipsFor::SelfService => {
                let row = workspace.row();
                row.self_service && row.name != SUPPORT_WORKSPACE && user.role != Role::Support
            }
            MembershipsFor::WorkspaceManagement => user.role.administers(),
        });
        Ok(wanted
            .map(|(workspace, User { role, .. })| {
                let row = workspace.row();
                Membership { workspace: row.id, workspace_name: row.name.clone(), role }
            })
            .collect())
    }

    /// Makes an account a user of a workspace that lets people in without an account.
    pub(crate) async fn join_anonymously(
        &self,
        account: &Account,
        workspace: &str,
    ) -> Result<User, Refusal> {
        let workspace = self.open_workspace(workspace).await?;
        if !workspace.row().accept_anonymous {
            return Err(Refusal::AnonymousRefused);
        }
        self.user_of(account, &workspace).await
    }

    async fn is_no_supporter(&self, account: &Account) -> Result<(), Refusal> {
        let Some(support) = self.store.workspace_named(SUPPORT_WORKSPACE).await? else {
            return Ok(());
        };
        match support.user_of_account(&account.uid).await? {
            Some(User { role: Role::Support, .. }) => Err(Refusal::SupportAccount),
            _ => Ok(()),
        }
    }
}

impl<S: Directory> UserCaller<S> {
    /// Refuses where users may not look after what is theirs.
    pub(super) fn self_service(&self) -> Result<(), Refusal> {
        if self.workspace.row().self_service { Ok(()) } else { Err(Refusal::SelfServiceOff) }
    }
}
