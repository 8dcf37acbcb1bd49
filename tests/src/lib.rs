//! What the scenarios share: a stage to play on, a visitor of the login page, a wire that can be
//! cut, and the report of what ran.

mod report;
mod stage;
mod visitor;
mod wire;

pub use report::{Scenario, scenario};
pub use stage::{ADA, APP, BOB, PASSWORD, REDIRECT, Stage, WORKSPACE, platform};
pub use visitor::{Visitor, VisitorError};
pub use wire::{Hold, Wire};

/// The examples of the front page, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
