//! From a description to a world.

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;

use super::{
    ApplicationSpec, Beside, Core, ORIGIN, SeedError, StartError, UserSpec, WorkspaceSpec, World,
    numbers::check_id, sessions::add_sessions, wait,
};
#[cfg(feature = "postgres")]
use crate::store::{Database, Opened};
use crate::{
    clock::Clock,
    crypto::PasswordCost,
    domain::{
        Account, Application, ApplicationId, Directory as _, PayloadTtl, Payment, Platform, User,
        UserId, Workspace as _, WorkspaceId, WorkspaceRow, check_redirect_uri, parse_email,
    },
    http::{Door, Edge, Faults, Gate, Journal, Limits, Profile, Site, Tls},
    random::Random,
    store::{Shelf, Store},
};

/// When a world begins unless it is said: a moment that no test depends on by accident.
pub(crate) const BEGINNING: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// Describes a world. See [`World`] for an example.
#[derive(Default)]
#[must_use = "a description does nothing until it is built or started"]
pub struct WorldBuilder {
    seed: Option<u64>,
    starts_at: Option<String>,
    clock: Option<Clock>,
    profile: Profile,
    strict: bool,
    payment: Payment,
    password_cost: PasswordCost,
    limits: Limits,
    edge: Edge,
    port: u16,
    tls: Option<Tls>,
    beside: Option<Beside>,
    #[cfg(feature = "postgres")]
    database: Option<Database>,
    workspaces: Vec<WorkspaceSpec>,
    applications: Vec<(String, ApplicationSpec)>,
    users: Vec<(String, UserSpec)>,
}

impl WorldBuilder {
    /// Makes the world reproducible: the same seed and the same requests in sequence give the same bytes.
    /// Without a seed the operating system's randomness is used, and no token of one world verifies in
    /// another.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// What the clock shows at first, as ISO-8601 with an offset; 2026-01-01T00:00:00Z unless said. The
    /// clock stands still until it is moved.
    pub fn starts_at(self, time: impl Into<String>) -> Self {
        Self { starts_at: Some(time.into()), ..self }
    }

    /// Gives the world this clock, such as a running one, in place of a frozen one.
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// How missing and dead session tokens are answered.
    pub fn profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// Whether a request that names a `userId`, `workspaceId` or `tenantId` in its query, its headers or its
    /// body is refused with `400`. They change nothing either way: the token says who calls. Off unless
    /// said.
    pub fn strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }

    /// Whether workspaces can pay, and whether a test may hurry them along; neither unless said.
    pub fn payment(self, payment: Payment) -> Self {
        Self { payment, ..self }
    }

    /// What a password hash costs; [`PasswordCost::Cheap`] unless said.
    pub fn password_cost(self, password_cost: PasswordCost) -> Self {
        Self { password_cost, ..self }
    }

    /// How long a listening world waits for slow clients.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// How the edge in front of the platform behaves at first.
    pub fn edge(self, edge: Edge) -> Self {
        Self { edge, ..self }
    }

    /// The loopback port to listen on; 0, any free one, unless said.
    pub fn port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Listens with HTTPS, by a certificate of this authority; cookies are `Secure` then.
    #[cfg(feature = "tls")]
    pub fn tls(self, authority: &crate::crypto::Authority) -> Self {
        Self { tls: Some(Tls::new(authority)), ..self }
    }

    /// Keeps everything in a PostgreSQL database, so that several processes are one platform and a restart
    /// loses nothing. What was described is laid out where the database is new, and where it is not, what is
    /// there stays: [`seed`](Self::seed), the clock and the rows then count for nothing. Randomness is always the
    /// system's. There is one world in a database: it has no snapshots, and makes no others over HTTP.
    ///
    /// The database must have been [migrated](Database::migrate), and be entered as the role that this gave it.
    ///
    /// What a [`World`] answers without `async` then waits for the database. On a runtime of one thread, ask it while
    /// no other task is in the middle of a request: that task's rows would be waited for by the thread that it needs.
    #[cfg(feature = "postgres")]
    pub fn database(self, database: Database) -> Self {
        Self { database: Some(database), ..self }
    }

    /// Adds a workspace.
    pub fn workspace(mut self, workspace: WorkspaceSpec) -> Self {
        self.workspaces.push(workspace);
        self
    }

    /// Adds an application to the workspace of this name.
    pub fn application(
        mut self,
        workspace: impl Into<String>,
        application: ApplicationSpec,
    ) -> Self {
        self.applications.push((workspace.into(), application));
        self
    }

    /// Adds a user to the workspace of this name. One e-mail is one person in whatever workspaces.
    pub fn user(mut self, workspace: impl Into<String>, user: UserSpec) -> Self {
        self.users.push((workspace.into(), user));
        self
    }

    /// Makes the world, without a socket.
    ///
    /// # Errors
    ///
    /// [`SeedError`] when the description contradicts itself; it names what to change.
    pub fn build(self) -> Result<World, SeedError> {
        let (origin, beside) = (ORIGIN.to_owned(), self.beside.clone());
        let site = wait(self.site())?;
        Ok(World::inside_of(Core::new(origin, site, beside)))
    }

    /// Makes the world and listens on 127.0.0.1, on the runtime of the caller.
    ///
    /// # Errors
    ///
    /// [`StartError::Seed`] as [`build`](Self::build) does, and [`StartError::Listen`] when the port cannot
    /// be opened.
    pub async fn start(self) -> Result<World, StartError> {
        let (port, tls) = (self.port, self.tls.clone());
        let (limits, beside) = (self.limits, self.beside.clone());
        let site = self.site().await?;
        let door = Door::open(port, tls).await;
        let door = door.map_err(|source| StartError::Listen { port, source })?;
        let inside = World::inside_of(Core::new(door.origin(), site, beside));
        let world = inside.clone();
        if world.clock().is_running() {
            inside.purge_as_time_goes_by();
        }
        let server = door.serve(limits, move |request| inside.clone().answer(request));
        Ok(World { server: Some(Arc::new(server)), ..world })
    }

    /// Serves something beside the platform.
    pub(crate) fn beside(self, beside: Option<Beside>) -> Self {
        Self { beside, ..self }
    }

    fn is_in_database(&self) -> bool {
        #[cfg(feature = "postgres")]
        return self.database.is_some();
        #[cfg(not(feature = "postgres"))]
        false
    }

    async fn site(self) -> Result<Site<Store>, SeedError> {
        let random = match self.seed {
            // In a database keys outlive the process: nothing may come twice under them.
            Some(seed) if !self.is_in_database() => Random::seeded(seed),
            _ => Random::from_system().map_err(|_| SeedError::NoRandomness)?,
        };
        let clock = match (self.clock, self.starts_at) {
            (Some(clock), None) => clock,
            (clock, Some(text)) => {
                let at = text.parse().map_err(|_| SeedError::StartTime { text })?;
                let clock = clock.unwrap_or_else(|| Clock::frozen(at));
                clock.set(at);
                clock
            }
            (None, None) => Clock::frozen(BEGINNING),
        };
        #[cfg(feature = "postgres")]
        let (platform, beginning) = match &self.database {
            None => (Platform::new(Store::default(), clock, random, self.password_cost), None),
            Some(database) => {
                let Opened { found, home, beginning } = database.open(&clock, &random).await?;
                let (keys, store) = (found.keys, Store::Postgres(home));
                let cost = self.password_cost;
                let platform = Platform::of(found.id, keys, store, found.clock, random, cost);
                (platform, beginning)
            }
        };
        #[cfg(not(feature = "postgres"))]
        let platform = Platform::new(Store::default(), clock, random, self.password_cost);
        platform.set_payment(self.payment);
        let site = Site {
            platform,
            profile: self.profile,
            strict: self.strict,
            edge: Gate::new(self.edge),
            faults: Faults::default(),
            journal: Journal::default(),
        };
        let rows = Rows {
            workspaces: self.workspaces,
            applications: self.applications,
            users: self.users,
        };
        #[cfg(feature = "postgres")]
        if self.database.is_some() {
            if let Some(beginning) = beginning {
                lay_out(&site.platform, rows).await?;
                beginning.done().await?;
            }
            return Ok(site);
        }
        lay_out(&site.platform, rows).await?;
        Ok(site)
    }
}

/// Everything that a world begins with.
struct Rows {
    workspaces: Vec<WorkspaceSpec>,
    applications: Vec<(String, ApplicationSpec)>,
    users: Vec<(String, UserSpec)>,
}

async fn lay_out(platform: &Platform<Store>, rows: Rows) -> Result<(), SeedError> {
    let Rows { mut workspaces, mut applications, mut users } = rows;
    // Rows that ask for a number come first, so that the others count on behind them.
    workspaces.sort_by_key(|it| it.id.map_or(i64::MAX, |id| id.0));
    applications.sort_by_key(|(_, it)| it.id.map_or(i64::MAX, |id| id.0));
    users.sort_by_key(|(_, it)| it.id.map_or(i64::MAX, |id| id.0));
    for workspace in workspaces {
        add_workspace(platform, workspace).await?;
    }
    for (workspace, application) in applications {
        add_application(platform, &workspace, application).await?;
    }
    for (workspace, user) in &users {
        add_user(platform, workspace, user).await?;
    }
    add_sessions(platform, &users).await
}

pub(super) async fn add_workspace(
    platform: &Platform<Store>,
    spec: WorkspaceSpec,
) -> Result<(), SeedError> {
    let WorkspaceSpec { id, name, accept_anonymous, self_service, billing } = spec;
    check_id("workspace", id.map(|id| id.0), async |id| {
        Ok(platform.store.workspace(WorkspaceId(id)).await?.is_some())
    })
    .await?;
    if name.is_empty() {
        return Err(SeedError::Empty { field: "workspace name" });
    }
    let laid = platform.store.lay_workspace(&name, id, |id| {
        let key = platform.new_workspace_key(id);
        let key = key.map_err(|_| SeedError::Key { name: name.clone() })?;
        let name = name.clone();
        Ok(WorkspaceRow { id, name, accept_anonymous, self_service, billing, key })
    });
    match laid.await? {
        Some(laid) => laid.map(drop),
        None => Err(SeedError::WorkspaceTaken { name }),
    }
}

pub(super) async fn add_application(
    platform: &Platform<Store>,
    workspace: &str,
    spec: ApplicationSpec,
) -> Result<(), SeedError> {
    let ApplicationSpec { id, app_id, display_name, redirect_uris, session_token_ttl, payload_ttl } =
        spec;
    check_id("application", id.map(|id| id.0), async |id| {
        Ok(platform.store.has_application(ApplicationId(id)).await?)
    })
    .await?;
    let shelf = shelf(platform, workspace).await?;
    if app_id.is_empty() {
        return Err(SeedError::Empty { field: "application id" });
    }
    for uri in &redirect_uris {
        check_redirect_uri(uri).map_err(|reason| SeedError::RedirectUri {
            app_id: app_id.clone(),
            uri: uri.clone(),
            reason,
        })?;
    }
    if session_token_ttl.is_some_and(|ttl| ttl < Duration::from_secs(1)) {
        return Err(SeedError::TokenTtl { app_id });
    }
    let payload_ttl = payload_ttl.map(|ttl| match ttl {
        Duration::ZERO => PayloadTtl::Unlimited,
        ttl => PayloadTtl::After(ttl),
    });
    let workspace = shelf.row().id;
    let laid = platform.store.lay_application(&shelf, &app_id, id, |id| Application {
        id,
        workspace,
        app_id: app_id.clone(),
        display_name,
        redirect_uris,
        session_token_ttl,
        payload_ttl,
    });
    if laid.await? { Ok(()) } else { Err(SeedError::ApplicationTaken { app_id }) }
}

/// Adds a user, and an account unless the person has one from another workspace.
pub(super) async fn add_user(
    platform: &Platform<Store>,
    workspace: &str,
    spec: &UserSpec,
) -> Result<(), SeedError> {
    let shelf = shelf(platform, workspace).await?;
    check_id("user", spec.id.map(|id| id.0), async |id| {
        for shelf in platform.store.workspaces().await? {
            if shelf.user(UserId(id)).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    })
    .await?;
    if spec.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(SeedError::Empty { field: "user name" });
    }
    let taken = |email: &str| SeedError::UserTaken { email: email.to_owned() };
    let email = parse_email(&spec.email);
    let email = email.map_err(|_| SeedError::Email { email: spec.email.clone() })?;
    let password = spec.password.as_deref().map(String::as_str);
    let account = match platform.store.account_by_email(&email).await? {
        None => {
            let account = Account {
                email_verified: spec.email_verified,
                name: spec.name.clone(),
                ..platform.new_account(Some(email.clone()), password)
            };
            platform.store.add_account(account.clone()).await?;
            account
        }
        Some(account) => {
            let same =
                |known: &crate::crypto::PasswordHash| password.is_none_or(|it| known.matches(it));
            if shelf.user_of_account(&account.uid).await?.is_some()
                || !account.password.as_ref().is_none_or(same)
            {
                return Err(taken(&email));
            }
            account
        }
    };
    let workspace = shelf.row().id;
    let laid = shelf.lay_user(&account.uid, spec.id, |id| {
        let first = User::first_visit(id, workspace, &account);
        User { role: spec.role, ..first }
    });
    laid.await?;
    Ok(())
}

pub(super) async fn shelf(platform: &Platform<Store>, workspace: &str) -> Result<Shelf, SeedError> {
    let found = platform.store.workspace_named(workspace).await?;
    found.ok_or_else(|| SeedError::WorkspaceUnknown { name: workspace.to_owned() })
}

impl fmt::Debug for WorldBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorldBuilder")
            .field("workspaces", &self.workspaces)
            .field("applications", &self.applications)
            .field("users", &self.users)
            .finish_non_exhaustive()
    }
}
