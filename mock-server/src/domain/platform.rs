//! The platform: its rows, keys, clock and chance. What it can do is spread over this room's files.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use super::payment;
use crate::{
    clock::Clock,
    crypto::{Keyring, PasswordCost, PasswordHash},
    random::Random,
};

/// One platform over a store.
pub(crate) struct Platform<S> {
    /// Tells worlds apart where addresses do not, as in cookie names.
    pub(crate) id: String,
    pub(crate) store: S,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(super) keys: Arc<Keyring>,
    pub(super) password_cost: PasswordCost,
    /// Checked in place of an unknown user's password, so that the answer takes as long.
    pub(super) decoy: OnceLock<PasswordHash>,
    pub(super) payment: payment::Switches,
}

impl<S> Platform<S> {
    pub(crate) fn new(store: S, clock: Clock, random: Random, password_cost: PasswordCost) -> Self {
        let (id, keys) = (random.hex::<8>(), Arc::new(Keyring::new(random.bytes())));
        Self::of(id, keys, store, clock, random, password_cost)
    }

    /// A platform that has an id and keys already.
    pub(crate) fn of(
        id: String,
        keys: Arc<Keyring>,
        store: S,
        clock: Clock,
        random: Random,
        password_cost: PasswordCost,
    ) -> Self {
        Self {
            id,
            keys,
            store,
            clock,
            random,
            password_cost,
            decoy: OnceLock::new(),
            payment: payment::Switches::default(),
        }
    }

    /// An independent copy over `store`, a copy of this one's, that goes by `clock`. Keys never change and
    /// are shared.
    pub(crate) fn fork<T>(&self, store: T, clock: Clock) -> Platform<T> {
        Platform {
            id: self.id.clone(),
            store,
            clock,
            random: self.random.fork(),
            keys: Arc::clone(&self.keys),
            password_cost: self.password_cost,
            decoy: self.decoy.clone(),
            payment: self.payment.fork(),
        }
    }
}

impl<S> fmt::Debug for Platform<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Platform({}, {:?})", self.id, self.clock)
    }
}
