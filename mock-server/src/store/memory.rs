//! Rows in memory: what a world uses unless it is given a database.
//!
//! Locks are held for a look-up or for one closure on one row, never across an await. Where several are
//! taken, it is in this order: workspaces, applications, a workspace's sessions, users, invites, its own row,
//! one session, and the trail last.

mod census;
mod people;
mod sessions;
mod shelf;
mod trail;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    convert::Infallible,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;

use self::people::People;
pub(crate) use self::shelf::Shelf;
use crate::{
    clock::Clock,
    domain::{
        Access, Account, Admission, Application, ApplicationId, Attempts, Directory, Family,
        InviteId, Proof, Rotation, SessionId, SocialIdentity, Stored, Trail, User, UserId,
        Workspace as _, WorkspaceId, WorkspaceRow, browser_origin,
    },
};

/// All the rows of one world.
#[derive(Default)]
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
    invite: AtomicI64,
    audit: AtomicI64,
}

impl Memory {
    /// An independent copy of every row, each workspace's as of one moment. Rows that are never changed in
    /// place are shared.
    pub(crate) fn fork(&self) -> Self {
        let next = Arc::new(Counters::default());
        let workspaces = read(&self.workspaces);
        let applications = read(&self.applications);
        let fork = |(id, shelf): (&WorkspaceId, &Shelf)| (*id, shelf.fork(&next));
        let copy = Self {
            workspaces: RwLock::new(workspaces.iter().map(fork).collect()),
            applications: RwLock::new(applications.clone()),
            origins: RwLock::new(read(&self.origins).clone()),
            people: RwLock::new(read(&self.people).clone()),
            rotation: RwLock::new(*read(&self.rotation)),
            next: Arc::clone(&next),
        };
        // After the rows: a number that a row has is never given again.
        next.follow(&self.next);
        copy
    }
}

impl Counters {
    fn follow(&self, other: &Self) {
        for (counter, other) in [
            (&self.workspace, &other.workspace),
            (&self.application, &other.application),
            (&self.user, &other.user),
            (&self.session, &other.session),
            (&self.invite, &other.invite),
            (&self.audit, &other.audit),
        ] {
            counter.store(other.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
}

impl Memory {
    /// Adds the workspace that `make` builds, with its first user, if any; `None` when its name is
    /// taken. Here as below, a row may ask for a free number; the others count on from the highest.
    fn insert_workspace<E>(
        &self,
        name: &str,
        number: Option<WorkspaceId>,
        make: impl FnOnce(WorkspaceId, &mut Trail) -> Result<(WorkspaceRow, Option<User>), E>,
    ) -> Result<Option<Shelf>, E> {
        let mut workspaces = write(&self.workspaces);
        if is_named(&workspaces, name) {
            return Ok(None);
        }
        let id = WorkspaceId(take(&self.next.workspace, number.map(|id| id.0)));
        let mut trail = Trail::default();
        let (row, founder) = make(id, &mut trail)?;
        let shelf = Shelf::new(row, founder, &self.next);
        shelf.keep(trail);
        workspaces.insert(id, shelf.clone());
        Ok(Some(shelf))
    }

    /// Adds the application that `make` builds; `None` when its `app_id` is taken.
    fn insert_application<E>(
        &self,
        shelf: &Shelf,
        app_id: &str,
        number: Option<ApplicationId>,
        make: impl FnOnce(ApplicationId, &mut Trail) -> Result<Application, E>,
    ) -> Option<Result<Arc<Application>, E>> {
        let mut applications = write(&self.applications);
        if applications.contains_key(app_id) {
            return None;
        }
        let id = ApplicationId(take(&self.next.application, number.map(|id| id.0)));
        let mut trail = Trail::default();
        let application = match make(id, &mut trail) {
            Ok(application) => Arc::new(application),
            Err(error) => return Some(Err(error)),
        };
        shelf.keep(trail);
        shelf.put_application(&application);
        write(&self.origins).extend(origins(&application));
        applications.insert(app_id.to_owned(), Arc::clone(&application));
        Some(Ok(application))
    }
}

impl Directory for Memory {
    type Workspace = Shelf;

    async fn workspace(&self, id: WorkspaceId) -> Stored<Option<Shelf>> {
        Ok(read(&self.workspaces).get(&id).cloned())
    }

    async fn admission(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
    ) -> Stored<Option<(Shelf, Admission)>> {
        let found = read(&self.workspaces).get(&workspace).cloned();
        Ok(found.and_then(|shelf| Some((shelf.clone(), shelf.admission(session)?))))
    }

    async fn workspaces(&self) -> Stored<Vec<Shelf>> {
        Ok(self.shelves())
    }

    async fn workspace_named(&self, name: &str) -> Stored<Option<Shelf>> {
        Ok(self.shelves().into_iter().find(|shelf| shelf.row().name == name))
    }

    async fn add_workspace<E: Send>(
        &self,
        name: &str,
        make: impl FnOnce(WorkspaceId, UserId, &mut Trail) -> Result<(WorkspaceRow, User), E> + Send,
    ) -> Stored<Result<Option<Shelf>, E>> {
        let founder = UserId(take(&self.next.user, None));
        Ok(self.insert_workspace(name, None, |id, trail| {
            let (row, user) = make(id, founder, trail)?;
            Ok((row, Some(user)))
        }))
    }

    async fn change_workspace<R: Send>(
        &self,
        workspace: &Shelf,
        name: Option<&str>,
        change: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        // Held while the name changes, so that nobody else takes it.
        let workspaces = write(&self.workspaces);
        let is_news = name.filter(|name| workspace.row().name != **name);
        if is_news.is_some_and(|name| is_named(&workspaces, name)) {
            return Ok(None);
        }
        Ok(Some(workspace.update_row(change)))
    }

    async fn application(&self, app_id: &str) -> Stored<Option<Arc<Application>>> {
        Ok(read(&self.applications).get(app_id).cloned())
    }

    async fn add_application<E: Send>(
        &self,
        workspace: &Shelf,
        app_id: &str,
        make: impl FnOnce(ApplicationId, &mut Trail) -> Result<Application, E> + Send,
    ) -> Stored<Option<Result<Arc<Application>, E>>> {
        Ok(self.insert_application(workspace, app_id, None, make))
    }

    async fn change_application<R: Send>(
        &self,
        workspace: &Shelf,
        app_id: &str,
        change: impl FnOnce(&mut Application, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        let mut applications = write(&self.applications);
        let here = |found: &&mut Arc<Application>| found.workspace == workspace.row().id;
        let Some(application) = applications.get_mut(app_id).filter(here) else { return Ok(None) };
        let mut trail = Trail::default();
        let changed = change(Arc::make_mut(application), &mut trail);
        workspace.keep(trail);
        workspace.put_application(application);
        *write(&self.origins) = applications.values().flat_map(|known| origins(known)).collect();
        Ok(Some(changed))
    }

    async fn remove_application<E: Send>(
        &self,
        workspace: &Shelf,
        app_id: &str,
        now: Timestamp,
        allow: impl FnOnce(&Application, &mut Trail) -> Result<(), E> + Send,
    ) -> Stored<Option<Result<(), E>>> {
        let mut applications = write(&self.applications);
        let here = |found: &&Arc<Application>| found.workspace == workspace.row().id;
        let Some(application) = applications.get(app_id).filter(here) else { return Ok(None) };
        let mut trail = Trail::default();
        if let Err(error) = allow(application, &mut trail) {
            return Ok(Some(Err(error)));
        }
        workspace.keep(trail);
        workspace.take_application(application.id, now);
        applications.remove(app_id);
        *write(&self.origins) = applications.values().flat_map(|known| origins(known)).collect();
        Ok(Some(Ok(())))
    }

    async fn invite(&self, secret: &str) -> Stored<Option<(Shelf, InviteId)>> {
        let shelves = self.shelves();
        Ok(shelves.into_iter().find_map(|shelf| {
            let id = shelf.invite_with(secret)?;
            Some((shelf, id))
        }))
    }

    async fn memberships(&self, uid: &str) -> Stored<Vec<(Shelf, User)>> {
        let shelves = self.shelves().into_iter();
        Ok(shelves.filter_map(|shelf| shelf.find_user(uid).map(|user| (shelf, user))).collect())
    }

    async fn has_origin(&self, origin: &str) -> Stored<bool> {
        Ok(read(&self.origins).contains(origin))
    }

    async fn has_redirect(&self, uri: &str) -> Stored<bool> {
        Ok(read(&self.applications).values().any(|application| application.allows_redirect(uri)))
    }

    async fn account(&self, uid: &str) -> Stored<Option<Account>> {
        Ok(read(&self.people).of_uid(uid).cloned())
    }

    async fn account_by_email(&self, email: &str) -> Stored<Option<Account>> {
        Ok(read(&self.people).of_email(email).cloned())
    }

    async fn account_by_social(&self, identity: &SocialIdentity) -> Stored<Option<Account>> {
        Ok(read(&self.people).of_social(identity).cloned())
    }

    async fn add_account(&self, account: Account) -> Stored<bool> {
        Ok(write(&self.people).insert(account))
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
        Ok(*read(&self.rotation))
    }

    async fn with_rotation<R: Send>(
        &self,
        change: impl FnOnce(&mut Rotation) -> R + Send,
    ) -> Stored<R> {
        Ok(change(&mut write(&self.rotation)))
    }

    async fn keep_time(&self, _: &Clock) -> Stored<()> {
        Ok(())
    }

    async fn turn_to_purge(&self, _: Duration) -> Stored<bool> {
        Ok(true)
    }

    /// The journal has it.
    fn log(&self, _: Access) {}

    async fn logged(&self) {}

    async fn lay_workspace<E: Send>(
        &self,
        name: &str,
        number: Option<WorkspaceId>,
        make: impl FnOnce(WorkspaceId) -> Result<WorkspaceRow, E> + Send,
    ) -> Stored<Option<Result<Shelf, E>>> {
        let laid = self.insert_workspace(name, number, |id, _| Ok((make(id)?, None)));
        Ok(laid.transpose())
    }

    async fn lay_application(
        &self,
        workspace: &Shelf,
        app_id: &str,
        number: Option<ApplicationId>,
        make: impl FnOnce(ApplicationId) -> Application + Send,
    ) -> Stored<bool> {
        let make = |id, _: &mut Trail| Ok::<_, Infallible>(make(id));
        Ok(self.insert_application(workspace, app_id, number, make).is_some())
    }

    async fn has_application(&self, id: ApplicationId) -> Stored<bool> {
        Ok(read(&self.applications).values().any(|application| application.id == id))
    }

    async fn remove_workspace(&self, workspace: &Shelf) -> Stored<bool> {
        let mut workspaces = write(&self.workspaces);
        let mut applications = write(&self.applications);
        let id = workspace.row().id;
        applications.retain(|_, application| application.workspace != id);
        *write(&self.origins) = applications.values().flat_map(|known| origins(known)).collect();
        let removed = workspaces.remove(&id);
        removed.iter().for_each(Shelf::empty);
        Ok(removed.is_some())
    }
}

impl Memory {
    fn shelves(&self) -> Vec<Shelf> {
        read(&self.workspaces).values().cloned().collect()
    }
}

fn is_named(workspaces: &BTreeMap<WorkspaceId, Shelf>, name: &str) -> bool {
    workspaces.values().any(|shelf| shelf.row().name == name)
}

fn origins(application: &Application) -> impl Iterator<Item = String> + '_ {
    application.redirect_uris.iter().filter_map(|uri| browser_origin(uri))
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
