//! Rows in memory: what a world uses unless it is given a database.
//!
//! Locks are held for a look-up or for one closure on one row, never across an await. Where two are taken,
//! the outer one is the collection's and the inner one the row's.

mod people;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::Timestamp;

use self::people::People;
use crate::domain::{
    Account, Application, ApplicationId, Attempts, Directory, Family, Opened, Owner, Proof,
    Rotation, Session, SessionId, SocialIdentity, Stored, User, UserId, Workspace, WorkspaceId,
    WorkspaceRow, browser_origin,
};

/// All the rows of one world.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    workspaces: RwLock<BTreeMap<WorkspaceId, Shelf>>,
    applications: RwLock<HashMap<String, Arc<Application>>>,
    /// The web origins of all redirect URIs: browsers ask from them at every call.
    origins: RwLock<HashSet<String>>,
    people: RwLock<People>,
    rotation: RwLock<Rotation>,
    next: Arc<Counters>,
}

/// Row numbers count through the whole platform, so that one workspace's never mean anything in another.
#[derive(Debug, Default)]
struct Counters {
    workspace: AtomicI64,
    application: AtomicI64,
    user: AtomicI64,
    session: AtomicI64,
}

/// One workspace's rows; a cheap handle.
#[derive(Debug, Clone)]
pub(crate) struct Shelf(Arc<Rows>);

#[derive(Debug)]
struct Rows {
    row: RwLock<Arc<WorkspaceRow>>,
    applications: RwLock<BTreeMap<ApplicationId, Arc<Application>>>,
    users: RwLock<Users>,
    sessions: RwLock<Sessions>,
    next: Arc<Counters>,
}

#[derive(Debug, Default, Clone)]
struct Users {
    by_id: BTreeMap<UserId, User>,
    by_uid: HashMap<String, UserId>,
}

#[derive(Debug, Default)]
struct Sessions {
    by_id: HashMap<SessionId, Arc<Mutex<Session>>>,
    by_owner: BTreeMap<Owner, Vec<SessionId>>,
}

impl Memory {
    /// An independent copy of every row, as it is now. Rows that are never changed in place are shared.
    pub(crate) fn fork(&self) -> Self {
        let next = Arc::new(self.next.fork());
        let fork = |(id, shelf): (&WorkspaceId, &Shelf)| (*id, shelf.fork(&next));
        Self {
            workspaces: RwLock::new(read(&self.workspaces).iter().map(fork).collect()),
            applications: RwLock::new(read(&self.applications).clone()),
            origins: RwLock::new(read(&self.origins).clone()),
            people: RwLock::new(read(&self.people).clone()),
            rotation: RwLock::new(*read(&self.rotation)),
            next: Arc::clone(&next),
        }
    }
}

impl Shelf {
    fn fork(&self, next: &Arc<Counters>) -> Self {
        let rows = &self.0;
        Self(Arc::new(Rows {
            row: RwLock::new(Arc::clone(&read(&rows.row))),
            applications: RwLock::new(read(&rows.applications).clone()),
            users: RwLock::new(read(&rows.users).clone()),
            sessions: RwLock::new(read(&rows.sessions).fork()),
            next: Arc::clone(next),
        }))
    }
}

impl Sessions {
    fn fork(&self) -> Self {
        let copy = |session: &Arc<Mutex<Session>>| Arc::new(Mutex::new(lock(session).clone()));
        Self {
            by_id: self.by_id.iter().map(|(id, session)| (*id, copy(session))).collect(),
            by_owner: self.by_owner.clone(),
        }
    }
}

impl Counters {
    fn fork(&self) -> Self {
        let copy = |counter: &AtomicI64| AtomicI64::new(counter.load(Ordering::Relaxed));
        Self {
            workspace: copy(&self.workspace),
            application: copy(&self.application),
            user: copy(&self.user),
            session: copy(&self.session),
        }
    }
}

/// What a world does at once, without waiting: laying out its rows and looking at them.
impl Memory {
    /// Adds the workspace that `make` builds; `None` when its name is taken. Here as below, a row may ask
    /// for a free number; the others count on from the highest.
    pub(crate) fn insert_workspace<E>(
        &self,
        name: &str,
        number: Option<WorkspaceId>,
        make: impl FnOnce(WorkspaceId) -> Result<WorkspaceRow, E>,
    ) -> Result<Option<Shelf>, E> {
        let mut workspaces = write(&self.workspaces);
        if workspaces.values().any(|shelf| shelf.row().name == name) {
            return Ok(None);
        }
        let id = WorkspaceId(take(&self.next.workspace, number.map(|id| id.0)));
        let shelf = Shelf(Arc::new(Rows {
            row: RwLock::new(Arc::new(make(id)?)),
            applications: RwLock::default(),
            users: RwLock::default(),
            sessions: RwLock::default(),
            next: Arc::clone(&self.next),
        }));
        workspaces.insert(id, shelf.clone());
        Ok(Some(shelf))
    }

    /// Adds the application that `make` builds; whether its `app_id` was free.
    pub(crate) fn insert_application(
        &self,
        shelf: &Shelf,
        app_id: &str,
        number: Option<ApplicationId>,
        make: impl FnOnce(ApplicationId) -> Application,
    ) -> bool {
        let mut applications = write(&self.applications);
        if applications.contains_key(app_id) {
            return false;
        }
        let id = ApplicationId(take(&self.next.application, number.map(|id| id.0)));
        let application = Arc::new(make(id));
        write(&shelf.0.applications).insert(application.id, Arc::clone(&application));
        let origins = application.redirect_uris.iter().filter_map(|uri| browser_origin(uri));
        write(&self.origins).extend(origins);
        applications.insert(app_id.to_owned(), application);
        true
    }

    /// Adds an account unless its e-mail or a social identity of it is taken; whether it did.
    pub(crate) fn insert_account(&self, account: Account) -> bool {
        write(&self.people).insert(account)
    }

    pub(crate) fn find_account(&self, email: &str) -> Option<Account> {
        read(&self.people).of_email(email).cloned()
    }

    pub(crate) fn find_account_of(&self, uid: &str) -> Option<Account> {
        read(&self.people).of_uid(uid).cloned()
    }

    pub(crate) fn current_rotation(&self) -> Rotation {
        *read(&self.rotation)
    }

    pub(crate) fn find_application(&self, app_id: &str) -> Option<Arc<Application>> {
        read(&self.applications).get(app_id).cloned()
    }

    pub(crate) fn find_workspace(&self, name: &str) -> Option<Shelf> {
        read(&self.workspaces).values().find(|shelf| shelf.row().name == name).cloned()
    }

    pub(crate) fn has_workspace(&self, id: WorkspaceId) -> bool {
        read(&self.workspaces).contains_key(&id)
    }

    pub(crate) fn has_application(&self, id: ApplicationId) -> bool {
        read(&self.applications).values().any(|application| application.id == id)
    }

    pub(crate) fn find_shelf(&self, id: WorkspaceId) -> Option<Shelf> {
        read(&self.workspaces).get(&id).cloned()
    }

    pub(crate) fn shelves(&self) -> Vec<Shelf> {
        read(&self.workspaces).values().cloned().collect()
    }
}

impl Shelf {
    pub(crate) fn insert_user(
        &self,
        uid: &str,
        number: Option<UserId>,
        make: impl FnOnce(UserId) -> User,
    ) -> User {
        let mut users = write(&self.0.users);
        if let Some(user) = users.by_uid.get(uid).and_then(|id| users.by_id.get(id)) {
            return user.clone();
        }
        let user = make(UserId(take(&self.0.next.user, number.map(|id| id.0))));
        users.by_uid.insert(uid.to_owned(), user.id);
        users.by_id.insert(user.id, user.clone());
        user
    }

    pub(crate) fn find_user(&self, uid: &str) -> Option<User> {
        let users = read(&self.0.users);
        users.by_uid.get(uid).and_then(|id| users.by_id.get(id)).cloned()
    }

    /// Adds the session that `make` builds.
    pub(crate) fn insert_session<E>(
        &self,
        owner: Owner,
        number: Option<SessionId>,
        make: impl FnOnce(SessionId) -> Result<Session, E>,
    ) -> Result<Opened, E> {
        let mut sessions = write(&self.0.sessions);
        let id = SessionId(take(&self.0.next.session, number.map(|id| id.0)));
        Ok(sessions.insert(owner, make(id)?))
    }

    pub(crate) fn has_user(&self, id: UserId) -> bool {
        read(&self.0.users).by_id.contains_key(&id)
    }

    pub(crate) fn has_session(&self, id: SessionId) -> bool {
        read(&self.0.sessions).by_id.contains_key(&id)
    }

    pub(crate) fn user_row(&self, id: UserId) -> Option<User> {
        read(&self.0.users).by_id.get(&id).cloned()
    }

    pub(crate) fn app_id(&self, id: ApplicationId) -> Option<String> {
        read(&self.0.applications).get(&id).map(|application| application.app_id.clone())
    }

    pub(crate) fn update_row(&self, change: impl FnOnce(&mut WorkspaceRow)) {
        change(Arc::make_mut(&mut write(&self.0.row)));
    }

    /// Every session as it is stored, oldest first.
    pub(crate) fn stored_sessions(&self) -> Vec<Session> {
        let sessions = read(&self.0.sessions);
        let mut rows: Vec<_> = sessions.by_id.values().map(|row| lock(row).clone()).collect();
        rows.sort_by_key(|session| session.id);
        rows
    }
}

impl Directory for Memory {
    type Workspace = Shelf;

    async fn workspace(&self, id: WorkspaceId) -> Stored<Option<Shelf>> {
        Ok(self.find_shelf(id))
    }

    async fn workspaces(&self) -> Stored<Vec<Shelf>> {
        Ok(self.shelves())
    }

    async fn workspace_named(&self, name: &str) -> Stored<Option<Shelf>> {
        Ok(self.find_workspace(name))
    }

    async fn application(&self, app_id: &str) -> Stored<Option<Arc<Application>>> {
        Ok(self.find_application(app_id))
    }

    async fn has_origin(&self, origin: &str) -> Stored<bool> {
        Ok(read(&self.origins).contains(origin))
    }

    async fn has_redirect(&self, uri: &str) -> Stored<bool> {
        Ok(read(&self.applications).values().any(|application| application.allows_redirect(uri)))
    }

    async fn account(&self, uid: &str) -> Stored<Option<Account>> {
        Ok(self.find_account_of(uid))
    }

    async fn account_by_email(&self, email: &str) -> Stored<Option<Account>> {
        Ok(self.find_account(email))
    }

    async fn account_by_social(&self, identity: &SocialIdentity) -> Stored<Option<Account>> {
        Ok(read(&self.people).of_social(identity).cloned())
    }

    async fn add_account(&self, account: Account) -> Stored<bool> {
        Ok(self.insert_account(account))
    }

    async fn with_account_of<R: Send>(
        &self,
        email: &str,
        change: impl FnOnce(&mut Account) -> R + Send,
    ) -> Stored<Option<R>> {
        Ok(write(&self.people).change(email, change))
    }

    async fn with_attempts<R: Send>(
        &self,
        email: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Attempts) -> R + Send,
    ) -> Stored<R> {
        Ok(write(&self.people).attempt(email, now, change))
    }

    async fn remember_browser(&self, cookie: String, uid: String, proof: Proof) -> Stored<()> {
        write(&self.people).remember_browser(cookie, uid, proof);
        Ok(())
    }

    async fn browser_account(&self, cookie: &str) -> Stored<Option<(Account, Proof)>> {
        Ok(read(&self.people).of_browser(cookie))
    }

    async fn add_family(&self, id: String, family: Family) -> Stored<()> {
        write(&self.people).insert_family(id, family);
        Ok(())
    }

    async fn with_family<R: Send>(
        &self,
        id: &str,
        change: impl FnOnce(&mut Family) -> R + Send,
    ) -> Stored<Option<R>> {
        Ok(write(&self.people).family(id).map(change))
    }

    async fn end_sign_ins(&self, uid: &str) -> Stored<()> {
        write(&self.people).end_sign_ins(uid);
        Ok(())
    }

    async fn rotation(&self) -> Stored<Rotation> {
        Ok(self.current_rotation())
    }

    async fn with_rotation<R: Send>(
        &self,
        change: impl FnOnce(&mut Rotation) -> R + Send,
    ) -> Stored<R> {
        Ok(change(&mut write(&self.rotation)))
    }
}

impl Workspace for Shelf {
    fn row(&self) -> Arc<WorkspaceRow> {
        Arc::clone(&read(&self.0.row))
    }

    async fn application(&self, id: ApplicationId) -> Stored<Option<Arc<Application>>> {
        Ok(read(&self.0.applications).get(&id).cloned())
    }

    async fn user(&self, id: UserId) -> Stored<Option<User>> {
        Ok(self.user_row(id))
    }

    async fn user_of_account(&self, uid: &str) -> Stored<Option<User>> {
        Ok(self.find_user(uid))
    }

    async fn user_or_insert(
        &self,
        uid: &str,
        make: impl FnOnce(UserId) -> User + Send,
    ) -> Stored<User> {
        Ok(self.insert_user(uid, None, make))
    }

    async fn with_session<R: Send>(
        &self,
        id: SessionId,
        change: impl FnOnce(&mut Session) -> R + Send,
    ) -> Stored<Option<R>> {
        let found = read(&self.0.sessions).by_id.get(&id).cloned();
        Ok(found.map(|session| change(&mut lock(&session))))
    }

    async fn open_session<E: Send>(
        &self,
        owner: Owner,
        reuse_at: Option<Timestamp>,
        make: impl FnOnce(SessionId) -> Result<Session, E> + Send,
    ) -> Stored<Result<Opened, E>> {
        let mut sessions = write(&self.0.sessions);
        if let Some(opened) = reuse_at.and_then(|now| sessions.newest_active(owner, now)) {
            return Ok(Ok(opened));
        }
        let id = SessionId(take(&self.0.next.session, None));
        Ok(make(id).map(|session| sessions.insert(owner, session)))
    }

    async fn each_session(&self, mut visit: impl FnMut(&mut Session) + Send) -> Stored<()> {
        read(&self.0.sessions).by_id.values().for_each(|session| visit(&mut lock(session)));
        Ok(())
    }

    async fn sessions_of(&self, user: UserId) -> Stored<Vec<SessionId>> {
        let sessions = read(&self.0.sessions);
        let of_user = sessions.by_owner.iter().filter(|(owner, _)| owner.user == user);
        let mut ids: Vec<_> = of_user.flat_map(|(_, ids)| ids).copied().collect();
        ids.sort_unstable();
        Ok(ids)
    }
}

impl Sessions {
    fn insert(&mut self, owner: Owner, session: Session) -> Opened {
        let opened = Opened { session: session.id, token_revision: session.token_revision };
        self.by_owner.entry(owner).or_default().push(session.id);
        self.by_id.insert(session.id, Arc::new(Mutex::new(session)));
        opened
    }

    fn newest_active(&self, owner: Owner, now: Timestamp) -> Option<Opened> {
        let ids = self.by_owner.get(&owner)?;
        ids.iter().rev().find_map(|id| {
            let mut session = lock(self.by_id.get(id)?);
            session.active(now).ok()?;
            Some(Opened { session: *id, token_revision: session.token_revision })
        })
    }
}

/// The number that was asked for, or the next one.
fn take(counter: &AtomicI64, number: Option<i64>) -> i64 {
    match number {
        None => counter.fetch_add(1, Ordering::Relaxed) + 1,
        Some(number) => {
            counter.fetch_max(number, Ordering::Relaxed);
            number
        }
    }
}

// A panic while a lock was held can only have come from a bug in a rule; rows are replaced whole, so what
// it left behind is readable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(rows: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    rows.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(rows: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    rows.write().unwrap_or_else(PoisonError::into_inner)
}
