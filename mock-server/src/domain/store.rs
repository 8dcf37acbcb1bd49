//! What the platform asks of a home for its rows.
//!
//! Rules live on the rows; a store gives atomicity. A change is a closure over a row that the store holds
//! exclusively: under a lock in memory, `SELECT … FOR UPDATE` in a database. Closures never wait. What they
//! write to the [`Trail`] is kept together with the change, whatever they return.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use super::{
    Access, Account, Admission, Application, ApplicationKey, Attempts, AuditRow, Family, Invite,
    InviteKey, InviteRow, Listing, Page, Proof, Rotation, Session, SessionListing, SessionRow,
    SocialIdentity, Trail, Usage, User, UserKey, Window, WorkspaceRow,
    ids::{ApplicationId, InviteId, SessionId, UserId, WorkspaceId},
};
use crate::clock::Clock;

/// Why a store could not answer. Memory always can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only a database has reasons"))]
pub(crate) enum StoreError {
    /// The database is out of reach or at its limits. Nothing was changed; it may be tried again.
    #[error("Database unavailable; nothing was changed, try again")]
    Unavailable,
    /// The database went away while it kept a change: it has it whole, or not at all. What was there before
    /// is safe, and it may be tried again.
    #[error("Database broke off; the change may or may not be kept, try again")]
    Unsure,
    /// The database holds what this program does not understand, or refuses what it always took. Nothing was
    /// changed; trying again does not help.
    #[error("Database refused; nothing was changed")]
    Refused,
}

pub(crate) type Stored<T> = Result<T, StoreError>;

/// Across workspaces: names, accounts, redirect look-ups. Never a payload.
pub(crate) trait Directory: Send + Sync + 'static {
    type Workspace: Workspace;

    fn workspace(
        &self,
        id: WorkspaceId,
    ) -> impl Future<Output = Stored<Option<Self::Workspace>>> + Send;

    /// A workspace, and what decides whether a token of a session in it is let in; `None` when either is not
    /// there. Nobody is kept from anything.
    fn admission(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
    ) -> impl Future<Output = Stored<Option<(Self::Workspace, Admission)>>> + Send;

    /// Every workspace, oldest first.
    fn workspaces(&self) -> impl Future<Output = Stored<Vec<Self::Workspace>>> + Send;

    fn workspace_named(
        &self,
        name: &str,
    ) -> impl Future<Output = Stored<Option<Self::Workspace>>> + Send;

    /// Adds the workspace and its first user that `make` builds; `None` when its name is taken.
    fn add_workspace<E: Send>(
        &self,
        name: &str,
        make: impl FnOnce(WorkspaceId, UserId, &mut Trail) -> Result<(WorkspaceRow, User), E> + Send,
    ) -> impl Future<Output = Stored<Result<Option<Self::Workspace>, E>>> + Send;

    /// Changes a workspace's row, which may get `name`, if any; `None` when that is taken.
    fn change_workspace<R: Send>(
        &self,
        workspace: &Self::Workspace,
        name: Option<&str>,
        change: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> R + Send,
    ) -> impl Future<Output = Stored<Option<R>>> + Send;

    fn application(
        &self,
        app_id: &str,
    ) -> impl Future<Output = Stored<Option<Arc<Application>>>> + Send;

    /// Adds the application that `make` builds; `None` when its `app_id` is taken.
    fn add_application<E: Send>(
        &self,
        workspace: &Self::Workspace,
        app_id: &str,
        make: impl FnOnce(ApplicationId, &mut Trail) -> Result<Application, E> + Send,
    ) -> impl Future<Output = Stored<Option<Result<Arc<Application>, E>>>> + Send;

    /// Runs `change` on an application of the workspace while nobody else does; `None` when there is none.
    fn change_application<R: Send>(
        &self,
        workspace: &Self::Workspace,
        app_id: &str,
        change: impl FnOnce(&mut Application, &mut Trail) -> R + Send,
    ) -> impl Future<Output = Stored<Option<R>>> + Send;

    /// Removes an application of the workspace and ends its sessions, if `allow` does; `None` when there is
    /// none.
    fn remove_application<E: Send>(
        &self,
        workspace: &Self::Workspace,
        app_id: &str,
        now: Timestamp,
        allow: impl FnOnce(&Application, &mut Trail) -> Result<(), E> + Send,
    ) -> impl Future<Output = Stored<Option<Result<(), E>>>> + Send;

    /// Whether some application has an `http` or `https` redirect URI on this origin (contract ruling 11).
    fn has_origin(&self, origin: &str) -> impl Future<Output = Stored<bool>> + Send;

    /// The workspace and number of the invite with this secret.
    fn invite(
        &self,
        secret: &str,
    ) -> impl Future<Output = Stored<Option<(Self::Workspace, InviteId)>>> + Send;

    /// Every workspace in which the account `uid` is a user, oldest first.
    fn memberships(
        &self,
        uid: &str,
    ) -> impl Future<Output = Stored<Vec<(Self::Workspace, User)>>> + Send;

    /// Whether some application's allowlist holds exactly this URI.
    fn has_redirect(&self, uri: &str) -> impl Future<Output = Stored<bool>> + Send;

    fn account(&self, uid: &str) -> impl Future<Output = Stored<Option<Account>>> + Send;

    fn account_by_email(&self, email: &str)
    -> impl Future<Output = Stored<Option<Account>>> + Send;

    /// The account that is linked to somebody at another provider.
    fn account_by_social(
        &self,
        identity: &SocialIdentity,
    ) -> impl Future<Output = Stored<Option<Account>>> + Send;

    /// Adds an account unless its e-mail or a social identity of it is taken; whether it did.
    fn add_account(&self, account: Account) -> impl Future<Output = Stored<bool>> + Send;

    /// Runs `change` on the account with this e-mail while nobody else does; `None` when there is none. Its
    /// uid and e-mail stay, and the social identities that it gains belong to no other.
    fn with_account_of<R: Send>(
        &self,
        email: &str,
        change: impl FnOnce(&mut Account) -> R + Send,
    ) -> impl Future<Output = Stored<Option<R>>> + Send;

    /// Runs `change` on the failed attempts for an e-mail, known or not, while nobody else does. What is over
    /// at `now` may be forgotten.
    fn with_attempts<R: Send>(
        &self,
        email: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Attempts) -> R + Send,
    ) -> impl Future<Output = Stored<R>> + Send;

    /// Remembers that the browser with `cookie` is signed in to the account `uid`, and by which sign-in.
    fn remember_browser(
        &self,
        cookie: String,
        uid: String,
        proof: Proof,
    ) -> impl Future<Output = Stored<()>> + Send;

    /// The account that the browser with `cookie` is signed in to.
    fn browser_account(
        &self,
        cookie: &str,
    ) -> impl Future<Output = Stored<Option<(Account, Proof)>>> + Send;

    /// Adds a family of refresh tokens, whose id nobody can guess.
    fn add_family(&self, id: String, family: Family) -> impl Future<Output = Stored<()>> + Send;

    /// Runs `change` on a family of refresh tokens while nobody else does; `None` when there is none.
    fn with_family<R: Send>(
        &self,
        id: &str,
        change: impl FnOnce(&mut Family) -> R + Send,
    ) -> impl Future<Output = Stored<Option<R>>> + Send;

    /// Signs every browser out of the account `uid` and forgets its refresh tokens.
    fn end_sign_ins(&self, uid: &str) -> impl Future<Output = Stored<()>> + Send;

    /// Which key signs identity tokens.
    fn rotation(&self) -> impl Future<Output = Stored<Rotation>> + Send;

    /// Runs `change` on it while nobody else does.
    fn with_rotation<R: Send>(
        &self,
        change: impl FnOnce(&mut Rotation) -> R + Send,
    ) -> impl Future<Output = Stored<R>> + Send;

    /// Brings `clock` and the platform's together: what somebody moved `clock` by counts for every instance,
    /// and `clock` shows what all of them do.
    fn keep_time(&self, clock: &Clock) -> impl Future<Output = Stored<()>> + Send;

    /// Whether nobody has purged for so long: then the turn is the caller's, and nobody else's.
    fn turn_to_purge(&self, every: Duration) -> impl Future<Output = Stored<bool>> + Send;

    /// Adds a row to the access log, before long.
    fn log(&self, access: Access);

    /// Resolves when what was logged before is there to be read.
    fn logged(&self) -> impl Future<Output = ()> + Send;

    /// Adds a workspace that nobody founded, under a number of its own or the next; `None` when its name is
    /// taken. This and what follows lays out what a world begins with: no rule is asked.
    fn lay_workspace<E: Send>(
        &self,
        name: &str,
        number: Option<WorkspaceId>,
        make: impl FnOnce(WorkspaceId) -> Result<WorkspaceRow, E> + Send,
    ) -> impl Future<Output = Stored<Option<Result<Self::Workspace, E>>>> + Send;

    /// Adds an application; whether its `app_id` was free.
    fn lay_application(
        &self,
        workspace: &Self::Workspace,
        app_id: &str,
        number: Option<ApplicationId>,
        make: impl FnOnce(ApplicationId) -> Application + Send,
    ) -> impl Future<Output = Stored<bool>> + Send;

    /// Whether a workspace has this application, by its number.
    fn has_application(&self, id: ApplicationId) -> impl Future<Output = Stored<bool>> + Send;

    /// Removes a workspace with all that is in it, its key included; whether it was there. Its audit trail
    /// stays, and says nothing of any data.
    fn remove_workspace(
        &self,
        workspace: &Self::Workspace,
    ) -> impl Future<Output = Stored<bool>> + Send;
}

/// Everything inside one workspace.
pub(crate) trait Workspace: Clone + Send + Sync + 'static {
    /// The workspace's own row, as of the time this handle was taken or later.
    fn row(&self) -> Arc<WorkspaceRow>;

    /// Changes the row, all but its name.
    fn change_row<R: Send>(
        &self,
        change: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> R + Send,
    ) -> impl Future<Output = Stored<R>> + Send;

    /// The same, with what active sessions take at `now`. None is opened or grows meanwhile.
    fn change_row_by_usage<R: Send>(
        &self,
        now: Timestamp,
        change: impl FnOnce(&mut WorkspaceRow, Usage, &mut Trail) -> R + Send,
    ) -> impl Future<Output = Stored<R>> + Send;

    /// Changes the row and ends every active session as of `at`, if `allow` says so.
    fn wipe<E: Send>(
        &self,
        at: Timestamp,
        allow: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> Result<bool, E> + Send,
    ) -> impl Future<Output = Stored<Result<(), E>>> + Send;

    /// What active sessions take.
    fn usage(&self, now: Timestamp) -> impl Future<Output = Stored<Usage>> + Send;

    fn application(
        &self,
        id: ApplicationId,
    ) -> impl Future<Output = Stored<Option<Arc<Application>>>> + Send;

    fn applications(
        &self,
        listing: &Listing<ApplicationKey>,
    ) -> impl Future<Output = Stored<Page<Arc<Application>>>> + Send;

    fn user(&self, id: UserId) -> impl Future<Output = Stored<Option<User>>> + Send;

    /// Whose a session is, and in which application.
    fn owner(
        &self,
        owner: Owner,
    ) -> impl Future<Output = Stored<(Option<User>, Option<Arc<Application>>)>> + Send;

    fn user_of_account(&self, uid: &str) -> impl Future<Output = Stored<Option<User>>> + Send;

    fn users(&self, listing: &Listing<UserKey>) -> impl Future<Output = Stored<Page<User>>> + Send;

    /// The user of the account `uid`, or the one that `make` builds.
    fn user_or_insert<E: Send>(
        &self,
        uid: &str,
        make: impl FnOnce(UserId, &mut Trail) -> Result<User, E> + Send,
    ) -> impl Future<Output = Stored<Result<User, E>>> + Send;

    /// Runs `change` on a user, with the number of owners there are; `None` when there is no such user.
    fn change_user<R: Send>(
        &self,
        id: UserId,
        change: impl FnOnce(&mut User, usize, &mut Trail) -> R + Send,
    ) -> impl Future<Output = Stored<Option<R>>> + Send;

    /// Removes a user and ends their sessions, if `allow`, which gets the number of owners too, says so;
    /// `None` when there is no such user.
    fn remove_user<E: Send>(
        &self,
        id: UserId,
        now: Timestamp,
        allow: impl FnOnce(&User, usize, &mut Trail) -> Result<(), E> + Send,
    ) -> impl Future<Output = Stored<Option<Result<(), E>>>> + Send;

    /// Runs `change` on a session while nobody else does; `None` when there is no such session. The
    /// workspace's row does not change meanwhile.
    fn with_session<R: Send>(
        &self,
        id: SessionId,
        change: impl FnOnce(&mut Session, &WorkspaceRow, &mut Trail) -> R + Send,
    ) -> impl Future<Output = Stored<Option<R>>> + Send;

    /// A session that a token of `revision` opens at `now`, which is its last activity from then on; `None`
    /// when that token does not open it, whyever.
    fn touch_session(
        &self,
        id: SessionId,
        revision: i64,
        now: Timestamp,
    ) -> impl Future<Output = Stored<Option<Session>>> + Send;

    /// Finds the newest active session of `owner`, or inserts the one that `make` builds: it gets the
    /// workspace's row and the number of sessions that are active. Unless `reuse`, it always inserts. Two
    /// callers at once get one session. `None` when the user or the application is gone.
    fn open_session<E: Send>(
        &self,
        owner: Owner,
        now: Timestamp,
        reuse: bool,
        make: impl FnOnce(SessionId, &WorkspaceRow, u64, &mut Trail) -> Result<Session, E> + Send,
    ) -> impl Future<Output = Stored<Option<Result<Opened, E>>>> + Send;

    /// Runs `visit` on every session of the workspace, in no order, each while nobody else does.
    fn each_session(
        &self,
        visit: impl FnMut(&mut Session) + Send,
    ) -> impl Future<Output = Stored<()>> + Send;

    /// Shows every session of the workspace to `look`, in no order, and keeps nobody from them.
    fn look_at_sessions(
        &self,
        look: impl FnMut(Session) + Send,
    ) -> impl Future<Output = Stored<()>> + Send;

    /// Ends every session whose time has come; what it held is destroyed.
    fn purge(&self, now: Timestamp) -> impl Future<Output = Stored<()>> + Send;

    /// Every session of a user, whatever its state, oldest first.
    fn sessions_of(&self, user: UserId) -> impl Future<Output = Stored<Vec<SessionId>>> + Send;

    /// Hands a page of sessions to `read`. What that writes to the trail is kept before anybody sees what
    /// was read.
    fn read_sessions<R: Send>(
        &self,
        listing: &SessionListing,
        now: Timestamp,
        read: impl FnOnce(Page<SessionRow>, &mut Trail) -> R + Send,
    ) -> impl Future<Output = Stored<R>> + Send;

    fn add_invite<E: Send>(
        &self,
        make: impl FnOnce(InviteId, &mut Trail) -> Result<Invite, E> + Send,
    ) -> impl Future<Output = Stored<Result<Invite, E>>> + Send;

    fn invites(
        &self,
        listing: &Listing<InviteKey>,
        now: Timestamp,
        with_used: bool,
    ) -> impl Future<Output = Stored<Page<InviteRow>>> + Send;

    /// Runs `change` on an invite while nobody else does; `None` when there is no such invite.
    fn with_invite<R: Send>(
        &self,
        id: InviteId,
        change: impl FnOnce(&mut Invite, &mut Trail) -> R + Send,
    ) -> impl Future<Output = Stored<Option<R>>> + Send;

    /// Makes the account `uid` the user that `accept` builds from the one there is, or from a free number.
    /// The invite and the user change together.
    fn redeem<E: Send>(
        &self,
        id: InviteId,
        uid: &str,
        accept: impl FnOnce(&mut Invite, Seat, &mut Trail) -> Result<User, E> + Send,
    ) -> impl Future<Output = Stored<Option<Result<User, E>>>> + Send;

    /// A page of the audit trail, the newest first.
    fn events(&self, window: Window) -> impl Future<Output = Stored<Page<AuditRow>>> + Send;

    /// A page of the access log, the newest first; `None` where the journal is the log.
    fn accesses(&self, window: Window)
    -> impl Future<Output = Stored<Option<Page<Access>>>> + Send;

    /// The user of the account `uid`, or the one that `make` builds for a number of its own or the next.
    fn lay_user(
        &self,
        uid: &str,
        number: Option<UserId>,
        make: impl FnOnce(UserId) -> User + Send,
    ) -> impl Future<Output = Stored<User>> + Send;

    /// Adds a session, whatever the plan's limits.
    fn lay_session<E: Send>(
        &self,
        owner: Owner,
        number: Option<SessionId>,
        make: impl FnOnce(SessionId) -> Result<Session, E> + Send,
    ) -> impl Future<Output = Stored<Result<Opened, E>>> + Send;

    fn has_session(&self, id: SessionId) -> impl Future<Output = Stored<bool>> + Send;
}

/// Where a redeemed invite puts somebody.
#[derive(Debug)]
pub(crate) enum Seat {
    Known(User),
    Free(UserId),
}

/// Whose session, in which application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Owner {
    pub(crate) user: UserId,
    pub(crate) application: Option<ApplicationId>,
}

/// What a token needs to know of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) session: SessionId,
    pub(crate) token_revision: i64,
}
