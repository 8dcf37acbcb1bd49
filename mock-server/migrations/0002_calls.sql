-- What most calls ask, each in one round trip. The statements of such a function see what others kept while the one
-- before waited, and rows of the workspace that the first one enters.

-- A session and its workspace, as they are now.
CREATE FUNCTION see_session(inside bigint, wanted bigint) RETURNS TABLE (place workspaces, session sessions)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('mock.workspace', inside::text, true);
    RETURN QUERY SELECT w, s FROM workspaces w JOIN sessions s ON s.workspace = w.id
        WHERE w.id = inside AND s.id = wanted;
END
$$;

-- The same, until the transaction ends: nobody else changes either. `hold` is the workspace's lock.
CREATE FUNCTION hold_session(inside bigint, hold bigint, wanted bigint)
RETURNS TABLE (place workspaces, session sessions)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('mock.workspace', inside::text, true), pg_advisory_xact_lock_shared(hold);
    RETURN QUERY SELECT w, s FROM workspaces w JOIN sessions s ON s.workspace = w.id
        WHERE w.id = inside AND s.id = wanted FOR NO KEY UPDATE OF s;
END
$$;

-- A session that a token of this revision opens, and that was active just now. Nobody waits for the disk: an
-- activity that is lost with the machine was of no change.
CREATE FUNCTION touch_session(inside bigint, wanted bigint, revision bigint, now bigint) RETURNS SETOF sessions
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('mock.workspace', inside::text, true), set_config('synchronous_commit', 'off', true);
    RETURN QUERY UPDATE sessions SET last_activity_at = now
        WHERE workspace = inside AND id = wanted AND state = 'active' AND token_revision = revision
            AND (expires_at IS NULL OR expires_at > now)
        RETURNING *;
END
$$;

-- A user and an application, or whichever of them there is.
CREATE FUNCTION see_owner(inside bigint, wanted bigint, app bigint)
RETURNS TABLE (person users, application applications)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('mock.workspace', inside::text, true);
    RETURN QUERY SELECT u, a FROM (SELECT) AS one
        LEFT JOIN users u ON u.workspace = inside AND u.id = wanted
        LEFT JOIN applications a ON a.workspace = inside AND a.id = app;
END
$$;
