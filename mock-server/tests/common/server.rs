//! A PostgreSQL server that somebody has started for the tests: empty databases, as many as are asked for.
//!
//! `SECUREFLOWS_TEST_POSTGRES` is the folder of its socket. It has the roles `owner`, who may create databases, and
//! `server`, who may do nothing by itself, and the database `migrated`, which has the tables.

use std::{
    path::PathBuf,
    process::{Command, Output},
    sync::atomic::{AtomicU32, Ordering},
};

pub(crate) struct Server {
    socket: PathBuf,
}

/// Databases of one process are numbered.
static NEXT: AtomicU32 = AtomicU32::new(0);

pub(crate) fn of_environment() -> Option<Server> {
    let socket = std::env::var_os("SECUREFLOWS_TEST_POSTGRES")?.into();
    Some(Server { socket })
}

impl Server {
    pub(crate) fn url(&self, role: &str, name: &str) -> String {
        format!("postgres://{role}@localhost/{name}?host={}", self.socket.display())
    }

    /// Creates a copy of a database that nobody is in; its name.
    pub(crate) fn create(&self, original: &str) -> String {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let create = format!("CREATE DATABASE {name} TEMPLATE {original} STRATEGY FILE_COPY");
        self.run("postgres", "owner", &create);
        name
    }

    /// Removes a database, when everybody has left it.
    pub(crate) fn drop(&self, name: &str) {
        self.run("postgres", "owner", &format!("DROP DATABASE {name}"));
    }

    /// Runs a statement; what it says.
    pub(crate) fn run(&self, database: &str, role: &str, statement: &str) -> String {
        let output = self.psql(database, role, statement);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a statement that is refused; why.
    pub(crate) fn refused(&self, database: &str, role: &str, statement: &str) -> String {
        let output = self.psql(database, role, statement);
        assert!(!output.status.success(), "{statement}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// The folder of a database's own files.
    pub(crate) fn files(&self, database: &str) -> PathBuf {
        let oid = "SELECT oid FROM pg_database WHERE datname = current_database()";
        let oid = self.run(database, "postgres", oid);
        self.socket.join("data/base").join(oid.trim())
    }

    /// Everything that is in a database, as a backup has it.
    pub(crate) fn dump(&self, database: &str) -> Vec<u8> {
        let mut dump = Command::new("pg_dump");
        dump.arg("--host").arg(&self.socket).args(["--username", "postgres", database]);
        let output = dump.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn psql(&self, database: &str, role: &str, statement: &str) -> Output {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--username", role]);
        psql.args(["--set", "ON_ERROR_STOP=1", "--host"]).arg(&self.socket);
        psql.args(["--dbname", database, "--command", statement]).output().unwrap()
    }
}
