//! What the platform asks of a home for its rows.
//!
//! Rules live on the rows; a store gives atomicity. A change is a closure over a row that the store holds
//! exclusively: under a lock in memory, `SELECT … FOR UPDATE` in a database. Closures never wait.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    Account, Application, Attempts, Family, Proof, Rotation, Session, SocialIdentity, User,
    WorkspaceRow,
    ids::{ApplicationId, SessionId, UserId, WorkspaceId},
};

/// Why a store could not answer. Memory always can; a database names its reasons here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreError {}

pub(crate) type Stored<T> = Result<T, StoreError>;

/// Across workspaces: names, accounts, redirect look-ups. Never a payload.
pub(crate) trait Directory: Send + Sync + 'static {
    type Workspace: Workspace;

    fn workspace(
        &self,
        id: WorkspaceId,
    ) -> impl Future<Output = Stored<Option<Self::Workspace>>> + Send;

    /// Every workspace, oldest first.
    fn workspaces(&self) -> impl Future<Output = Stored<Vec<Self::Workspace>>> + Send;

    fn workspace_named(
        &self,
        name: &str,
    ) -> impl Future<Output = Stored<Option<Self::Workspace>>> + Send;

    fn application(
        &self,
        app_id: &str,
    ) -> impl Future<Output = Stored<Option<Arc<Application>>>> + Send;

    /// Whether some application has an `http` or `https` redirect URI on this origin (contract ruling 11).
    fn has_origin(&self, origin: &str) -> impl Future<Output = Stored<bool>> + Send;

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
}

/// Everything inside one workspace.
pub(crate) trait Workspace: Clone + Send + Sync + 'static {
    /// The workspace's own row, as of the time this handle was taken or later.
    fn row(&self) -> Arc<WorkspaceRow>;

    fn application(
        &self,
        id: ApplicationId,
    ) -> impl Future<Output = Stored<Option<Arc<Application>>>> + Send;

    fn user(&self, id: UserId) -> impl Future<Output = Stored<Option<User>>> + Send;

    fn user_of_account(&self, uid: &str) -> impl Future<Output = Stored<Option<User>>> + Send;

    /// The user of the account `uid`, or the one that `make` builds.
    fn user_or_insert(
        &self,
        uid: &str,
        make: impl FnOnce(UserId) -> User + Send,
    ) -> impl Future<Output = Stored<User>> + Send;

    /// Runs `change` on a session while nobody else does; `None` when there is no such session.
    fn with_session<R: Send>(
        &self,
        id: SessionId,
        change: impl FnOnce(&mut Session) -> R + Send,
    ) -> impl Future<Output = Stored<Option<R>>> + Send;

    /// Finds the newest active session of `owner` as of `reuse_at`, or inserts the one that `make` builds.
    /// Without `reuse_at` it always inserts. Two callers at once get one session.
    fn open_session<E: Send>(
        &self,
        owner: Owner,
        reuse_at: Option<Timestamp>,
        make: impl FnOnce(SessionId) -> Result<Session, E> + Send,
    ) -> impl Future<Output = Stored<Result<Opened, E>>> + Send;

    /// Runs `visit` on every session of the workspace, in no order, each while nobody else does.
    fn each_session(
        &self,
        visit: impl FnMut(&mut Session) + Send,
    ) -> impl Future<Output = Stored<()>> + Send;

    /// Every session of a user, whatever its state, oldest first.
    fn sessions_of(&self, user: UserId) -> impl Future<Output = Stored<Vec<SessionId>>> + Send;
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
