//! The homes of a platform's rows.

mod memory;

pub(crate) use memory::{Memory, Shelf};
