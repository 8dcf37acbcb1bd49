//! Whom the server may be in the database: nobody who could see past its rules.

use secureflows_mock::{
    Database, DatabaseError, MasterKey, SeedError, UserSpec, WorkspaceSpec, World,
};

use crate::{
    common::{ADA, APP, builder, server::Server},
    server,
};

fn world(url: String) -> Result<World, SeedError> {
    builder().database(Database::new(url, MasterKey::generate().unwrap())).build()
}

/// Why a server does not start as this role.
fn refused(server: &Server, role: &str, name: &str) -> String {
    world(server.url(role, name)).unwrap_err().to_string()
}

/// A role of this database's own, which has the rights to serve it and these.
fn role(server: &Server, name: &str, suffix: &str, rights: &str) -> String {
    let role = format!("{name}_{suffix}");
    server.run(name, "postgres", &format!("CREATE ROLE {role} LOGIN {rights}"));
    runtime().block_on(Database::migrate(&server.url("owner", name), &role)).unwrap();
    role
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn one_that_could_see_past_the_barrier_is_refused() {
    let server = server();
    let name = server.create("migrated");
    let role = |suffix: &str, rights: &str| role(&server, &name, suffix, rights);
    for (role, because) in [
        ("postgres", "is a superuser"),
        ("owner", "owns tables"),
        (&role("bypass", "BYPASSRLS"), "bypasses row-level security"),
        (&role("maker", "CREATEROLE"), "creates roles"),
        (&role("copier", "REPLICATION"), "replicates"),
    ] {
        let error = refused(&server, role, &name);
        assert!(error.contains(&format!("`{role}` {because}")), "{error}");
        assert!(error.contains("secureflows-mock migrate"), "{error}");
    }
    drop(world(server.url(&role("plain", ""), &name)).unwrap());
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn one_that_could_become_such_a_role_is_refused() {
    let server = server();
    let name = server.create("migrated");
    let role = |suffix: &str, rights: &str| role(&server, &name, suffix, rights);
    for (group, suffix, because) in [
        ("postgres", "of_postgres", "is a superuser"),
        ("owner", "of_owner", "owns tables"),
        (&role("bypass", "BYPASSRLS"), "of_bypass", "bypasses row-level security"),
        (&role("maker", "CREATEROLE"), "of_maker", "creates roles"),
        (&role("copier", "REPLICATION"), "of_copier", "replicates"),
        ("pg_execute_server_program", "of_program", "runs programs"),
        ("pg_write_all_data", "of_writer", "may change the audit trail"),
    ] {
        // What it does not inherit it takes with SET ROLE; and of a member it is a member as well.
        let member = role(suffix, &format!("NOINHERIT IN ROLE {group}"));
        let through = role(&format!("by_{suffix}"), &format!("NOINHERIT IN ROLE {member}"));
        for role in [member, through] {
            let error = refused(&server, &role, &name);
            assert!(error.contains(&format!("the role `{role}` may become `{group}`")), "{error}");
            assert!(error.contains(because) && error.contains("member of nothing"), "{error}");
        }
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn one_that_owns_the_database_or_its_schema_is_refused() {
    let server = server();
    for (what, suffix) in [("SCHEMA public", "schema"), ("DATABASE", "database")] {
        let name = server.create("migrated");
        let role = role(&server, &name, suffix, "");
        let what = if what == "DATABASE" { format!("DATABASE {name}") } else { what.to_owned() };
        server.run(&name, "postgres", &format!("ALTER {what} OWNER TO {role}"));
        let error = refused(&server, &role, &name);
        assert!(error.contains(&format!("`{role}` owns the database or its schema")), "{error}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_superuser_by_another_name_is_one() {
    let server = server();
    let name = server.create("migrated");
    for setting in ["role", "session_authorization"] {
        let url = format!("{}&options=-c%20{setting}=server", server.url("postgres", &name));
        let error = world(url).unwrap_err().to_string();
        assert!(error.contains("the role `postgres` is a superuser"), "{error}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_barrier_that_was_taken_down_is_noticed() {
    let server = server();
    for table in
        ["workspaces", "applications", "users", "sessions", "invites", "audit_events", "access_log"]
    {
        for lowered in ["NO FORCE", "DISABLE"] {
            let name = server.create("migrated");
            let lowered = format!("ALTER TABLE {table} {lowered} ROW LEVEL SECURITY");
            server.run(&name, "owner", &lowered);
            let error = refused(&server, "server", &name);
            assert!(error.contains(&format!("`table {table}: row-level security, forced`")));
            assert!(error.contains("is missing; undo that"), "{error}");
            server.drop(&name);
        }
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_barrier_with_a_gap_in_it_is_noticed() {
    let server = server();
    for (change, named) in [
        ("CREATE POLICY gap ON sessions USING (true)", "policy gap on sessions"),
        ("CREATE POLICY gap ON users FOR SELECT TO server USING (true)", "policy gap on users"),
        ("ALTER POLICY inside ON invites USING (true)", "policy inside on invites"),
        ("ALTER POLICY inside ON sessions WITH CHECK (true)", "policy inside on sessions"),
        ("ALTER POLICY changed ON workspaces USING (true)", "policy changed on workspaces"),
        ("DROP POLICY inside ON access_log", "policy inside on access_log"),
        (
            "CREATE OR REPLACE FUNCTION current_workspace() RETURNS bigint LANGUAGE sql STABLE RETURN 1",
            "function current_workspace",
        ),
    ] {
        let name = server.create("migrated");
        server.run(&name, "owner", change);
        let error = refused(&server, "server", &name);
        assert!(error.contains("row-level security was changed"), "{change}: {error}");
        assert!(error.contains(named) && error.contains("secureflows-mock migrate"), "{error}");
        server.drop(&name);
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_trail_that_could_be_rewritten_is_noticed_and_mended() {
    let server = server();
    for table in ["audit_events", "access_log"] {
        for right in [
            "UPDATE",
            "DELETE",
            "TRUNCATE",
            "TRIGGER",
            "REFERENCES",
            "UPDATE (at)",
            "REFERENCES (id)",
        ] {
            let name = server.create("migrated");
            for whom in ["server", "PUBLIC"] {
                server.run(&name, "owner", &format!("GRANT {right} ON {table} TO {whom}"));
                let error = refused(&server, "server", &name);
                assert!(
                    error.contains("may change the audit trail or the access log"),
                    "{right}: {error}"
                );
                let url = server.url("owner", &name);
                runtime().block_on(Database::migrate(&url, "server")).unwrap();
            }
            drop(world(server.url("server", &name)).unwrap());
        }
    }
}

/// What the role or the database would rather have in its path is not looked into.
#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn tables_of_the_same_names_elsewhere_are_not_met() {
    let server = server();
    let name = server.create("migrated");
    let key = MasterKey::generate().unwrap();
    let database = Database::new(server.url("server", &name), key);
    drop(builder().database(database.clone()).build().unwrap());
    for statement in [
        "CREATE SCHEMA before".to_owned(),
        "CREATE TABLE before.workspaces AS TABLE workspaces WITH NO DATA".to_owned(),
        "GRANT ALL ON SCHEMA before TO server".to_owned(),
        "GRANT ALL ON before.workspaces TO server".to_owned(),
        format!("ALTER DATABASE {name} SET search_path = before, public"),
    ] {
        server.run(&name, "postgres", &statement);
    }
    let world = builder().database(database).build().unwrap();
    runtime().block_on(world.sign_in(ADA, APP)).unwrap();
    let added = WorkspaceSpec::new("added");
    runtime().block_on(world.add_workspace(added)).unwrap();
    let there = "SELECT count(*) FROM public.workspaces WHERE name = 'added'";
    assert_eq!(server.run(&name, "postgres", there).trim(), "1");
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn an_owner_keeps_their_rights() {
    let server = server();
    let name = server.create("migrated");
    let migrate =
        |by: &str, role: &str| runtime().block_on(Database::migrate(&server.url(by, &name), role));
    for by in ["owner", "postgres"] {
        let error = migrate(by, "owner").unwrap_err();
        assert_eq!(error, DatabaseError::Owner { role: "owner".into() });
        assert!(error.to_string().contains("CREATE ROLE sf_server LOGIN"), "{error}");
    }
    let error = migrate("postgres", "postgres").unwrap_err();
    assert_eq!(error, DatabaseError::Owner { role: "postgres".into() });
    server.run(&name, "owner", "SELECT count(*) FROM platform");
    let empty = server.create("template0");
    let error = runtime().block_on(Database::migrate(&server.url("owner", &empty), "owner"));
    assert_eq!(error, Err(DatabaseError::Owner { role: "owner".into() }));
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_database_that_cannot_be_served_says_why() {
    let server = server();
    let name = server.create("template0");
    assert!(refused(&server, "server", &name).contains("`secureflows-mock migrate`"));
    assert!(refused(&server, "server", "nowhere").contains("cannot be reached"));
    let error = world("mysql://server@localhost/x".to_owned()).unwrap_err().to_string();
    assert!(error.contains("postgres://role@localhost/name"), "{error}");
    let migrate =
        |role: &str| runtime().block_on(Database::migrate(&server.url("owner", &name), role));
    let nobody = migrate("no body").unwrap_err();
    assert_eq!(nobody, DatabaseError::NoRole { role: "no body".into() });
    assert!(nobody.to_string().contains("CREATE ROLE \"no body\" LOGIN"));
    // Once more changes nothing.
    assert_eq!((migrate("server"), migrate("server")), (Ok(()), Ok(())));
    drop(world(server.url("server", &name)).unwrap());
}

/// Outside of every runtime, where whoever gives a connection back has none either.
#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_description_that_contradicts_itself_can_be_corrected() {
    let server = server();
    let name = server.create("migrated");
    let url = || server.url("server", &name);
    for _ in 0..2 {
        let twice = builder().user("acme", UserSpec::new(ADA).password("another"));
        let database = Database::new(url(), MasterKey::generate().unwrap());
        let error = twice.database(database).build().unwrap_err();
        assert_eq!(error, SeedError::UserTaken { email: ADA.into() });
    }
    let world = world(url()).unwrap();
    runtime().block_on(world.sign_in(ADA, APP)).unwrap();
    let numbered = |table: &str| {
        let ids = format!("SELECT string_agg(id::text, ',' ORDER BY id) FROM {table}");
        server.run(&name, "postgres", &ids).trim().to_owned()
    };
    assert_eq!(numbered("workspaces"), "1,2");
    assert_eq!(numbered("users"), "1,2");
    assert_eq!(server.run(&name, "postgres", "SELECT count(*) FROM accounts").trim(), "2");
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn what_was_laid_out_by_half_is_laid_out_anew() {
    let server = server();
    let name = server.create("migrated");
    let first = world(server.url("server", &name)).unwrap();
    assert!(runtime().block_on(first.remove_workspace("other")));
    drop(first);
    server.run(&name, "postgres", "UPDATE platform SET seeded = false");
    drop(world(server.url("server", &name)).unwrap());
    let names = server.run(&name, "postgres", "SELECT name FROM workspaces ORDER BY id");
    assert_eq!(names.split_whitespace().collect::<Vec<_>>(), ["acme", "other"]);
    // What is there whole stays as it is, whatever is described.
    let again = builder().workspace(WorkspaceSpec::new("more"));
    let error = again
        .database(Database::new(server.url("server", &name), MasterKey::generate().unwrap()))
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("the database's master key is"), "{error}");
    assert_eq!(server.run(&name, "postgres", "SELECT name FROM workspaces ORDER BY id"), names);
}

/// Laying out much takes longer than anybody waits for a row.
#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn who_begins_meanwhile_waits_until_all_is_laid_out() {
    let server = server();
    let name = server.create("migrated");
    let laying = std::thread::spawn({
        let name = name.clone();
        move || {
            let lays = "BEGIN; SELECT pg_advisory_xact_lock(0); SELECT pg_sleep(22); COMMIT";
            crate::server().run(&name, "owner", lays)
        }
    });
    let held = format!(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE locktype = 'advisory' AND granted AND datname = '{name}'"
    );
    while server.run(&name, "postgres", &held).trim() == "0" {
        std::thread::yield_now();
    }
    drop(world(server.url("server", &name)).unwrap());
    assert!(laying.is_finished(), "it was let in before");
    laying.join().unwrap();
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
