//! The secureFlows platform, in one process, to build and test against.
