//! A world's faults, and how a test lays them.

use std::fmt;

use super::{World, wait};
use crate::{
    domain::{Directory as _, Stored, UserId, Workspace as _, parse_email},
    http::{Fault, FaultError, FaultId, FaultReport, Person, Plan, named, operations},
    store::Store,
};

/// The faults of one world: what goes wrong at which calls. A cheap handle.
///
/// ```
/// use secureflows_mock::{ApplicationSpec, Fault, UserSpec, World, WorkspaceSpec};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let world = World::builder()
///     .workspace(WorkspaceSpec::new("acme"))
///     .application("acme", ApplicationSpec::new("acme-web"))
///     .user("acme", UserSpec::new("ada@example.com"))
///     .build()?;
/// world.faults().add(Fault::status("sessions.get", 503).times(2))?;
///
/// let misspelt = world.faults().add(Fault::cut("session.get")).unwrap_err();
/// assert!(misspelt.to_string().contains("did you mean sessions.get"));
///
/// // A test that ends with a fault that struck nothing has not tested what it meant to.
/// assert_eq!(world.faults().unfired().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Faults(World);

impl World {
    /// What shall go wrong, and what did.
    #[must_use]
    pub fn faults(&self) -> Faults {
        Faults(self.inside())
    }
}

impl Faults {
    /// Lays a fault.
    ///
    /// # Errors
    ///
    /// [`FaultError`] when it could never strike, as for an operation that the platform does not have.
    pub fn add(&self, fault: Fault) -> Result<FaultId, FaultError> {
        wait(self.lay(fault))
    }

    pub(crate) async fn lay(&self, fault: Fault) -> Result<FaultId, FaultError> {
        let operations = operations::<Store>();
        fault.check(&operations)?;
        let person = match fault.user.as_deref() {
            Some(user) => Some(self.person(user).await?),
            None => None,
        };
        Ok(self.0.site().faults.lay(|id| Plan::new(id, fault, person, &operations)))
    }

    /// Refuses a name that no operation has, as [`add`](Self::add) does.
    pub(crate) fn check_operation(name: &str) -> Result<(), FaultError> {
        named(name, &operations::<Store>()).map(drop)
    }

    /// Every fault, spent ones too, in the order they were laid.
    #[must_use]
    pub fn all(&self) -> Vec<FaultReport> {
        self.0.site().faults.reports()
    }

    /// The faults that have struck no call.
    #[must_use]
    pub fn unfired(&self) -> Vec<FaultReport> {
        self.all().into_iter().filter(|report| report.fired == 0).collect()
    }

    /// Takes a fault away; whether it was there.
    pub fn remove(&self, id: FaultId) -> bool {
        self.0.site().faults.remove(|laid| laid == id) > 0
    }

    /// Takes every fault away; how many there were.
    pub fn clear(&self) -> usize {
        self.0.site().faults.remove(|_| true)
    }

    async fn person(&self, user: &str) -> Result<Person, FaultError> {
        let unknown = || FaultError::UserUnknown { user: user.to_owned() };
        self.find(user).await.ok().flatten().ok_or_else(unknown)
    }

    async fn find(&self, user: &str) -> Stored<Option<Person>> {
        let site = self.0.site();
        let store = &site.platform.store;
        if let Ok(id) = user.parse().map(UserId) {
            for shelf in store.workspaces().await? {
                if let Some(row) = shelf.user(id).await? {
                    return Ok(Some(Person { uid: row.provider_uid, user: Some(id) }));
                }
            }
            return Ok(None);
        }
        let Ok(email) = parse_email(user) else { return Ok(None) };
        let account = store.account_by_email(&email).await?;
        Ok(account.map(|account| Person { uid: account.uid, user: None }))
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.site().faults.fmt(f)
    }
}
