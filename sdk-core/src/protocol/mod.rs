//! Every fact of the platform, pure and synchronous: no I/O, no clock, no async.
//!
//! | module | what it knows |
//! | --- | --- |
//! | [`call`] | each endpoint as data |
//! | [`verdict`] | what an answer means |
//! | [`login`] | the URLs of hosted login, the `state`, the callback |
//! | [`session`] | the sign-in machine: token generations and the single flight of a re-login |
//! | [`retry`] | what is repeated, when, and how long it waits |
//! | [`backend`] | who the app's own backends are, and a request to one |
//! | [`wire`] | percent-encoding, a JSON scanner, strict origins |

pub mod backend;
pub mod call;
pub mod login;
pub mod retry;
pub mod session;
pub mod verdict;
pub mod wire;
