//! Whom the server may be in the database: nobody who could see past its rules.

use secureflows_mock::{Database, DatabaseError, MasterKey};

use crate::{
    common::{builder, server::Server},
    server,
};

/// Why a server does not start as this role.
fn refused(server: &Server, role: &str, name: &str) -> String {
    let database = Database::new(server.url(role, name), MasterKey::generate().unwrap());
    builder().database(database).build().unwrap_err().to_string()
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn one_that_could_see_past_the_barrier_is_refused() {
    let server = server();
    let name = server.create("migrated");
    let role = |suffix: &str, rights: &str| {
        let role = format!("{name}_{suffix}");
        server.run(&name, "postgres", &format!("CREATE ROLE {role} LOGIN {rights}"));
        role
    };
    let (bypass, member) = (role("bypass", "BYPASSRLS"), role("member", "IN ROLE owner"));
    for (role, because) in [
        ("postgres", "is a superuser"),
        ("owner", "owns tables"),
        (bypass.as_str(), "bypasses row-level security"),
        (member.as_str(), "owns tables"),
    ] {
        server.run(
            &name,
            "postgres",
            &format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"),
        );
        let error = refused(&server, role, &name);
        assert!(error.contains(&format!("`{role}` {because}")), "{error}");
        assert!(error.contains("secureflows-mock migrate"), "{error}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_barrier_that_was_taken_down_is_noticed() {
    let server = server();
    for table in
        ["workspaces", "applications", "users", "sessions", "invites", "audit_events", "access_log"]
    {
        let name = server.create("migrated");
        let lowered = format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY");
        server.run(&name, "owner", &lowered);
        assert!(
            refused(&server, "server", &name).contains("without row-level security"),
            "{table}"
        );
        server.drop(&name);
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_trail_that_could_be_rewritten_is_noticed_and_mended() {
    let server = server();
    for right in [
        "UPDATE ON audit_events",
        "DELETE ON audit_events",
        "UPDATE ON access_log",
        "DELETE ON access_log",
    ] {
        let name = server.create("migrated");
        server.run(&name, "owner", &format!("GRANT {right} TO server"));
        assert!(
            refused(&server, "server", &name).contains("may change the audit trail"),
            "{right}"
        );
        let url = server.url("owner", &name);
        runtime().block_on(Database::migrate(&url, "server")).unwrap();
        assert!(
            builder()
                .database(Database::new(
                    server.url("server", &name),
                    MasterKey::generate().unwrap()
                ))
                .build()
                .is_ok()
        );
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_database_that_cannot_be_served_says_why() {
    let server = server();
    let name = server.create("template0");
    assert!(refused(&server, "server", &name).contains("`secureflows-mock migrate`"));
    assert!(refused(&server, "server", "nowhere").contains("cannot be reached"));
    let url = Database::new("mysql://server@localhost/x", MasterKey::generate().unwrap());
    assert!(
        builder()
            .database(url)
            .build()
            .unwrap_err()
            .to_string()
            .contains("postgres://role@localhost/name")
    );
    let migrate =
        |role: &str| runtime().block_on(Database::migrate(&server.url("owner", &name), role));
    let nobody = migrate("no body").unwrap_err();
    assert_eq!(nobody, DatabaseError::NoRole { role: "no body".into() });
    assert!(nobody.to_string().contains("CREATE ROLE \"no body\" LOGIN"));
    // Once more changes nothing.
    assert_eq!((migrate("server"), migrate("server")), (Ok(()), Ok(())));
    assert!(
        builder()
            .database(Database::new(server.url("server", &name), MasterKey::generate().unwrap()))
            .build()
            .is_ok()
    );
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn what_was_laid_out_by_half_is_not_served() {
    let server = server();
    let name = server.create("migrated");
    let database = Database::new(server.url("server", &name), MasterKey::generate().unwrap());
    drop(builder().database(database.clone()).build().unwrap());
    server.run(&name, "postgres", "UPDATE platform SET seeded = false");
    let error = builder().database(database).build().unwrap_err().to_string();
    assert!(error.contains("drop it, create it anew"), "{error}");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
