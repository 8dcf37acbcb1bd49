//! Rows as tables have them.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use sqlx::{PgPool, types::Json};

use super::{Tx, again};
use crate::{
    crypto::{DataKey, Digest, Sealed, WrappedKey},
    domain::{
        Application, ApplicationId, Billing, Invite, InviteEnd, InviteId, Owner, PayloadTtl, Role,
        StoreError, Stored, User, UserId, WorkspaceId, WorkspaceRow, browser_origin,
    },
};

pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(super) fn time(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
}

pub(super) struct WorkspaceRecord {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) accept_anonymous: bool,
    pub(super) self_service: bool,
    pub(super) billing: Json<Billing>,
    pub(super) key: Vec<u8>,
}

impl WorkspaceRecord {
    pub(super) fn row(self) -> Stored<WorkspaceRow> {
        Ok(WorkspaceRow {
            id: WorkspaceId(self.id),
            name: self.name,
            accept_anonymous: self.accept_anonymous,
            self_service: self.self_service,
            billing: self.billing.0,
            key: WrappedKey::from_bytes(&self.key).map_err(|_| StoreError::Refused)?,
        })
    }
}

/// The row of the workspace that the transaction is in.
pub(super) async fn workspace(tx: &mut Tx, id: WorkspaceId) -> Stored<WorkspaceRow> {
    let found = sqlx::query_as!(
        WorkspaceRecord,
        r#"SELECT id, name, accept_anonymous, self_service, billing AS "billing: Json<Billing>", key
        FROM workspaces WHERE id = $1"#,
        id.0
    );
    found.fetch_one(&mut **tx).await?.row()
}

pub(super) async fn save_workspace(tx: &mut Tx, row: &WorkspaceRow) -> Result<(), sqlx::Error> {
    let saved = sqlx::query!(
        "UPDATE workspaces SET name = $2, accept_anonymous = $3, self_service = $4, billing = $5 WHERE id = $1",
        row.id.0,
        row.name,
        row.accept_anonymous,
        row.self_service,
        Json(&row.billing) as _,
    );
    saved.execute(&mut **tx).await.map(drop)
}

pub(super) async fn add_workspace(
    tx: &mut Tx,
    row: &WorkspaceRow,
    master: &str,
) -> Result<(), sqlx::Error> {
    let added = sqlx::query!(
        "INSERT INTO workspaces (id, name, accept_anonymous, self_service, billing, key, master)
        VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.id.0,
        row.name,
        row.accept_anonymous,
        row.self_service,
        Json(&row.billing) as _,
        row.key.to_bytes(),
        master,
    );
    added.execute(&mut **tx).await.map(drop)
}

pub(super) struct ApplicationRecord {
    pub(super) id: i64,
    pub(super) workspace: i64,
    pub(super) app_id: String,
    pub(super) display_name: String,
    pub(super) redirect_uris: Vec<String>,
    pub(super) session_token_ttl: Option<i64>,
    pub(super) payload_ttl: Option<i64>,
}

impl From<ApplicationRecord> for Application {
    fn from(record: ApplicationRecord) -> Self {
        let life = |micros: i64| Duration::from_micros(u64::try_from(micros).unwrap_or_default());
        Self {
            id: ApplicationId(record.id),
            workspace: WorkspaceId(record.workspace),
            app_id: record.app_id,
            display_name: record.display_name,
            redirect_uris: record.redirect_uris,
            session_token_ttl: record.session_token_ttl.map(life),
            payload_ttl: record.payload_ttl.map(|micros| match micros {
                0 => PayloadTtl::Unlimited,
                micros => PayloadTtl::After(life(micros)),
            }),
        }
    }
}

/// The lifetimes of an application: its tokens' and its payloads'.
fn lives(application: &Application) -> (Option<i64>, Option<i64>) {
    let micros = |life: Duration| i64::try_from(life.as_micros()).unwrap_or(i64::MAX);
    let payload = application.payload_ttl.map(|ttl| match ttl {
        PayloadTtl::Unlimited => 0,
        PayloadTtl::After(life) => micros(life),
    });
    (application.session_token_ttl.map(micros), payload)
}

fn origins(application: &Application) -> Vec<String> {
    application.redirect_uris.iter().filter_map(|uri| browser_origin(uri)).collect()
}

pub(super) async fn add_application(
    tx: &mut Tx,
    application: &Application,
) -> Result<(), sqlx::Error> {
    let (tokens, payloads) = lives(application);
    let added = sqlx::query!(
        "INSERT INTO applications (id, workspace, app_id, searched, display_name, redirect_uris, origins,
            session_token_ttl, payload_ttl)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        application.id.0,
        application.workspace.0,
        application.app_id,
        application.app_id.to_lowercase(),
        application.display_name,
        &application.redirect_uris,
        &origins(application),
        tokens,
        payloads,
    );
    added.execute(&mut **tx).await.map(drop)
}

pub(super) async fn save_application(tx: &mut Tx, application: &Application) -> Stored<()> {
    let (tokens, payloads) = lives(application);
    let saved = sqlx::query!(
        "UPDATE applications SET display_name = $2, redirect_uris = $3, origins = $4, session_token_ttl = $5,
            payload_ttl = $6
        WHERE id = $1 AND workspace = $7",
        application.id.0,
        application.display_name,
        &application.redirect_uris,
        &origins(application),
        tokens,
        payloads,
        application.workspace.0,
    );
    saved.execute(&mut **tx).await?;
    Ok(())
}

/// Whose a session is, and in which application.
pub(super) async fn owner(
    pool: &PgPool,
    workspace: WorkspaceId,
    owner: Owner,
) -> Stored<(Option<User>, Option<Arc<Application>>)> {
    let see = || {
        sqlx::query!(
        r#"SELECT (person).id AS user_id, (person).role, (person).provider_uid, (person).name, (person).email,
            (application).id, (application).app_id, (application).display_name, (application).redirect_uris,
            (application).session_token_ttl, (application).payload_ttl
        FROM see_owner($1, $2, $3)"#,
        workspace.0,
        owner.user.0,
        owner.application.map(|id| id.0)
        )
        .fetch_one(pool)
    };
    let found = again(pool, see).await?;
    let workspace = workspace.0;
    let user = match (found.user_id, found.role, found.provider_uid) {
        (Some(id), Some(role), Some(provider_uid)) => {
            let (name, email) = (found.name, found.email);
            Some(UserRecord { id, workspace, role, provider_uid, name, email }.user()?)
        }
        _ => None,
    };
    let application = match (found.id, found.app_id, found.display_name, found.redirect_uris) {
        (Some(id), Some(app_id), Some(display_name), Some(redirect_uris)) => {
            let (session_token_ttl, payload_ttl) = (found.session_token_ttl, found.payload_ttl);
            let record = ApplicationRecord {
                id,
                workspace,
                app_id,
                display_name,
                redirect_uris,
                session_token_ttl,
                payload_ttl,
            };
            Some(Arc::new(record.into()))
        }
        _ => None,
    };
    Ok((user, application))
}

pub(super) struct UserRecord {
    pub(super) id: i64,
    pub(super) workspace: i64,
    pub(super) role: String,
    pub(super) provider_uid: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

impl UserRecord {
    pub(super) fn user(self) -> Stored<User> {
        Ok(User {
            id: UserId(self.id),
            workspace: WorkspaceId(self.workspace),
            role: role(&self.role)?,
            provider_uid: self.provider_uid,
            name: self.name,
            email: self.email,
        })
    }
}

fn role(name: &str) -> Stored<Role> {
    Role::parse(name).map_err(|_| StoreError::Refused)
}

/// What a search for users looks in. The first two are what a search for sessions looks in.
fn searched(user: &User) -> Vec<String> {
    let lower = |text: Option<&String>| text.map_or_else(String::new, |text| text.to_lowercase());
    vec![
        user.provider_uid.to_lowercase(),
        lower(user.email.as_ref()),
        lower(user.name.as_ref()),
        user.role.wire_name().to_lowercase(),
        User::STATUS.to_owned(),
        user.id.to_string(),
    ]
}

pub(super) async fn add_user(tx: &mut Tx, user: &User) -> Stored<()> {
    let added = sqlx::query!(
        "INSERT INTO users (id, workspace, role, provider_uid, name, email, searched)
        VALUES ($1, $2, $3, $4, $5, $6, $7)",
        user.id.0,
        user.workspace.0,
        user.role.wire_name(),
        user.provider_uid,
        user.name,
        user.email,
        &searched(user),
    );
    added.execute(&mut **tx).await?;
    Ok(())
}

/// Writes what a user has become.
pub(super) async fn save_user(tx: &mut Tx, user: &User) -> Stored<()> {
    let saved = sqlx::query!(
        "UPDATE users SET role = $3, name = $4, email = $5, searched = $6 WHERE id = $1 AND workspace = $2",
        user.id.0,
        user.workspace.0,
        user.role.wire_name(),
        user.name,
        user.email,
        &searched(user),
    );
    saved.execute(&mut **tx).await?;
    Ok(())
}

pub(super) async fn user_of_account(
    tx: &mut Tx,
    workspace: WorkspaceId,
    uid: &str,
) -> Stored<Option<User>> {
    let found = sqlx::query_as!(
        UserRecord,
        "SELECT id, workspace, role, provider_uid, name, email FROM users
        WHERE workspace = $1 AND provider_uid = $2",
        workspace.0,
        uid
    );
    found.fetch_optional(&mut **tx).await?.map(UserRecord::user).transpose()
}

pub(super) struct InviteRecord {
    pub(super) id: i64,
    pub(super) workspace: i64,
    pub(super) role: String,
    pub(super) secret: Vec<u8>,
    pub(super) created_at: i64,
    pub(super) expires_at: i64,
    pub(super) ended: Option<String>,
}

impl InviteRecord {
    pub(super) fn invite(self, secrets: &DataKey) -> Stored<Invite> {
        let sealed = Sealed::from_bytes(&self.secret).map_err(|_| StoreError::Refused)?;
        let belongs = secret_of(InviteId(self.id));
        let plain = secrets.open(&belongs, &sealed).map_err(|_| StoreError::Refused)?;
        let secret = std::str::from_utf8(&plain).map_err(|_| StoreError::Refused)?;
        Ok(Invite {
            id: InviteId(self.id),
            workspace: WorkspaceId(self.workspace),
            role: role(&self.role)?,
            secret: secret.to_owned().into(),
            created_at: time(self.created_at),
            expires_at: time(self.expires_at),
            end: match self.ended.as_deref() {
                None => None,
                Some("used") => Some(InviteEnd::Used),
                Some(_) => Some(InviteEnd::Revoked),
            },
        })
    }
}

/// What binds an invite's sealed secret to its row.
fn secret_of(id: InviteId) -> Vec<u8> {
    [b"secureflows invite ".as_slice(), &id.0.to_be_bytes()].concat()
}

pub(super) async fn add_invite(
    tx: &mut Tx,
    invite: &Invite,
    nonce: [u8; 24],
    secrets: &DataKey,
) -> Stored<()> {
    let digest = Digest::of(&invite.secret);
    let sealed = secrets.seal(nonce, &secret_of(invite.id), invite.secret.as_bytes());
    let sealed = sealed.map_err(|_| StoreError::Refused)?;
    let added = sqlx::query!(
        "INSERT INTO invites (id, workspace, role, digest, secret, created_at, expires_at, ended)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        invite.id.0,
        invite.workspace.0,
        invite.role.wire_name(),
        digest.as_bytes(),
        sealed.to_bytes(),
        micros(invite.created_at),
        micros(invite.expires_at),
        invite.end.map(end_name),
    );
    added.execute(&mut **tx).await?;
    Ok(())
}

pub(super) async fn save_invite(tx: &mut Tx, invite: &Invite) -> Stored<()> {
    let saved = sqlx::query!(
        "UPDATE invites SET role = $2, expires_at = $3, ended = $4 WHERE id = $1 AND workspace = $5",
        invite.id.0,
        invite.role.wire_name(),
        micros(invite.expires_at),
        invite.end.map(end_name),
        invite.workspace.0,
    );
    saved.execute(&mut **tx).await?;
    Ok(())
}

fn end_name(end: InviteEnd) -> &'static str {
    match end {
        InviteEnd::Used => "used",
        InviteEnd::Revoked => "revoked",
    }
}
