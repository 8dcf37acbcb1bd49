//! Databases as a world takes them.

use secureflows_mock::{Database, MasterKey};

use super::server::Server;

impl Server {
    /// A database that nobody else has.
    pub(crate) fn database(&self) -> Database {
        let url = self.url("server", &self.create("migrated"));
        Database::new(url, MasterKey::generate().unwrap())
    }
}
