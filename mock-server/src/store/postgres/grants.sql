-- What the role that the server enters as may do; its name is set for the transaction. Its rights are these,
-- whatever they were before, and nobody has any by being anybody. The audit trail and the access log are only ever added to.
DO $$
DECLARE
    server text := current_setting('mock.role');
BEGIN
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', server);
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM %I', server);
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', server);
    EXECUTE format('GRANT SELECT ON _sqlx_migrations TO %I', server);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON platform TO %I', server);
    EXECUTE format('GRANT SELECT, INSERT ON audit_events, access_log TO %I', server);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON workspaces, applications, users, sessions, invites,
        accounts, social_identities, attempts, browsers, refresh_families TO %I', server);
    EXECUTE format('GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO %I', server);
END
$$;
