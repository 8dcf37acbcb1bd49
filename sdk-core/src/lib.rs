//! The client of the secureFlows platform.
