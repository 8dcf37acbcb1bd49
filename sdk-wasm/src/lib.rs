//! The core's client, made callable from JavaScript. It decides nothing.
//!
//! ```text
//!  page ── begin(get, set, …) ──▶ Core ── a future of the client ──▶ Tasks
//!   ▲                                                                  │ polls
//!   └── send, sleep, done, told ◀── PageHost, Slots ◀──────────────────┘
//!       answered, slept, shown ──▶ Slots ── wake ──▶ Tasks
//! ```
//! JavaScript's promises stay on its side: here is nothing but numbers that stand for them. So what a browser
//! loads is half a promise library smaller. JSON passes as text: the browser parses it.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::arc_with_non_send_sync, reason = "a browser has one thread")]
#![allow(
    clippy::too_many_arguments,
    reason = "each object that crosses over costs more than its parts do"
)]

mod channel;
mod core;
mod page;
mod slots;
mod tasks;
mod told;

pub use channel::{ask, give};

/// A sixth of the size of the one that is there otherwise.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
