//! The homes of a platform's rows: memory, or PostgreSQL when a world is given one.

mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod shelf;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

#[cfg(feature = "postgres")]
pub use self::postgres::{Database, DatabaseError, Rotated, Searched};
#[cfg(feature = "postgres")]
pub(crate) use self::postgres::{Opened, Postgres};
pub(crate) use self::{memory::Memory, shelf::Shelf};
use crate::{
    clock::Clock,
    domain::{
        Access, Account, Admission, Application, ApplicationId, Attempts, Directory, Family,
        InviteId, Proof, Rotation, SessionId, SocialIdentity, Stored, Trail, User, UserId,
        WorkspaceId, WorkspaceRow,
    },
};

/// Where a world's rows are.
pub(crate) enum Store {
    Memory(Box<Memory>),
    #[cfg(feature = "postgres")]
    Postgres(Postgres),
}

/// Asks whichever home there is.
macro_rules! ask {
    ($store:expr, $home:ident => $question:expr) => {
        match $store {
            Store::Memory($home) => $question.await,
            #[cfg(feature = "postgres")]
            Store::Postgres($home) => $home.within($question).await,
        }
    };
    // With a workspace, which is always of the same home.
    ($store:expr, $workspace:expr, $home:ident, $shelf:ident => $question:expr) => {
        match ($store, $workspace) {
            (Store::Memory($home), Shelf::Memory($shelf)) => $question.await,
            #[cfg(feature = "postgres")]
            (Store::Postgres($home), Shelf::Postgres($shelf)) => $home.within($question).await,
            #[cfg(feature = "postgres")]
            _ => Err($crate::domain::StoreError::Refused),
        }
    };
}

impl Store {
    /// The rows in memory; `None` for a world in a database.
    pub(crate) fn memory(&self) -> Option<&Memory> {
        match self {
            Self::Memory(memory) => Some(memory),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::Memory(Box::default())
    }
}

impl Directory for Store {
    type Workspace = Shelf;

    async fn workspace(&self, id: WorkspaceId) -> Stored<Option<Shelf>> {
        ask!(self, home => async { Ok(home.workspace(id).await?.map(Shelf::from)) })
    }

    async fn admission(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
    ) -> Stored<Option<(Shelf, Admission)>> {
        ask!(self, home => async {
            let found = home.admission(workspace, session).await?;
            Ok(found.map(|(shelf, admission)| (Shelf::from(shelf), admission)))
        })
    }

    async fn workspaces(&self) -> Stored<Vec<Shelf>> {
        ask!(self, home => async {
            Ok(home.workspaces().await?.into_iter().map(Shelf::from).collect())
        })
    }

    async fn workspace_named(&self, name: &str) -> Stored<Option<Shelf>> {
        ask!(self, home => async { Ok(home.workspace_named(name).await?.map(Shelf::from)) })
    }

    async fn add_workspace<E: Send>(
        &self,
        name: &str,
        make: impl FnOnce(WorkspaceId, UserId, &mut Trail) -> Result<(WorkspaceRow, User), E> + Send,
    ) -> Stored<Result<Option<Shelf>, E>> {
        ask!(self, home => async {
            Ok(home.add_workspace(name, make).await?.map(|added| added.map(Shelf::from)))
        })
    }

    async fn change_workspace<R: Send>(
        &self,
        workspace: &Shelf,
        name: Option<&str>,
        change: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        ask!(self, workspace, home, shelf => home.change_workspace(shelf, name, change))
    }

    async fn application(&self, app_id: &str) -> Stored<Option<Arc<Application>>> {
        ask!(self, home => home.application(app_id))
    }

    async fn add_application<E: Send>(
        &self,
        workspace: &Shelf,
        app_id: &str,
        make: impl FnOnce(ApplicationId, &mut Trail) -> Result<Application, E> + Send,
    ) -> Stored<Option<Result<Arc<Application>, E>>> {
        ask!(self, workspace, home, shelf => home.add_application(shelf, app_id, make))
    }

    async fn change_application<R: Send>(
        &self,
        workspace: &Shelf,
        app_id: &str,
        change: impl FnOnce(&mut Application, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        ask!(self, workspace, home, shelf => home.change_application(shelf, app_id, change))
    }

    async fn remove_application<E: Send>(
        &self,
        workspace: &Shelf,
        app_id: &str,
        now: Timestamp,
        allow: impl FnOnce(&Application, &mut Trail) -> Result<(), E> + Send,
    ) -> Stored<Option<Result<(), E>>> {
        ask!(self, workspace, home, shelf => home.remove_application(shelf, app_id, now, allow))
    }

    async fn has_origin(&self, origin: &str) -> Stored<bool> {
        ask!(self, home => home.has_origin(origin))
    }

    async fn invite(&self, secret: &str) -> Stored<Option<(Shelf, InviteId)>> {
        ask!(self, home => async {
            Ok(home.invite(secret).await?.map(|(shelf, id)| (shelf.into(), id)))
        })
    }

    async fn memberships(&self, uid: &str) -> Stored<Vec<(Shelf, User)>> {
        ask!(self, home => async {
            let memberships = home.memberships(uid).await?.into_iter();
            Ok(memberships.map(|(shelf, user)| (shelf.into(), user)).collect())
        })
    }

    async fn has_redirect(&self, uri: &str) -> Stored<bool> {
        ask!(self, home => home.has_redirect(uri))
    }

    async fn account(&self, uid: &str) -> Stored<Option<Account>> {
        ask!(self, home => home.account(uid))
    }

    async fn account_by_email(&self, email: &str) -> Stored<Option<Account>> {
        ask!(self, home => home.account_by_email(email))
    }

    async fn account_by_social(&self, identity: &SocialIdentity) -> Stored<Option<Account>> {
        ask!(self, home => home.account_by_social(identity))
    }

    async fn add_account(&self, account: Account) -> Stored<bool> {
        ask!(self, home => home.add_account(account))
    }

    async fn with_account_of<R: Send>(
        &self,
        email: &str,
        change: impl FnOnce(&mut Account) -> R + Send,
    ) -> Stored<Option<R>> {
        ask!(self, home => home.with_account_of(email, change))
    }

    async fn with_attempts<R: Send>(
        &self,
        email: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Attempts) -> R + Send,
    ) -> Stored<R> {
        ask!(self, home => home.with_attempts(email, now, change))
    }

    async fn remember_browser(&self, cookie: String, uid: String, proof: Proof) -> Stored<()> {
        ask!(self, home => home.remember_browser(cookie, uid, proof))
    }

    async fn browser_account(&self, cookie: &str) -> Stored<Option<(Account, Proof)>> {
        ask!(self, home => home.browser_account(cookie))
    }

    async fn add_family(&self, id: String, family: Family) -> Stored<()> {
        ask!(self, home => home.add_family(id, family))
    }

    async fn with_family<R: Send>(
        &self,
        id: &str,
        change: impl FnOnce(&mut Family) -> R + Send,
    ) -> Stored<Option<R>> {
        ask!(self, home => home.with_family(id, change))
    }

    async fn end_sign_ins(&self, uid: &str) -> Stored<()> {
        ask!(self, home => home.end_sign_ins(uid))
    }

    async fn rotation(&self) -> Stored<Rotation> {
        ask!(self, home => home.rotation())
    }

    async fn with_rotation<R: Send>(
        &self,
        change: impl FnOnce(&mut Rotation) -> R + Send,
    ) -> Stored<R> {
        ask!(self, home => home.with_rotation(change))
    }

    async fn keep_time(&self, clock: &Clock) -> Stored<()> {
        ask!(self, home => home.keep_time(clock))
    }

    async fn turn_to_purge(&self, every: Duration) -> Stored<bool> {
        ask!(self, home => home.turn_to_purge(every))
    }

    fn log(&self, access: Access) {
        match self {
            Self::Memory(home) => home.log(access),
            #[cfg(feature = "postgres")]
            Self::Postgres(home) => home.log(access),
        }
    }

    async fn logged(&self) {
        ask!(self, home => home.logged());
    }

    async fn lay_workspace<E: Send>(
        &self,
        name: &str,
        number: Option<WorkspaceId>,
        make: impl FnOnce(WorkspaceId) -> Result<WorkspaceRow, E> + Send,
    ) -> Stored<Option<Result<Shelf, E>>> {
        ask!(self, home => async {
            let laid = home.lay_workspace(name, number, make).await?;
            Ok(laid.map(|laid| laid.map(Shelf::from)))
        })
    }

    async fn lay_application(
        &self,
        workspace: &Shelf,
        app_id: &str,
        number: Option<ApplicationId>,
        make: impl FnOnce(ApplicationId) -> Application + Send,
    ) -> Stored<bool> {
        ask!(self, workspace, home, shelf => home.lay_application(shelf, app_id, number, make))
    }

    async fn has_application(&self, id: ApplicationId) -> Stored<bool> {
        ask!(self, home => home.has_application(id))
    }

    async fn remove_workspace(&self, workspace: &Shelf) -> Stored<bool> {
        ask!(self, workspace, home, shelf => home.remove_workspace(shelf))
    }
}
