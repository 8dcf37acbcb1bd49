//! What clients send by mistake or to do harm: refused clearly, or kept as it is; nothing of it is
//! interpreted, stored half, or leads anywhere.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod bodies;
#[path = "../common/mod.rs"]
mod common;
mod forged;
mod heads;
mod operations;
mod paths;
mod redirects;
mod texts;
