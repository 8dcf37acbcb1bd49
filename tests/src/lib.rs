//! Helpers of the scenario tests.
