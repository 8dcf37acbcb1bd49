//! What the scenarios share: a stage to play on, a visitor of the login page, a wire that can be
//! cut, the report of what ran, and the search for secrets in what was printed.

mod indoors;
pub mod leaks;
pub mod properties;
mod report;
mod stage;
mod visitor;
mod wire;

pub use indoors::Indoors;
pub use report::{Scenario, scenario};
pub use stage::{ADA, APP, BOB, PASSWORD, REDIRECT, Stage, WORKSPACE, platform};
pub use visitor::{Visitor, VisitorError};
pub use wire::{Hold, Wire};

/// The examples of the front page, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
