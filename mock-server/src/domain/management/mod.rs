//! What operators do to a workspace, and its users to what is theirs (contract §5).

mod applications;
mod billing;
mod invites;
mod login;
mod operators;
mod own;
mod text;
mod users;
mod workspaces;

use std::fmt;

pub(crate) use self::{
    applications::{ApplicationPatch, NewApplication, RedirectCheck},
    billing::{BillingPatch, BillingState, NewCheckout},
    login::{Membership, MembershipsFor},
    operators::{Exported, SessionDetail},
    own::OwnSession,
    users::UserPatch,
    workspaces::{NewWorkspace, WorkspacePatch},
};
use super::{
    Directory, Event, EventKind, Platform, Refusal, Role, User, Workspace, ids::WorkspaceId,
};

/// The workspace of the people who work for the platform.
pub(crate) const SUPPORT_WORKSPACE: &str = "__support__";

/// The bearer of a USER token that was good when the call came in, and the workspace that it is for.
pub(crate) struct UserCaller<S: Directory> {
    pub(crate) workspace: S::Workspace,
    pub(crate) user: User,
}

impl<S: Directory> UserCaller<S> {
    pub(crate) fn workspace_id(&self) -> WorkspaceId {
        self.workspace.row().id
    }

    /// An event of the caller's doing.
    fn event(&self, platform: &Platform<S>, kind: EventKind) -> Event {
        Event::new(kind, platform.clock.now()).by(&self.user)
    }
}

impl<S: Directory> Platform<S> {
    /// Who bears `token`. The role is the one that the user has now, whatever the token says.
    pub(crate) async fn authenticate_user(&self, token: &str) -> Result<UserCaller<S>, Refusal> {
        let bearer = self.read_user_token(token)?;
        let workspace = self.store.workspace(bearer.workspace).await?;
        let workspace = workspace.ok_or(Refusal::BadUserToken)?;
        self.settle(&workspace).await?;
        let user = match workspace.user(bearer.user).await? {
            Some(user) => Some(user),
            None => self.supporter(bearer).await?,
        };
        Ok(UserCaller { workspace, user: user.ok_or(Refusal::BadUserToken)? })
    }

    async fn supporter(&self, bearer: super::tokens::UserBearer) -> Result<Option<User>, Refusal> {
        let Some(support) = self.store.workspace_named(SUPPORT_WORKSPACE).await? else {
            return Ok(None);
        };
        let user = support.user(bearer.user).await?;
        Ok(user.filter(|user| user.role == Role::Support))
    }
}

impl<S: Directory> fmt::Debug for UserCaller<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserCaller({}, {:?})", self.user.id, self.user.role)
    }
}
