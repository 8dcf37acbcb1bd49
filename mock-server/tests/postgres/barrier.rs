//! Row-level security: what is left where the platform's own checks are not made.

use secureflows_mock::{Database, MasterKey, World};
use serde_json::json;

use crate::{
    common::{ADA, APP, as_owner, call, owned, server::Server},
    server,
};

/// What belongs to one workspace and is seen from inside only.
const INSIDE: [&str; 5] = ["sessions", "users", "invites", "audit_events", "access_log"];

/// Two workspaces with a row in each of those tables.
struct Two {
    server: Server,
    name: String,
    /// The numbers of the workspaces.
    ids: [String; 2],
}

impl Two {
    async fn laid() -> Self {
        let server = server();
        let name = server.create("migrated");
        let database = Database::new(server.url("server", &name), MasterKey::generate().unwrap());
        let world: World = owned()
            .user(
                "other",
                secureflows_mock::UserSpec::new("eve@example.com")
                    .role(secureflows_mock::Role::Owner),
            )
            .database(database)
            .build()
            .unwrap();
        for (user, app, owner, workspace) in [
            (ADA, APP, "olga@example.com", "acme"),
            ("eve@example.com", "other-web", "eve@example.com", "other"),
        ] {
            let token = world.sign_in(user, app).await.unwrap();
            let answer =
                call(&world, "POST", "/sessions/set/diary", &token, r#"{"value":1}"#).await;
            assert_eq!(answer.status, 200);
            let owner = world.user_token(owner, workspace).unwrap();
            let invite = json!({"role": "user", "ttlSeconds": 60}).to_string();
            assert_eq!(call(&world, "POST", "/invites", &owner, &invite).await.status, 200);
            // The log is written before long, and surely before it is read.
            call(&world, "GET", "/audit/api-access", &owner, "").await;
        }
        let ids = ["acme", "other"].map(|workspace| {
            let ask = format!("SELECT id FROM workspaces WHERE name = '{workspace}'");
            server.run(&name, "postgres", &ask).trim().to_owned()
        });
        Self { server, name, ids }
    }

    /// What a statement says to the role that serves, in a transaction inside a workspace, or in none.
    fn inside(&self, workspace: Option<&str>, statement: &str) -> String {
        let enter = workspace.map_or_else(String::new, |id| {
            format!("DO $$ BEGIN PERFORM set_config('mock.workspace', '{id}', true); END $$;")
        });
        let text = format!("BEGIN; {enter} {statement}; COMMIT");
        self.server.run(&self.name, "server", &text).trim().to_owned()
    }

    fn refused(&self, workspace: &str, statement: &str) -> String {
        let text = format!(
            "BEGIN; DO $$ BEGIN PERFORM set_config('mock.workspace', '{workspace}', true); END $$; {statement}; COMMIT"
        );
        self.server.refused(&self.name, "server", &text)
    }

    fn all(&self, table: &str) -> u64 {
        let count = format!("SELECT count(*) FROM {table}");
        self.server.run(&self.name, "postgres", &count).trim().parse().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_question_without_a_workspace_in_it_sees_one_workspace() {
    let two = Two::laid().await;
    for table in INSIDE {
        let count = format!("SELECT count(*) FROM {table}");
        let seen = |workspace| two.inside(workspace, &count).parse::<u64>().unwrap();
        let [acme, other] = [0, 1].map(|n: usize| seen(Some(two.ids[n].as_str())));
        assert!(acme > 0 && other > 0, "{table}: {acme}, {other}");
        assert_eq!(acme + other, two.all(table), "{table}");
        assert_eq!(seen(None), 0, "{table}");
        let foreign = format!("SELECT count(*) FROM {table} WHERE workspace = {}", two.ids[1]);
        assert_eq!(two.inside(Some(&two.ids[0]), &foreign), "0", "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_change_without_a_workspace_in_it_changes_one_workspace() {
    let two = Two::laid().await;
    let [acme, other] = &two.ids;
    let digest = format!(
        "SELECT md5(string_agg(it::text, ',' ORDER BY id)) FROM sessions AS it WHERE workspace = {other}"
    );
    let before = two.server.run(&two.name, "postgres", &digest);
    two.inside(Some(acme), "UPDATE sessions SET attributes = 99");
    two.inside(Some(acme), "UPDATE workspaces SET name = name || '!'");
    two.inside(Some(acme), "UPDATE applications SET display_name = 'mine'");
    for table in ["sessions", "invites"] {
        two.inside(Some(acme), &format!("DELETE FROM {table}"));
        assert!(two.all(table) > 0, "{table}");
    }
    assert_eq!(two.server.run(&two.name, "postgres", &digest), before);
    let names = two.server.run(&two.name, "postgres", "SELECT name FROM workspaces ORDER BY id");
    assert_eq!(names.split_whitespace().collect::<Vec<_>>(), ["acme!", "other"]);
    let named = two.server.run(
        &two.name,
        "postgres",
        "SELECT count(*) FROM applications WHERE display_name = 'mine'",
    );
    assert_eq!(named.trim(), "1");
    for (table, columns, values) in [
        (
            "users",
            "id, workspace, role, provider_uid, searched",
            format!("99, {other}, 'OWNER', 'x', '{{}}'"),
        ),
        ("audit_events", "id, workspace, kind, at", format!("99, {other}, 'x', 0")),
        (
            "access_log",
            "id, workspace, at, method, path, status, duration",
            format!("99, {other}, 0, 'GET', '/', 200, 0"),
        ),
        (
            "invites",
            "id, workspace, role, digest, secret, created_at, expires_at",
            format!("99, {other}, 'USER', '', '', 0, 0"),
        ),
    ] {
        let refused =
            two.refused(acme, &format!("INSERT INTO {table} ({columns}) VALUES ({values})"));
        assert!(refused.contains("row-level security"), "{table}: {refused}");
    }
    let moved = two.refused(acme, &format!("UPDATE users SET workspace = {other}"));
    assert!(moved.contains("row-level security"), "{moved}");
}

/// A connection goes to whoever asks next: what one transaction was inside of must end with it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_workspace_is_left_with_the_transaction() {
    let two = Two::laid().await;
    let count = format!(
        "BEGIN; DO $$ BEGIN PERFORM set_config('mock.workspace', '{}', true); END $$; SELECT count(*) > 0 FROM sessions;
        COMMIT; SELECT count(*) FROM sessions",
        two.ids[0]
    );
    let said = two.server.run(&two.name, "server", &count);
    assert_eq!(said.split_whitespace().collect::<Vec<_>>(), ["t", "0"]);
}

/// The tables that a server's role could ever see past are these and no others.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn every_table_of_a_workspace_has_the_barrier() {
    let two = Two::laid().await;
    let open =
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname";
    let open = two.server.run(&two.name, "postgres", open);
    let open: Vec<_> = open.split_whitespace().collect();
    let of_nobody = [
        "_sqlx_migrations",
        "accounts",
        "attempts",
        "browsers",
        "platform",
        "refresh_families",
        "social_identities",
    ];
    assert_eq!(open, of_nobody);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn the_trail_and_the_access_log_are_only_added_to() {
    let two = Two::laid().await;
    let before = (two.all("audit_events"), two.all("access_log"));
    assert!(before.0 > 0 && before.1 > 0);
    for table in ["audit_events", "access_log"] {
        for change in ["UPDATE {} SET at = 0", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"] {
            let refused = two.refused(&two.ids[0], &change.replace("{}", table));
            assert!(
                refused.contains("permission denied") || refused.contains("must be owner"),
                "{refused}"
            );
        }
    }
    assert_eq!((two.all("audit_events"), two.all("access_log")), before);
}

/// The same by the platform's own doors: what is kept is what they are asked for, not what was seen of it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn an_owner_reads_their_own_workspace_only() {
    let world = owned().database(server().database()).build().unwrap();
    let events = as_owner(&world, "GET", "/audit/events", &json!(null)).await;
    assert_eq!(events.status, 200);
    let session = world.sign_in(ADA, APP).await.unwrap();
    call(&world, "POST", "/sessions/set/diary", &session, r#"{"value":1}"#).await;
    let sessions = as_owner(&world, "GET", "/sessions/admin", &json!(null)).await.json();
    assert_eq!(sessions["totalItems"], 1, "{sessions}");
}
