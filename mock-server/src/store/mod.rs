//! The homes of a platform's rows.

mod memory;
#[cfg(feature = "postgres")]
mod postgres;

pub(crate) use memory::{Memory, Shelf};
