//! What the control API keeps for a world.

/// A world as the control API knows it.
#[derive(Debug)]
pub(super) struct Station {
    pub(super) id: String,
}

impl Station {
    pub(super) fn new(id: String) -> Self {
        Self { id }
    }
}
