//! The forms on the wire: percent-encoding, JSON and origins.

pub mod json;
mod origin;
pub mod percent;
mod size;

pub use origin::Origin;
