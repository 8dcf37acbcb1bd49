-- The platform's rows. The owner of these tables runs this; the server connects as another role, which owns
-- nothing, is no superuser and cannot bypass row-level security.
--
-- Times are microseconds since the Unix epoch, as the platform's clock counts them. What is looked up, sorted
-- or constrained is a column of its own; what is only read back whole is JSON.

-- The workspace that a transaction is in, set for that transaction only; none at all sees no row.
CREATE FUNCTION current_workspace() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('mock.workspace', true), '')::bigint;

-- What all instances share. One row.
CREATE TABLE platform (
    one           boolean PRIMARY KEY DEFAULT true CHECK (one),
    id            text    NOT NULL,
    -- What token keys grow from, sealed under the master key.
    root          bytea   NOT NULL,
    -- Which master key that is: a name, not a secret.
    master        text    NOT NULL,
    clock_running boolean NOT NULL,
    clock_micros  bigint  NOT NULL,
    rotation      jsonb   NOT NULL,
    -- When an instance last took its turn to purge, by the database's own clock.
    purged_at     timestamptz NOT NULL DEFAULT '-infinity',
    seeded        boolean NOT NULL DEFAULT false
);

-- Row numbers count through the whole platform.
CREATE SEQUENCE workspace_ids;
CREATE SEQUENCE application_ids;
CREATE SEQUENCE user_ids;
CREATE SEQUENCE session_ids;
CREATE SEQUENCE invite_ids;
CREATE SEQUENCE audit_ids;
CREATE SEQUENCE access_ids;

CREATE TABLE workspaces (
    id               bigint  PRIMARY KEY,
    name             text    NOT NULL UNIQUE,
    accept_anonymous boolean NOT NULL,
    self_service     boolean NOT NULL,
    billing          jsonb   NOT NULL,
    -- The key of its payloads, wrapped under the master key of that name.
    key              bytea   NOT NULL,
    master           text    NOT NULL
);

CREATE TABLE applications (
    id                bigint PRIMARY KEY,
    workspace         bigint NOT NULL REFERENCES workspaces,
    app_id            text   NOT NULL UNIQUE,
    -- What a search looks in: the same in lower case.
    searched          text   NOT NULL,
    display_name      text   NOT NULL,
    redirect_uris     text[] NOT NULL,
    -- The web origins of those.
    origins           text[] NOT NULL,
    session_token_ttl bigint,
    -- 0 for one without an end.
    payload_ttl       bigint
);
CREATE INDEX applications_workspace ON applications (workspace);
CREATE INDEX applications_redirect_uris ON applications USING gin (redirect_uris);
CREATE INDEX applications_origins ON applications USING gin (origins);

CREATE TABLE users (
    id           bigint PRIMARY KEY,
    workspace    bigint NOT NULL REFERENCES workspaces,
    role         text   NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'USER', 'ANONIMOUS', 'SUPPORT')),
    provider_uid text   NOT NULL,
    name         text COLLATE "C",
    email        text COLLATE "C",
    -- What a search looks in, each text in lower case: the uid, the e-mail, then all else.
    searched     text[] NOT NULL,
    UNIQUE (workspace, provider_uid)
);
CREATE INDEX users_uid ON users (provider_uid);

CREATE TABLE sessions (
    id               bigint  PRIMARY KEY,
    workspace        bigint  NOT NULL REFERENCES workspaces,
    user_id          bigint  NOT NULL,
    application_id   bigint,
    state            text    NOT NULL CHECK (state IN ('active', 'expired', 'revoked')),
    -- XChaCha20-Poly1305 under the workspace's key, bound to the ids above.
    nonce            bytea,
    ciphertext       bytea,
    attributes       bigint  NOT NULL,
    token_revision   bigint  NOT NULL,
    created_at       bigint  NOT NULL,
    updated_at       bigint  NOT NULL,
    last_activity_at bigint  NOT NULL,
    expires_at       bigint,
    ended_at         bigint,
    revoked_by       jsonb,
    token_expires_at bigint,
    CHECK (state = 'active' OR ciphertext IS NULL),
    CHECK ((nonce IS NULL) = (ciphertext IS NULL)),
    CHECK (state <> 'active' OR octet_length(nonce) = 24)
) WITH (fillfactor = 70);
CREATE INDEX sessions_owner ON sessions (workspace, user_id, application_id, id);
CREATE INDEX sessions_application ON sessions (workspace, application_id) WHERE state = 'active';
CREATE INDEX sessions_active ON sessions (workspace) WHERE state = 'active';
CREATE INDEX sessions_ending ON sessions (workspace, expires_at) WHERE state = 'active' AND expires_at IS NOT NULL;
CREATE INDEX sessions_created ON sessions (workspace, created_at, id);

CREATE TABLE invites (
    id         bigint PRIMARY KEY,
    workspace  bigint NOT NULL REFERENCES workspaces,
    role       text   NOT NULL,
    -- SHA-256 of the secret, by which it is found; and the secret sealed, for the operator who made it.
    digest     bytea  NOT NULL UNIQUE,
    secret     bytea  NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    ended      text CHECK (ended IN ('used', 'revoked'))
);
CREATE INDEX invites_workspace ON invites (workspace);

CREATE TABLE accounts (
    uid            text    PRIMARY KEY,
    email          text    UNIQUE,
    email_verified boolean NOT NULL,
    name           text,
    -- Argon2id.
    password_cost  text CHECK (password_cost IN ('cheap', 'standard')),
    password_salt  bytea,
    password_hash  bytea
);

CREATE TABLE social_identities (
    provider text    NOT NULL,
    subject  text    NOT NULL,
    uid      text    NOT NULL REFERENCES accounts,
    place    integer NOT NULL,
    PRIMARY KEY (provider, subject)
);
CREATE INDEX social_identities_uid ON social_identities (uid);

CREATE TABLE attempts (
    email    text  PRIMARY KEY,
    attempts jsonb NOT NULL
);

-- Cookies, refresh tokens: their SHA-256 only.
CREATE TABLE browsers (
    digest bytea PRIMARY KEY,
    uid    text  NOT NULL,
    proof  jsonb NOT NULL
);
CREATE INDEX browsers_uid ON browsers (uid);

CREATE TABLE refresh_families (
    digest bytea PRIMARY KEY,
    uid    text  NOT NULL,
    family jsonb NOT NULL
);
CREATE INDEX refresh_families_uid ON refresh_families (uid);

CREATE TABLE audit_events (
    id        bigint PRIMARY KEY,
    workspace bigint NOT NULL,
    kind      text   NOT NULL,
    at        bigint NOT NULL,
    session   jsonb,
    actor     jsonb,
    metadata  text,
    -- Of several with one such name the first is kept.
    once      text,
    UNIQUE (workspace, once)
);
CREATE INDEX audit_events_newest ON audit_events (workspace, id DESC);

CREATE TABLE access_log (
    id             bigint   PRIMARY KEY,
    workspace      bigint   NOT NULL,
    at             bigint   NOT NULL,
    method         text     NOT NULL,
    path           text     NOT NULL,
    status         smallint NOT NULL,
    duration       bigint   NOT NULL,
    session_id     bigint,
    token_revision bigint,
    user_id        bigint,
    application_id bigint,
    uid            text,
    client         text,
    agent          text
);
CREATE INDEX access_log_newest ON access_log (workspace, id DESC);

-- Names and redirect URIs are looked up across workspaces, so everybody reads these; to write, one has to be
-- in the workspace. All else is not even seen from another one.
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspaces FORCE ROW LEVEL SECURITY;
CREATE POLICY readable ON workspaces FOR SELECT USING (true);
CREATE POLICY added ON workspaces FOR INSERT WITH CHECK (id = current_workspace());
CREATE POLICY changed ON workspaces FOR UPDATE USING (id = current_workspace());
CREATE POLICY removed ON workspaces FOR DELETE USING (id = current_workspace());

ALTER TABLE applications ENABLE ROW LEVEL SECURITY;
ALTER TABLE applications FORCE ROW LEVEL SECURITY;
CREATE POLICY readable ON applications FOR SELECT USING (true);
CREATE POLICY added ON applications FOR INSERT WITH CHECK (workspace = current_workspace());
CREATE POLICY changed ON applications FOR UPDATE USING (workspace = current_workspace());
CREATE POLICY removed ON applications FOR DELETE USING (workspace = current_workspace());

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY inside ON sessions USING (workspace = current_workspace());

-- Somebody who signs in sees where they are a user: the person is set for the transaction, as the workspace is.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY inside ON users USING (workspace = current_workspace());
CREATE POLICY oneself ON users FOR SELECT USING (provider_uid = current_setting('mock.person', true));

-- Whoever has an invite's secret sees that invite.
ALTER TABLE invites ENABLE ROW LEVEL SECURITY;
ALTER TABLE invites FORCE ROW LEVEL SECURITY;
CREATE POLICY inside ON invites USING (workspace = current_workspace());
CREATE POLICY bearer ON invites FOR SELECT USING (encode(digest, 'hex') = current_setting('mock.invite', true));

ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY inside ON audit_events USING (workspace = current_workspace());

ALTER TABLE access_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_log FORCE ROW LEVEL SECURITY;
CREATE POLICY inside ON access_log USING (workspace = current_workspace());
