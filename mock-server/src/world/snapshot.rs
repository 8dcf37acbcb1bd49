//! A world's whole state, kept to go back to.

use std::{
    fmt,
    sync::{Arc, PoisonError},
};

use jiff::Timestamp;

use super::{Core, InDatabase, ORIGIN, World};
use crate::{
    clock::Clock,
    http::Site,
    store::{Memory, Store},
};

/// Everything that a world was at one moment: rows, signed-in browsers, keys, randomness, clock. In memory;
/// clones are handles to the same snapshot.
///
/// ```
/// use secureflows_mock::{ApplicationSpec, UserSpec, World, WorkspaceSpec};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let world = World::builder()
///     .workspace(WorkspaceSpec::new("acme"))
///     .application("acme", ApplicationSpec::new("web"))
///     .user("acme", UserSpec::new("ada@example.com"))
///     .build()?;
/// let before = world.snapshot()?;
/// let token = world.sign_in("ada@example.com", "web").await?;
/// world.restore(&before)?;
/// // The same call after the same history: the same bytes.
/// assert_eq!(world.sign_in("ada@example.com", "web").await?, token);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Snapshot {
    site: Arc<Site<Memory>>,
    /// A running clock goes on in `site`.
    now: Timestamp,
}

impl World {
    /// Keeps what the world is now. Take it while no request is under way: each workspace is copied as of
    /// one moment, but one after the other.
    ///
    /// # Errors
    ///
    /// [`InDatabase`] for a world that lies in one.
    pub fn snapshot(&self) -> Result<Snapshot, InDatabase> {
        let site = self.site();
        let now = self.clock().now();
        let memory = site.platform.store.memory().ok_or(InDatabase)?;
        Ok(Snapshot { site: Arc::new(site.fork(memory.fork(), self.clock().fork())), now })
    }

    /// Makes the world again what it was, or what another was; its address, its settings for slow clients
    /// and its control API stay. The same requests in sequence then get the same bytes each time, dates
    /// included, as long as the clock stands still. Its [`clock`](Self::clock) is set to what it showed.
    /// Requests that are under way end in the state that they began in.
    ///
    /// # Errors
    ///
    /// [`InDatabase`] for a world that lies in one.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), InDatabase> {
        self.site().platform.store.memory().ok_or(InDatabase)?;
        self.clock().set(snapshot.now);
        let site = Arc::new(snapshot.fork(self.clock().clone()));
        *self.core.site.write().unwrap_or_else(PoisonError::into_inner) = site;
        Ok(())
    }
}

impl Snapshot {
    /// Another world that begins as the snapshot is, with a clock of its own and without a socket.
    #[must_use]
    pub fn to_world(&self) -> World {
        let clock = self.site.platform.clock.fork();
        clock.set(self.now);
        World::inside_of(Core::new(ORIGIN.to_owned(), self.fork(clock), None))
    }

    fn fork(&self, clock: Clock) -> Site<Store> {
        self.site.fork(Store::Memory(Box::new(self.site.platform.store.fork())), clock)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot({})", self.now)
    }
}
