//! The core's client, made callable from JavaScript. It decides nothing.
//!
//! [`Core`] is one short method a call. What the page has to do for it (send, wait, keep) is
//! [`page::Page`], an object that the TypeScript beside this crate implements. JSON passes as text: the
//! browser parses it.
#![cfg(target_arch = "wasm32")]

mod core;
mod page;
mod run;
mod told;

pub use core::Core;

/// A sixth of the size of the one that is there otherwise.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
