//! The client of the secureFlows platform: sign a user in, keep their data, sign them in again.
//!
//! The platform keeps one encrypted JSON record per user and application. An app shows no login
//! form: it sends the user to hosted login, and gets a short-lived token back that lives in memory
//! only. A dead token means *sign in again, the data is still there*.
//!
//! ```no_run
//! # #[cfg(all(feature = "native", feature = "json"))]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use secureflows::{Client, LoginOptions};
//!
//! let client = Client::builder()
//!     .workspace("acme")
//!     .app_id("acme-notes")
//!     .redirect_uri("http://127.0.0.1:7878/callback")
//!     .build()?;
//!
//! let page = client.begin_login(&LoginOptions::new())?;
//! // … open `page.as_str()` in the user's browser, wait for the callback …
//! # let callback = String::new();
//! client.complete_login(&callback).await?;
//!
//! client.set("theme", "dark").await?;
//! let theme: Option<String> = client.get("theme").await?;
//! assert_eq!(theme.as_deref(), Some("dark"));
//! client.logout().await?;
//! # Ok(()) }
//! ```
//!
//! | feature | what it adds | default |
//! | --- | --- | --- |
//! | `native` | [`NativeHost`] on reqwest and tokio | on |
//! | `json` | `get` and `set` with Rust types, on serde | on |
//! | `budget` | how many bytes the user's data takes, and a limit of the app's own | on |
//! | `elsewhere` | an update tells which other keys somebody changed meanwhile | on |
//! | `headless` | signing in with an identity token, where nobody sits at a browser | on |
//! | `http-date` | dates in `Retry-After`, beside seconds | on |
//! | `management` | the operators' API: workspaces, applications, people, sessions, audit | off |
//! | `verifier` | for an app's own backends: whose is this token? | off |
//! | `tracing` | what the crate does, told to `tracing` | on |
//!
//! Without features the crate is the whole road of a call over a [`host::Host`] of your own, and
//! compiles to a few kilobytes of WebAssembly.

#![cfg_attr(
    target_arch = "wasm32",
    allow(
        clippy::arc_with_non_send_sync,
        reason = "a browser has one thread; elsewhere it matters"
    )
)]

mod client;
mod config;
mod error;
pub mod host;
#[cfg(feature = "management")]
pub mod management;
mod native;
pub mod protocol;
mod road;
mod secret;
mod text;
mod trace;
#[cfg(feature = "json")]
mod typed;
#[cfg(feature = "verifier")]
pub mod verifier;

#[cfg(feature = "budget")]
pub use client::PayloadBudget;
pub use client::{BackendAnswer, Client, ClientBuilder, Confirm, Payload, Update, UpdatePolicy};
pub use config::PRODUCTION;
pub use error::{
    CallbackProblem, Cause, DataState, Error, ErrorCode, Invalid, Outcome, Quota, SignedOutReason,
};
#[cfg(feature = "headless")]
pub use host::IdentityProvider;
pub use host::{Declined, Host, Reauthenticate};
#[cfg(feature = "native")]
pub use native::NativeHost;
pub use protocol::{
    backend::BackendRequest,
    call::Key,
    login::{LoginOptions, PrivateUrl},
    retry::RetryPolicy,
    session::Status,
    verdict::Identity,
};
pub use road::{Event, Events, SignIn, WatchRaw};
pub use secret::{IdentityToken, MalformedToken, SessionToken};
#[cfg(feature = "json")]
pub use typed::{Collection, Watch};
