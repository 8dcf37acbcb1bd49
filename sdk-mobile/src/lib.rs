//! The core for Kotlin, Swift and Python, over the platform's own networking.
//!
//! ```text
//!  the app ──▶ its language's package ──▶ [`MobileClient`] ──▶ the core
//!                     ▲                                           │ send, sleep, keep, take
//!                     └── [`PlatformHost`], [`LoginPresenter`] ◀──┘
//! ```
//! It decides nothing, and has neither TLS nor an HTTP client: OkHttp, URLSession or Python's
//! standard library do the sending. What is foreign starts its work and returns at once; the object
//! that it was given takes the result later, and says when nobody waits for it any more.

#![expect(clippy::needless_pass_by_value, reason = "the binding hands values over")]
#![expect(
    clippy::result_large_err,
    reason = "errors cross the binding as records, which cannot be boxed"
)]
#![expect(missing_debug_implementations, reason = "nothing exported is printed in Rust")]

mod cancel;
mod client;
mod completion;
mod failure;
mod host;
mod login;
mod remote;
mod settings;
mod streams;

pub use cancel::Cancellation;
pub use client::{Change, MobileClient};
pub use completion::CancelHandle;
pub use failure::{Failure, FailureInfo, HostFailure};
pub use host::{Exchange, HttpRequest, PlatformHost, Timer};
pub use login::{LoginAttempt, LoginPresenter};
pub use settings::{LoginRequest, Settings};
pub use streams::{ClientEvent, EventStream, KnownValue, ValueStream, WhoIs};

uniffi::setup_scaffolding!("secureflows");
