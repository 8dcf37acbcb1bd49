//! One workspace's rows, in whichever home they are.

use std::sync::Arc;

use jiff::Timestamp;

use super::memory;
#[cfg(feature = "postgres")]
use super::postgres;
use crate::domain::{
    Access, Application, ApplicationId, ApplicationKey, AuditRow, Invite, InviteId, InviteKey,
    InviteRow, Listing, Opened, Owner, Page, Seat, Session, SessionId, SessionListing, SessionRow,
    Stored, Trail, Usage, User, UserId, UserKey, Window, Workspace, WorkspaceRow,
};

/// One workspace's rows; a cheap handle.
#[derive(Clone)]
pub(crate) enum Shelf {
    Memory(memory::Shelf),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Shelf),
}

/// Asks whichever shelf it is.
macro_rules! ask {
    ($shelf:expr, $rows:ident => $question:expr) => {
        match $shelf {
            Shelf::Memory($rows) => $question.await,
            #[cfg(feature = "postgres")]
            Shelf::Postgres($rows) => $rows.within($question).await,
        }
    };
}

impl From<memory::Shelf> for Shelf {
    fn from(shelf: memory::Shelf) -> Self {
        Self::Memory(shelf)
    }
}

#[cfg(feature = "postgres")]
impl From<postgres::Shelf> for Shelf {
    fn from(shelf: postgres::Shelf) -> Self {
        Self::Postgres(shelf)
    }
}

impl Workspace for Shelf {
    fn row(&self) -> Arc<WorkspaceRow> {
        match self {
            Self::Memory(rows) => rows.row(),
            #[cfg(feature = "postgres")]
            Self::Postgres(rows) => rows.row(),
        }
    }

    async fn change_row<R: Send>(
        &self,
        change: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> R + Send,
    ) -> Stored<R> {
        ask!(self, rows => rows.change_row(change))
    }

    async fn change_row_by_usage<R: Send>(
        &self,
        now: Timestamp,
        change: impl FnOnce(&mut WorkspaceRow, Usage, &mut Trail) -> R + Send,
    ) -> Stored<R> {
        ask!(self, rows => rows.change_row_by_usage(now, change))
    }

    async fn wipe<E: Send>(
        &self,
        at: Timestamp,
        allow: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> Result<bool, E> + Send,
    ) -> Stored<Result<(), E>> {
        ask!(self, rows => rows.wipe(at, allow))
    }

    async fn usage(&self, now: Timestamp) -> Stored<Usage> {
        ask!(self, rows => rows.usage(now))
    }

    async fn application(&self, id: ApplicationId) -> Stored<Option<Arc<Application>>> {
        ask!(self, rows => rows.application(id))
    }

    async fn applications(
        &self,
        listing: &Listing<ApplicationKey>,
    ) -> Stored<Page<Arc<Application>>> {
        ask!(self, rows => rows.applications(listing))
    }

    async fn user(&self, id: UserId) -> Stored<Option<User>> {
        ask!(self, rows => rows.user(id))
    }

    async fn owner(&self, owner: Owner) -> Stored<(Option<User>, Option<Arc<Application>>)> {
        ask!(self, rows => rows.owner(owner))
    }

    async fn user_of_account(&self, uid: &str) -> Stored<Option<User>> {
        ask!(self, rows => rows.user_of_account(uid))
    }

    async fn users(&self, listing: &Listing<UserKey>) -> Stored<Page<User>> {
        ask!(self, rows => rows.users(listing))
    }

    async fn user_or_insert<E: Send>(
        &self,
        uid: &str,
        make: impl FnOnce(UserId, &mut Trail) -> Result<User, E> + Send,
    ) -> Stored<Result<User, E>> {
        ask!(self, rows => rows.user_or_insert(uid, make))
    }

    async fn change_user<R: Send>(
        &self,
        id: UserId,
        change: impl FnOnce(&mut User, usize, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        ask!(self, rows => rows.change_user(id, change))
    }

    async fn remove_user<E: Send>(
        &self,
        id: UserId,
        now: Timestamp,
        allow: impl FnOnce(&User, usize, &mut Trail) -> Result<(), E> + Send,
    ) -> Stored<Option<Result<(), E>>> {
        ask!(self, rows => rows.remove_user(id, now, allow))
    }

    async fn with_session<R: Send>(
        &self,
        id: SessionId,
        change: impl FnOnce(&mut Session, &WorkspaceRow, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        ask!(self, rows => rows.with_session(id, change))
    }

    async fn touch_session(
        &self,
        id: SessionId,
        revision: i64,
        now: Timestamp,
    ) -> Stored<Option<Session>> {
        ask!(self, rows => rows.touch_session(id, revision, now))
    }

    async fn open_session<E: Send>(
        &self,
        owner: Owner,
        now: Timestamp,
        reuse: bool,
        make: impl FnOnce(SessionId, &WorkspaceRow, u64, &mut Trail) -> Result<Session, E> + Send,
    ) -> Stored<Option<Result<Opened, E>>> {
        ask!(self, rows => rows.open_session(owner, now, reuse, make))
    }

    async fn each_session(&self, visit: impl FnMut(&mut Session) + Send) -> Stored<()> {
        ask!(self, rows => rows.each_session(visit))
    }

    async fn look_at_sessions(&self, look: impl FnMut(Session) + Send) -> Stored<()> {
        ask!(self, rows => rows.look_at_sessions(look))
    }

    async fn purge(&self, now: Timestamp) -> Stored<()> {
        ask!(self, rows => rows.purge(now))
    }

    async fn sessions_of(&self, user: UserId) -> Stored<Vec<SessionId>> {
        ask!(self, rows => rows.sessions_of(user))
    }

    async fn read_sessions<R: Send>(
        &self,
        listing: &SessionListing,
        now: Timestamp,
        read: impl FnOnce(Page<SessionRow>, &mut Trail) -> R + Send,
    ) -> Stored<R> {
        ask!(self, rows => rows.read_sessions(listing, now, read))
    }

    async fn add_invite<E: Send>(
        &self,
        make: impl FnOnce(InviteId, &mut Trail) -> Result<Invite, E> + Send,
    ) -> Stored<Result<Invite, E>> {
        ask!(self, rows => rows.add_invite(make))
    }

    async fn invites(
        &self,
        listing: &Listing<InviteKey>,
        now: Timestamp,
        with_used: bool,
    ) -> Stored<Page<InviteRow>> {
        ask!(self, rows => rows.invites(listing, now, with_used))
    }

    async fn with_invite<R: Send>(
        &self,
        id: InviteId,
        change: impl FnOnce(&mut Invite, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        ask!(self, rows => rows.with_invite(id, change))
    }

    async fn redeem<E: Send>(
        &self,
        id: InviteId,
        uid: &str,
        accept: impl FnOnce(&mut Invite, Seat, &mut Trail) -> Result<User, E> + Send,
    ) -> Stored<Option<Result<User, E>>> {
        ask!(self, rows => rows.redeem(id, uid, accept))
    }

    async fn events(&self, window: Window) -> Stored<Page<AuditRow>> {
        ask!(self, rows => rows.events(window))
    }

    async fn accesses(&self, window: Window) -> Stored<Option<Page<Access>>> {
        ask!(self, rows => rows.accesses(window))
    }

    async fn lay_user(
        &self,
        uid: &str,
        number: Option<UserId>,
        make: impl FnOnce(UserId) -> User + Send,
    ) -> Stored<User> {
        ask!(self, rows => rows.lay_user(uid, number, make))
    }

    async fn lay_session<E: Send>(
        &self,
        owner: Owner,
        number: Option<SessionId>,
        make: impl FnOnce(SessionId) -> Result<Session, E> + Send,
    ) -> Stored<Result<Opened, E>> {
        ask!(self, rows => rows.lay_session(owner, number, make))
    }

    async fn has_session(&self, id: SessionId) -> Stored<bool> {
        ask!(self, rows => rows.has_session(id))
    }
}
