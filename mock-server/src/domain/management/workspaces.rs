//! A workspace itself: made by whoever wants one, steered by those who administer it.

use std::sync::Arc;

use serde::Serialize;

use super::{UserCaller, text};
use crate::domain::{
    Account, Billing, Directory, Event, EventKind, Plan, Platform, Refusal, Role, Trail, User,
    UserId, Workspace, WorkspaceId, WorkspaceRow, audit::Doer, sign_in::user_created,
};

/// A workspace to make.
#[derive(Debug)]
pub(crate) struct NewWorkspace {
    pub(crate) name: String,
    pub(crate) accept_anonymous: bool,
    pub(crate) self_service: bool,
    pub(crate) plan: String,
}

/// What changes about a workspace; `None` keeps it.
#[derive(Debug, Default)]
pub(crate) struct WorkspacePatch {
    pub(crate) name: Option<String>,
    pub(crate) accept_anonymous: Option<bool>,
    pub(crate) self_service: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    name: &'a str,
    accept_anonimous: bool,
    enable_self_service: bool,
}

impl<S: Directory> Platform<S> {
    /// Makes a workspace and its owner; the answer has a USER token for it.
    pub(crate) async fn create_workspace(
        &self,
        account: &Account,
        new: NewWorkspace,
    ) -> Result<(Arc<WorkspaceRow>, String), Refusal> {
        if account.is_anonymous() {
            return Err(Refusal::invalid(
                "identity",
                "an anonymous account cannot own a workspace",
            ));
        }
        let (name, plan) = (workspace_name(&new.name)?, Plan::parse(&new.plan)?);
        let NewWorkspace { accept_anonymous, self_service, .. } = new;
        let now = self.clock.now();
        let make = |id: WorkspaceId, owner: UserId, trail: &mut Trail| {
            let (key, billing) = (self.new_workspace_key(id)?, Billing::beta(plan));
            let event = Event::new(EventKind::WorkspaceCreated, now).by(account);
            let named = Named {
                name: &name,
                accept_anonimous: accept_anonymous,
                enable_self_service: self_service,
            };
            trail.write(event.with(&named))?;
            let owner = User { role: Role::Owner, ..User::first_visit(owner, id, account) };
            trail.write(user_created(now, Doer::from(account), &owner))?;
            let name = name.clone();
            let row = WorkspaceRow { id, name, accept_anonymous, self_service, billing, key };
            Ok::<_, Refusal>((row, owner))
        };
        let made = self.store.add_workspace(&name, make).await??;
        let workspace = made.ok_or(Refusal::WorkspaceTaken)?;
        let owner = workspace.user_of_account(&account.uid).await?.ok_or(Refusal::NotAMember)?;
        let row = workspace.row();
        let token = self.user_token(&owner, row.id);
        Ok((row, token))
    }

    pub(crate) async fn change_workspace(
        &self,
        caller: &UserCaller<S>,
        patch: WorkspacePatch,
    ) -> Result<Arc<WorkspaceRow>, Refusal> {
        let name = patch.name.as_deref().map(workspace_name).transpose()?;
        let event = caller.event(self, EventKind::WorkspaceUpdated);
        let change = |row: &mut WorkspaceRow, trail: &mut Trail| {
            let accept_anonymous = patch.accept_anonymous.unwrap_or(row.accept_anonymous);
            let self_service = patch.self_service.unwrap_or(row.self_service);
            let named = Named {
                name: name.as_deref().unwrap_or(&row.name),
                accept_anonimous: accept_anonymous,
                enable_self_service: self_service,
            };
            let is_news = named.name != row.name
                || (accept_anonymous, self_service) != (row.accept_anonymous, row.self_service);
            if !is_news {
                return Ok(());
            }
            trail.write(event.with(&named))?;
            (row.accept_anonymous, row.self_service) = (accept_anonymous, self_service);
            row.name = name.clone().unwrap_or_else(|| row.name.clone());
            Ok::<_, Refusal>(())
        };
        let change = self.store.change_workspace(&caller.workspace, name.as_deref(), change);
        change.await?.ok_or(Refusal::WorkspaceTaken)??;
        Ok(caller.workspace.row())
    }
}

fn workspace_name(text: &str) -> Result<String, Refusal> {
    let name = text::name("name", text)?;
    if name.starts_with("__") {
        return Err(Refusal::invalid("name", "names that begin with __ are the platform's own"));
    }
    Ok(name)
}
