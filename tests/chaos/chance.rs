//! Chance from a seed.

use std::{
    cell::Cell,
    hash::{BuildHasher as _, RandomState},
};

/// The generator SplitMix64: good enough to choose what happens next.
pub(crate) struct Chance(Cell<u64>);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn index(&self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap())).unwrap()
    }

    pub(crate) fn of<'a, T>(&self, all: &'a [T]) -> &'a T {
        all.get(self.index(all.len())).unwrap()
    }

    pub(crate) fn one_in(&self, bound: u64) -> bool {
        self.below(bound) == 0
    }
}

/// Another seed every time.
pub(crate) fn any_seed() -> u64 {
    RandomState::new().hash_one(0)
}
