//! Moving a world through its time.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use super::World;
use crate::domain::{Deadline, Directory as _, StoreError};

/// How often a running world looks for what has come to its end.
const PURGED_EVERY: Duration = Duration::from_secs(1);

impl World {
    /// What is going to end, the soonest first: the newest session tokens, payloads with a TTL, invites,
    /// cancelled plans and the grace after them.
    pub async fn deadlines(&self) -> Vec<Deadline> {
        // Memory always answers; a database that does not has nothing to tell.
        self.site().platform.deadlines().await.unwrap_or_default()
    }

    /// Moves the clock forward and ends everything that is due by then, in order; what ended, the earliest
    /// first. What [`Clock::advance`](crate::Clock::advance) left behind ends here too.
    ///
    /// ```
    /// use std::time::Duration;
    /// use secureflows_mock::{ApplicationSpec, DeadlineKind, UserSpec, World, WorkspaceSpec};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let hour = Duration::from_secs(3600);
    /// let world = World::builder()
    ///     .workspace(WorkspaceSpec::new("acme"))
    ///     .application("acme", ApplicationSpec::new("web").session_token_ttl(hour).payload_ttl(2 * hour))
    ///     .user("acme", UserSpec::new("ada@example.com"))
    ///     .build()?;
    /// world.sign_in("ada@example.com", "web").await?;
    /// let ended = world.advance(2 * hour).await;
    /// let kinds: Vec<_> = ended.iter().map(|deadline| deadline.kind).collect();
    /// assert_eq!(kinds, [DeadlineKind::SessionToken, DeadlineKind::Payload]);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn advance(&self, by: Duration) -> Vec<Deadline> {
        self.keep_time().await;
        let before = self.clock().now();
        self.clock().advance(by);
        self.fire_due(before).await
    }

    /// Sets the clock and ends everything that is due then, in order; what ended, the earliest first. An
    /// earlier time is taken too: it brings nothing back that has ended.
    pub async fn set_time(&self, at: Timestamp) -> Vec<Deadline> {
        self.keep_time().await;
        let before = self.clock().now();
        self.clock().set(at);
        self.fire_due(before).await
    }

    /// Moves the clock to the next deadline and ends everything that is due then. Without one the clock
    /// stays and nothing ends.
    pub async fn advance_to_next(&self) -> Vec<Deadline> {
        match self.deadlines().await.first() {
            // One that the clock has passed already is due without moving it, least of all back.
            Some(next) if next.at > self.clock().now() => self.set_time(next.at).await,
            _ => self.fire_due(self.clock().now()).await,
        }
    }

    /// Destroys what has come to its end also while nobody asks for it, until the world is dropped.
    pub(super) fn purge_as_time_goes_by(&self) {
        let core = Arc::downgrade(&self.core);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(PURGED_EVERY).await;
                let Some(core) = core.upgrade() else { return };
                let world = World { core, server: None };
                world.keep_time().await;
                let site = world.site();
                // One instance of several does it. What fails is tried again in the next round.
                if site.platform.store.turn_to_purge(PURGED_EVERY).await == Ok(true) {
                    let _ = site.platform.purge().await;
                }
            }
        });
    }

    /// Shows the time that all instances have come to.
    pub(crate) async fn keep_time(&self) {
        // Where it fails nothing is lost: the clock hands on later what it was moved by.
        let _ = self.reach().await;
    }

    /// The same, where it matters whether the rows can be asked at all.
    pub(crate) async fn reach(&self) -> Result<(), StoreError> {
        let site = self.site();
        site.platform.store.keep_time(&site.platform.clock).await
    }

    async fn fire_due(&self, before: Timestamp) -> Vec<Deadline> {
        self.keep_time().await;
        let site = self.site();
        // As above. What was not ended now is ended by the next who meets it.
        site.platform.fire_due(before, self.clock().now()).await.unwrap_or_default()
    }
}
