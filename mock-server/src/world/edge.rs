//! A world's edge, and how a test turns its switches.

use super::World;
use crate::http::Edge;

impl World {
    /// How the edge behaves now. See [`Edge`] for an example.
    #[must_use]
    pub fn edge(&self) -> Edge {
        (*self.site().edge.edge()).clone()
    }

    /// Makes the edge behave so from the next request on.
    pub fn set_edge(&self, edge: Edge) {
        self.site().edge.set(edge);
    }
}
