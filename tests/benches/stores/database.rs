//! Databases of a server that `cargo xtask bench postgres` has started.

use std::{
    path::PathBuf,
    process::{Command, id},
};

use super::people::{GAP, MEASURED};

pub(super) struct Postgres {
    socket: PathBuf,
}

/// What a session of the others is like: as large as a measured one, and under a key that nobody has.
const OTHERS: &str = "
    CREATE TEMPORARY TABLE others AS
    SELECT gap * {gap} + 1 + place AS id FROM generate_series(0, {measured} - 1) gap, generate_series(1, {between}) place;

    INSERT INTO users (id, workspace, role, provider_uid, email, searched)
    SELECT 10000000 + others.id, first.workspace, 'USER', name, email, ARRAY[name, email, 'user']
    FROM (SELECT * FROM sessions LIMIT 1) first, others, format('other%s', others.id) name,
        format('other%s@example.com', others.id) email;

    INSERT INTO sessions (id, workspace, user_id, application_id, state, nonce, ciphertext, attributes, token_revision,
        created_at, updated_at, last_activity_at)
    SELECT others.id, first.workspace, 10000000 + others.id, first.application_id, 'active',
        substr(sha256(others.id::text::bytea), 1, 24),
        substr(sha256(others.id::text::bytea) || sha512(others.id::text::bytea), 1, octet_length(first.ciphertext)),
        1, 1, created_at + others.id, created_at + others.id, created_at + others.id
    FROM (SELECT * FROM sessions LIMIT 1) first, others;
";

/// Everything lies in the order of its numbers, the measured ones among the others, and rests.
const SETTLED: [&str; 4] = [
    "CLUSTER sessions USING sessions_pkey",
    "CLUSTER users USING users_pkey",
    "VACUUM (ANALYZE)",
    "CHECKPOINT",
];

impl Postgres {
    pub(super) fn of_environment() -> Option<Self> {
        let socket = std::env::var_os("SECUREFLOWS_TEST_POSTGRES")?.into();
        Some(Self { socket })
    }

    pub(super) fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@localhost/{database}?host={}", self.socket.display())
    }

    /// Creates a copy of a database that nobody is in; its name.
    pub(super) fn create(&self, name: &str, template: &str) -> String {
        let name = format!("bench_{}_{name}", id());
        let create = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY");
        self.run("owner", "postgres", &[&create]);
        name
    }

    /// Lets nobody wait for the disk in a database; its copies know nothing of that.
    pub(super) fn hurry(&self, database: &str) {
        let hurry = format!("ALTER DATABASE {database} SET synchronous_commit = off");
        self.run("owner", "postgres", &[&hurry]);
    }

    /// Adds users with a session each, until there are so many.
    pub(super) fn fill(&self, database: &str, sessions: u64) {
        let between = sessions / MEASURED - 1;
        let others = OTHERS
            .replace("{gap}", &GAP.to_string())
            .replace("{measured}", &MEASURED.to_string())
            .replace("{between}", &between.to_string());
        self.run("postgres", database, &[&[others.as_str()], &SETTLED[..]].concat());
    }

    fn run(&self, role: &str, database: &str, statements: &[&str]) {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--username", role, "--dbname", database]);
        psql.args(["--set", "ON_ERROR_STOP=1"]).arg("--host").arg(&self.socket);
        psql.args(statements.iter().flat_map(|statement| ["--command", *statement]));
        let output = psql.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
