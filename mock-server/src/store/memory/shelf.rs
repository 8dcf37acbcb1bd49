//! One workspace's rows in memory.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    sync::{Arc, Mutex, RwLock},
};

use jiff::Timestamp;

use super::{Counters, lock, read, sessions::Sessions, take, trail::Kept, write};
use crate::domain::{
    Access, Admission, Application, ApplicationId, ApplicationKey, AuditRow, Invite, InviteId,
    InviteKey, InviteRow, InviteStatus, Listing, Opened, Owner, Page, Role, Seat, Session,
    SessionId, SessionListing, SessionRow, Stored, Trail, Usage, User, UserId, UserKey, Window,
    Workspace, WorkspaceRow,
};

/// One workspace's rows; a cheap handle.
#[derive(Clone)]
pub(crate) struct Shelf(Arc<Rows>);

struct Rows {
    row: RwLock<Arc<WorkspaceRow>>,
    applications: RwLock<BTreeMap<ApplicationId, Arc<Application>>>,
    users: RwLock<Users>,
    sessions: RwLock<Sessions>,
    invites: Mutex<Invites>,
    audit: Mutex<Kept>,
    next: Arc<Counters>,
}

#[derive(Default, Clone)]
struct Users {
    by_id: BTreeMap<UserId, User>,
    by_uid: HashMap<String, UserId>,
}

#[derive(Default, Clone)]
struct Invites {
    by_id: BTreeMap<InviteId, Invite>,
    by_secret: HashMap<String, InviteId>,
}

impl Shelf {
    pub(super) fn new(row: WorkspaceRow, founder: Option<User>, next: &Arc<Counters>) -> Self {
        let mut users = Users::default();
        founder.into_iter().for_each(|user| users.put(user));
        Self(Arc::new(Rows {
            row: RwLock::new(Arc::new(row)),
            applications: RwLock::default(),
            users: RwLock::new(users),
            sessions: RwLock::default(),
            invites: Mutex::default(),
            audit: Mutex::default(),
            next: Arc::clone(next),
        }))
    }

    /// An independent copy, as of one moment: every lock is taken, in the order that all take them in.
    pub(super) fn fork(&self, next: &Arc<Counters>) -> Self {
        let rows = &self.0;
        let applications = read(&rows.applications);
        // For oneself alone: whoever changes a session only reads this.
        let sessions = write(&rows.sessions);
        let users = read(&rows.users);
        let invites = lock(&rows.invites);
        let row = read(&rows.row);
        let audit = lock(&rows.audit);
        Self(Arc::new(Rows {
            row: RwLock::new(Arc::clone(&row)),
            applications: RwLock::new(applications.clone()),
            users: RwLock::new(users.clone()),
            sessions: RwLock::new(sessions.fork()),
            invites: Mutex::new(invites.clone()),
            audit: Mutex::new(audit.clone()),
            next: Arc::clone(next),
        }))
    }

    /// Forgets all that is in it, as handles that are still about find out.
    pub(super) fn empty(&self) {
        *write(&self.0.applications) = BTreeMap::new();
        *write(&self.0.sessions) = Sessions::default();
        *write(&self.0.users) = Users::default();
        *lock(&self.0.invites) = Invites::default();
    }

    /// Adds what a change wrote to the trail.
    pub(super) fn keep(&self, trail: Trail) {
        let events = trail.into_events();
        if !events.is_empty() {
            lock(&self.0.audit).add(events, &self.0.next.audit);
        }
    }

    /// Runs `change`, and keeps what it writes.
    fn audited<R>(&self, change: impl FnOnce(&mut Trail) -> R) -> R {
        let mut trail = Trail::default();
        let changed = change(&mut trail);
        self.keep(trail);
        changed
    }

    /// Runs `change`, and keeps what it writes if it succeeds.
    fn try_audited<R, E>(&self, change: impl FnOnce(&mut Trail) -> Result<R, E>) -> Result<R, E> {
        let mut trail = Trail::default();
        let changed = change(&mut trail)?;
        self.keep(trail);
        Ok(changed)
    }

    pub(super) fn put_application(&self, application: &Arc<Application>) {
        write(&self.0.applications).insert(application.id, Arc::clone(application));
    }

    pub(super) fn take_application(&self, id: ApplicationId, now: Timestamp) {
        let mut applications = write(&self.0.applications);
        let sessions = write(&self.0.sessions);
        applications.remove(&id);
        sessions.end(now, |session| session.application == Some(id));
    }

    pub(super) fn invite_with(&self, secret: &str) -> Option<InviteId> {
        lock(&self.0.invites).by_secret.get(secret).copied()
    }

    pub(super) fn update_row<R>(
        &self,
        change: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> R,
    ) -> R {
        let mut row = write(&self.0.row);
        self.audited(|trail| change(Arc::make_mut(&mut row), trail))
    }

    /// The user of the account, or the one that `make` builds.
    fn insert_user<E>(
        &self,
        uid: &str,
        number: Option<UserId>,
        make: impl FnOnce(UserId, &mut Trail) -> Result<User, E>,
    ) -> Result<User, E> {
        let mut users = write(&self.0.users);
        if let Some(user) = users.of_account(uid) {
            return Ok(user.clone());
        }
        let id = UserId(take(&self.0.next.user, number.map(|id| id.0)));
        let user = self.try_audited(|trail| make(id, trail))?;
        users.put(user.clone());
        Ok(user)
    }

    pub(super) fn find_user(&self, uid: &str) -> Option<User> {
        read(&self.0.users).of_account(uid).cloned()
    }

    /// What decides whether a token of a session is let in.
    pub(super) fn admission(&self, id: SessionId) -> Option<Admission> {
        read(&self.0.sessions).with(id, |session| Admission::of(session))
    }

    fn user_row(&self, id: UserId) -> Option<User> {
        read(&self.0.users).by_id.get(&id).cloned()
    }

    fn app_id(&self, id: ApplicationId) -> Option<String> {
        read(&self.0.applications).get(&id).map(|application| application.app_id.clone())
    }

    /// Every session as it is stored, oldest first.
    fn stored_sessions(&self) -> Vec<Session> {
        read(&self.0.sessions).stored()
    }

    fn session_row(&self, session: Session, now: Timestamp) -> SessionRow {
        let mut session = session;
        SessionRow {
            status: session.status(now),
            user: self.user_row(session.user),
            app_id: session.application.and_then(|id| self.app_id(id)),
            session,
        }
    }
}

impl Users {
    fn of_account(&self, uid: &str) -> Option<&User> {
        self.by_uid.get(uid).and_then(|id| self.by_id.get(id))
    }

    fn put(&mut self, user: User) {
        self.by_uid.insert(user.provider_uid.clone(), user.id);
        self.by_id.insert(user.id, user);
    }

    fn owners(&self) -> usize {
        self.by_id.values().filter(|user| user.role == Role::Owner).count()
    }
}

impl Workspace for Shelf {
    fn row(&self) -> Arc<WorkspaceRow> {
        Arc::clone(&read(&self.0.row))
    }

    async fn change_row<R: Send>(
        &self,
        change: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> R + Send,
    ) -> Stored<R> {
        let _nobody_in_a_session = write(&self.0.sessions);
        Ok(self.update_row(change))
    }

    async fn change_row_by_usage<R: Send>(
        &self,
        now: Timestamp,
        change: impl FnOnce(&mut WorkspaceRow, Usage, &mut Trail) -> R + Send,
    ) -> Stored<R> {
        let sessions = write(&self.0.sessions);
        let usage = sessions.usage(now);
        Ok(self.update_row(|row, trail| change(row, usage, trail)))
    }

    async fn wipe<E: Send>(
        &self,
        at: Timestamp,
        allow: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> Result<bool, E> + Send,
    ) -> Stored<Result<(), E>> {
        let sessions = write(&self.0.sessions);
        Ok(self.update_row(allow).map(|allowed| {
            if allowed {
                sessions.end(at, |_| true);
            }
        }))
    }

    async fn usage(&self, now: Timestamp) -> Stored<Usage> {
        Ok(read(&self.0.sessions).usage(now))
    }

    async fn application(&self, id: ApplicationId) -> Stored<Option<Arc<Application>>> {
        Ok(read(&self.0.applications).get(&id).cloned())
    }

    async fn applications(
        &self,
        listing: &Listing<ApplicationKey>,
    ) -> Stored<Page<Arc<Application>>> {
        Ok(listing.pick(read(&self.0.applications).values().cloned()))
    }

    async fn user(&self, id: UserId) -> Stored<Option<User>> {
        Ok(self.user_row(id))
    }

    async fn owner(&self, owner: Owner) -> Stored<(Option<User>, Option<Arc<Application>>)> {
        let applications = read(&self.0.applications);
        let application = owner.application.and_then(|id| applications.get(&id).cloned());
        Ok((self.user_row(owner.user), application))
    }

    async fn user_of_account(&self, uid: &str) -> Stored<Option<User>> {
        Ok(self.find_user(uid))
    }

    async fn users(&self, listing: &Listing<UserKey>) -> Stored<Page<User>> {
        Ok(listing.pick(read(&self.0.users).by_id.values().cloned()))
    }

    async fn user_or_insert<E: Send>(
        &self,
        uid: &str,
        make: impl FnOnce(UserId, &mut Trail) -> Result<User, E> + Send,
    ) -> Stored<Result<User, E>> {
        Ok(self.insert_user(uid, None, make))
    }

    async fn change_user<R: Send>(
        &self,
        id: UserId,
        change: impl FnOnce(&mut User, usize, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        let mut users = write(&self.0.users);
        let owners = users.owners();
        let Some(user) = users.by_id.get_mut(&id) else { return Ok(None) };
        Ok(Some(self.audited(|trail| change(user, owners, trail))))
    }

    async fn remove_user<E: Send>(
        &self,
        id: UserId,
        now: Timestamp,
        allow: impl FnOnce(&User, usize, &mut Trail) -> Result<(), E> + Send,
    ) -> Stored<Option<Result<(), E>>> {
        let sessions = write(&self.0.sessions);
        let mut users = write(&self.0.users);
        let owners = users.owners();
        let Some(user) = users.by_id.get(&id) else { return Ok(None) };
        if let Err(error) = self.try_audited(|trail| allow(user, owners, trail)) {
            return Ok(Some(Err(error)));
        }
        let uid = user.provider_uid.clone();
        users.by_uid.remove(&uid);
        users.by_id.remove(&id);
        sessions.end(now, |session| session.user == id);
        Ok(Some(Ok(())))
    }

    async fn with_session<R: Send>(
        &self,
        id: SessionId,
        change: impl FnOnce(&mut Session, &WorkspaceRow, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        let sessions = read(&self.0.sessions);
        let row = self.row();
        Ok(sessions.with(id, |session| self.audited(|trail| change(session, &row, trail))))
    }

    async fn touch_session(
        &self,
        id: SessionId,
        revision: i64,
        now: Timestamp,
    ) -> Stored<Option<Session>> {
        let touch = |session: &mut Session| {
            session.admit(revision, now).ok()?;
            session.last_activity_at = now;
            Some(session.clone())
        };
        Ok(read(&self.0.sessions).with(id, touch).flatten())
    }

    async fn open_session<E: Send>(
        &self,
        owner: Owner,
        now: Timestamp,
        reuse: bool,
        make: impl FnOnce(SessionId, &WorkspaceRow, u64, &mut Trail) -> Result<Session, E> + Send,
    ) -> Stored<Option<Result<Opened, E>>> {
        let applications = read(&self.0.applications);
        let mut sessions = write(&self.0.sessions);
        let is_gone = owner.application.is_some_and(|id| !applications.contains_key(&id));
        if is_gone || self.user_row(owner.user).is_none() {
            return Ok(None);
        }
        if let Some(opened) = reuse.then(|| sessions.newest_active(owner, now)).flatten() {
            return Ok(Some(Ok(opened)));
        }
        let (row, active) = (self.row(), sessions.active(now));
        let id = SessionId(take(&self.0.next.session, None));
        let made = self.try_audited(|trail| make(id, &row, active, trail));
        Ok(Some(made.map(|session| sessions.insert(owner, session))))
    }

    async fn each_session(&self, visit: impl FnMut(&mut Session) + Send) -> Stored<()> {
        read(&self.0.sessions).each(visit);
        Ok(())
    }

    async fn look_at_sessions(&self, mut look: impl FnMut(Session) + Send) -> Stored<()> {
        read(&self.0.sessions).each(|session| look(session.clone()));
        Ok(())
    }

    async fn purge(&self, now: Timestamp) -> Stored<()> {
        read(&self.0.sessions).end_due(now);
        Ok(())
    }

    async fn sessions_of(&self, user: UserId) -> Stored<Vec<SessionId>> {
        Ok(read(&self.0.sessions).of_user(user))
    }

    async fn read_sessions<R: Send>(
        &self,
        listing: &SessionListing,
        now: Timestamp,
        read_page: impl FnOnce(Page<SessionRow>, &mut Trail) -> R + Send,
    ) -> Stored<R> {
        let wanted = |row: &SessionRow| {
            listing.status.is_none_or(|status| row.status == status)
                && listing.user.is_none_or(|user| row.session.user == user)
                && listing.app_id.as_ref().is_none_or(|app_id| row.app_id.as_ref() == Some(app_id))
        };
        let rows = self.stored_sessions().into_iter().map(|row| self.session_row(row, now));
        let page = listing.listing.pick(rows.filter(wanted));
        Ok(self.audited(|trail| read_page(page, trail)))
    }

    async fn add_invite<E: Send>(
        &self,
        make: impl FnOnce(InviteId, &mut Trail) -> Result<Invite, E> + Send,
    ) -> Stored<Result<Invite, E>> {
        let mut invites = lock(&self.0.invites);
        let id = InviteId(take(&self.0.next.invite, None));
        let made = self.try_audited(|trail| make(id, trail));
        Ok(made.inspect(|invite| {
            invites.by_secret.insert(invite.secret.to_string(), id);
            invites.by_id.insert(id, invite.clone());
        }))
    }

    async fn invites(
        &self,
        listing: &Listing<InviteKey>,
        now: Timestamp,
        with_used: bool,
    ) -> Stored<Page<InviteRow>> {
        let invites = lock(&self.0.invites);
        let rows = invites.by_id.values().map(|invite| {
            let status = invite.status(now);
            InviteRow { invite: invite.clone(), status }
        });
        Ok(listing.pick(rows.filter(|row| with_used || row.status != InviteStatus::Used)))
    }

    async fn with_invite<R: Send>(
        &self,
        id: InviteId,
        change: impl FnOnce(&mut Invite, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        let mut invites = lock(&self.0.invites);
        let Some(invite) = invites.by_id.get_mut(&id) else { return Ok(None) };
        Ok(Some(self.audited(|trail| change(invite, trail))))
    }

    async fn redeem<E: Send>(
        &self,
        id: InviteId,
        uid: &str,
        accept: impl FnOnce(&mut Invite, Seat, &mut Trail) -> Result<User, E> + Send,
    ) -> Stored<Option<Result<User, E>>> {
        let mut users = write(&self.0.users);
        let mut invites = lock(&self.0.invites);
        let Some(invite) = invites.by_id.get_mut(&id) else { return Ok(None) };
        let seat = match users.of_account(uid) {
            Some(user) => Seat::Known(user.clone()),
            None => Seat::Free(UserId(take(&self.0.next.user, None))),
        };
        let accepted = self.try_audited(|trail| accept(invite, seat, trail));
        Ok(Some(accepted.inspect(|user| users.put(user.clone()))))
    }

    async fn events(&self, window: Window) -> Stored<Page<AuditRow>> {
        Ok(lock(&self.0.audit).page(window))
    }

    async fn accesses(&self, _: Window) -> Stored<Option<Page<Access>>> {
        Ok(None)
    }

    async fn lay_user(
        &self,
        uid: &str,
        number: Option<UserId>,
        make: impl FnOnce(UserId) -> User + Send,
    ) -> Stored<User> {
        let Ok(user) = self.insert_user(uid, number, |id, _| Ok::<_, Infallible>(make(id)));
        Ok(user)
    }

    async fn lay_session<E: Send>(
        &self,
        owner: Owner,
        number: Option<SessionId>,
        make: impl FnOnce(SessionId) -> Result<Session, E> + Send,
    ) -> Stored<Result<Opened, E>> {
        let mut sessions = write(&self.0.sessions);
        let id = SessionId(take(&self.0.next.session, number.map(|id| id.0)));
        Ok(make(id).map(|session| sessions.insert(owner, session)))
    }

    async fn has_session(&self, id: SessionId) -> Stored<bool> {
        Ok(read(&self.0.sessions).contains(id))
    }
}
