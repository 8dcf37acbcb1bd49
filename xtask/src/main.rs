//! The one door to builds and checks.
fn main() {}
