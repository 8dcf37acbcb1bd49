//! Row-level security is a barrier only to a role that cannot step over it.

use sqlx::PgPool;

use super::DatabaseError;

/// A role that the server is, or may become.
struct Reached {
    name: String,
    superuser: bool,
    bypasses: bool,
    creates_roles: bool,
    replicates: bool,
    opens_files: bool,
    owns_tables: bool,
    owns_place: bool,
    rewrites: bool,
}

type Power = (fn(&Reached) -> bool, &'static str);

/// What nobody may who serves, the worst first.
const POWERS: [Power; 8] = [
    (|role| role.superuser, "is a superuser"),
    (|role| role.bypasses, "bypasses row-level security"),
    (|role| role.creates_roles, "creates roles, and so becomes any"),
    (|role| role.replicates, "replicates, and so reads every row"),
    (|role| role.opens_files, "opens the database server's files, or runs programs there"),
    (|role| role.owns_tables, "owns tables, or what belongs to them"),
    (|role| role.owns_place, "owns the database or its schema"),
    (|role| role.rewrites, "may change the audit trail or the access log"),
];

pub(super) async fn check_role(pool: &PgPool) -> Result<(), DatabaseError> {
    let reached = sqlx::query_as!(
        Reached,
        r#"SELECT rolname::text AS "name!", rolsuper AS "superuser!", rolbypassrls AS "bypasses!",
            rolcreaterole AS "creates_roles!", rolreplication AS "replicates!",
            rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
                AS "opens_files!",
            EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner = role.oid)
                OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner = role.oid)
                AS "owns_tables!",
            EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND datdba = role.oid)
                OR EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND nspowner = role.oid)
                AS "owns_place!",
            EXISTS (SELECT FROM unnest(ARRAY['audit_events', 'access_log']) AS kept
                WHERE has_table_privilege(role.oid, kept, 'UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES')
                    OR has_any_column_privilege(role.oid, kept, 'UPDATE, REFERENCES')) AS "rewrites!"
        FROM pg_roles AS role
        WHERE pg_has_role(session_user, oid, 'MEMBER') OR pg_has_role(current_user, oid, 'MEMBER')
        ORDER BY rolname <> session_user, rolname <> current_user, rolname"#
    );
    let reached = reached.fetch_all(pool).await?;
    // Who entered comes first: SET ROLE makes nobody another who could not go back.
    let entered = reached.first().map_or_else(String::new, |role| role.name.clone());
    let found = POWERS.iter().find_map(|(holds, because)| {
        reached.iter().find(|role| holds(role)).map(|role| (role, *because))
    });
    let Some((role, because)) = found else { return Ok(()) };
    let because = match role.name == entered {
        true => because.to_owned(),
        false => format!("may become `{}`, which {because}", role.name),
    };
    Err(DatabaseError::Privileged { role: entered, because })
}
