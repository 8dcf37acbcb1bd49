//! A state that a test begins from as often as it likes: a snapshot, or a database that is copied.

#[cfg(feature = "postgres")]
use std::cell::RefCell;

#[cfg(feature = "postgres")]
use secureflows_mock::{Database, MasterKey};
use secureflows_mock::{Snapshot, World, WorldBuilder};

#[cfg(feature = "postgres")]
use super::server::{self, Server};

pub(crate) enum Begun {
    Memory(Snapshot),
    #[cfg(feature = "postgres")]
    Database(Copies),
}

/// Copies of a database, one at a time.
#[cfg(feature = "postgres")]
pub(crate) struct Copies {
    server: Server,
    original: String,
    key: MasterKey,
    last: RefCell<Option<String>>,
}

/// A world on its way there.
pub(crate) struct Laying {
    pub(crate) world: World,
    #[cfg(feature = "postgres")]
    copies: Option<Copies>,
}

impl Laying {
    pub(crate) fn of(builder: WorldBuilder) -> Self {
        #[cfg(feature = "postgres")]
        if let Some(server) = server::of_environment() {
            let (original, key) = (server.create("migrated"), MasterKey::generate().unwrap());
            let database = Database::new(server.url("server", &original), key.clone());
            let world = builder.database(database).build().unwrap();
            let copies = Some(Copies { server, original, key, last: RefCell::default() });
            return Self { world, copies };
        }
        Self {
            world: builder.build().unwrap(),
            #[cfg(feature = "postgres")]
            copies: None,
        }
    }

    /// The world is left: nobody may be in a database that is copied.
    pub(crate) fn done(self) -> Begun {
        #[cfg(feature = "postgres")]
        if let Some(copies) = self.copies {
            return Begun::Database(copies);
        }
        Begun::Memory(self.world.snapshot().unwrap())
    }
}

impl Begun {
    /// A world in that state, with the settings of `builder`. There is one at a time.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(unused_variables, clippy::needless_pass_by_value, reason = "a snapshot has them")
    )]
    pub(crate) fn world(&self, builder: WorldBuilder) -> World {
        match self {
            Self::Memory(snapshot) => snapshot.to_world(),
            #[cfg(feature = "postgres")]
            Self::Database(copies) => {
                let copy = copies.server.create(&copies.original);
                if let Some(last) = copies.last.replace(Some(copy.clone())) {
                    copies.server.drop(&last);
                }
                let url = copies.server.url("server", &copy);
                builder.database(Database::new(url, copies.key.clone())).build().unwrap()
            }
        }
    }
}
