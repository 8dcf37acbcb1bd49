//! The secureFlows platform, in one process, to build and test against.
//!
//! A [`World`] is one isolated platform: hosted login, sessions, tokens, encrypted payloads, on a clock that
//! only the test moves. It listens on a loopback port ([`WorldBuilder::start`]) or is called without any
//! socket ([`World::router`]).
//!
//! ```
//! use std::time::Duration;
//! use secureflows_mock::{ApplicationSpec, UserSpec, World, WorkspaceSpec};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let world = World::builder()
//!     .seed(7)
//!     .workspace(WorkspaceSpec::new("acme"))
//!     .application("acme", ApplicationSpec::new("acme-web"))
//!     .user("acme", UserSpec::new("ada@example.com"))
//!     .build()?;
//! let token = world.sign_in("ada@example.com", "acme-web").await?;
//! world.clock().advance(Duration::from_secs(8 * 24 * 3600));
//! // The token has expired by now; the data has not.
//! # let _ = token;
//! assert_eq!(world.payload("ada@example.com", "acme-web").await, Some(serde_json::json!({})));
//! # Ok(())
//! # }
//! ```
//!
//! "Contract" in these pages means the platform's published contract, which the mock follows to the letter.

mod clock;
mod control;
mod crypto;
mod domain;
mod http;
mod pages;
mod random;
#[cfg(feature = "sdk")]
mod sdk;
#[cfg(feature = "seed")]
mod seed;
mod store;
mod world;

pub use clock::Clock;
pub use crypto::PasswordCost;
#[cfg(feature = "tls")]
pub use crypto::{Authority, AuthorityError};
#[cfg(feature = "postgres")]
pub use crypto::{MasterKey, WeakKey};
pub use domain::{
    ApplicationId, AuditId, BadRedirectUri, Bound, Deadline, DeadlineKind, InviteId, Payment, Plan,
    Reason, Role, SessionId, UserId, WorkspaceId,
};
pub use http::{Edge, Effect, Fault, FaultError, FaultId, FaultReport, Limits, Profile, RateLimit};
pub use jiff::Timestamp;
#[cfg(feature = "sdk")]
pub use sdk::RouterHost;
#[cfg(feature = "seed")]
pub use seed::{DEMO_SEED, SEED_SCHEMA, Seed, SeedFileError};
#[cfg(feature = "postgres")]
pub use store::{Database, DatabaseError, Rotated, Searched};
pub use world::{
    ApplicationSpec, AtRest, Entry, Faults, Filter, InDatabase, Journal, LoginCookie, NothingYet,
    SeedError, SessionSpec, SignIn, SignInError, SignedIn, Snapshot, StartError, UserSpec,
    WorkspaceSpec, World, WorldBuilder,
};
