//! What the platform asks across workspaces.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use sqlx::types::Json;

use super::{
    Hold, Postgres, Shelf, Tx, account_rows, begin, cannot_be, commit, is_taken,
    rows::{self, ApplicationRecord, UserRecord, WorkspaceRecord},
    session_rows, trail,
};
use crate::{
    clock::Clock,
    crypto::Digest,
    domain::{
        Access, Account, Admission, Application, ApplicationId, Attempts, Billing, Directory,
        Family, InviteId, Proof, Rotation, SessionId, SocialIdentity, Stored, Trail, User, UserId,
        WorkspaceId, WorkspaceRow,
    },
};

impl Directory for Postgres {
    type Workspace = Shelf;

    async fn workspace(&self, id: WorkspaceId) -> Stored<Option<Shelf>> {
        let found = sqlx::query_as!(
            WorkspaceRecord,
            r#"SELECT id, name, accept_anonymous, self_service, billing AS "billing: Json<Billing>", key
            FROM workspaces WHERE id = $1"#,
            id.0
        );
        self.found(found.fetch_optional(&self.0.pool).await?)
    }

    async fn admission(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
    ) -> Stored<Option<(Shelf, Admission)>> {
        let found = session_rows::admission(&self.0.pool, workspace, session).await?;
        Ok(found.map(|(row, admission)| (self.shelf(row), admission)))
    }

    async fn workspaces(&self) -> Stored<Vec<Shelf>> {
        let all = sqlx::query_as!(
            WorkspaceRecord,
            r#"SELECT id, name, accept_anonymous, self_service, billing AS "billing: Json<Billing>", key
            FROM workspaces ORDER BY id"#
        );
        let all = all.fetch_all(&self.0.pool).await?;
        all.into_iter().map(|record| Ok(self.shelf(record.row()?))).collect()
    }

    async fn workspace_named(&self, name: &str) -> Stored<Option<Shelf>> {
        if cannot_be(name) {
            return Ok(None);
        }
        let found = sqlx::query_as!(
            WorkspaceRecord,
            r#"SELECT id, name, accept_anonymous, self_service, billing AS "billing: Json<Billing>", key
            FROM workspaces WHERE name = $1"#,
            name
        );
        self.found(found.fetch_optional(&self.0.pool).await?)
    }

    async fn add_workspace<E: Send>(
        &self,
        name: &str,
        make: impl FnOnce(WorkspaceId, UserId, &mut Trail) -> Result<(WorkspaceRow, User), E> + Send,
    ) -> Stored<Result<Option<Shelf>, E>> {
        let numbers = sqlx::query!(
            r#"SELECT nextval('workspace_ids') AS "workspace!", nextval('user_ids') AS "user!""#
        );
        let numbers = numbers.fetch_one(&self.0.pool).await?;
        let id = WorkspaceId(numbers.workspace);
        let mut tx = self.enter(id, Hold::Alone).await?;
        let taken = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM workspaces WHERE name = $1) AS "taken!""#,
            name
        );
        if taken.fetch_one(&mut *tx).await? {
            return Ok(Ok(None));
        }
        let mut trail = Trail::default();
        let (row, founder) = match make(id, UserId(numbers.user), &mut trail) {
            Ok(made) => made,
            Err(error) => return Ok(Err(error)),
        };
        match rows::add_workspace(&mut tx, &row, &self.0.master).await {
            Err(error) if is_taken(&error) => return Ok(Ok(None)),
            added => added?,
        }
        rows::add_user(&mut tx, &founder).await?;
        trail::keep(&mut tx, id, trail).await?;
        commit(tx).await?;
        Ok(Ok(Some(self.shelf(row))))
    }

    async fn change_workspace<R: Send>(
        &self,
        workspace: &Shelf,
        name: Option<&str>,
        change: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        let mut tx = workspace.enter(Hold::Alone).await?;
        let taken = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM workspaces WHERE name = $1 AND id <> $2) AS "taken!""#,
            name,
            workspace.id.0
        );
        if taken.fetch_one(&mut *tx).await? {
            return Ok(None);
        }
        let (mut row, mut trail) =
            (rows::workspace(&mut tx, workspace.id).await?, Trail::default());
        let changed = change(&mut row, &mut trail);
        match rows::save_workspace(&mut tx, &row).await {
            Err(error) if is_taken(&error) => return Ok(None),
            saved => saved?,
        }
        trail::keep(&mut tx, workspace.id, trail).await?;
        commit(tx).await?;
        workspace.see(row);
        Ok(Some(changed))
    }

    async fn application(&self, app_id: &str) -> Stored<Option<Arc<Application>>> {
        if cannot_be(app_id) {
            return Ok(None);
        }
        let found = sqlx::query_as!(
            ApplicationRecord,
            "SELECT id, workspace, app_id, display_name, redirect_uris, session_token_ttl, payload_ttl
            FROM applications WHERE app_id = $1",
            app_id
        );
        let found = found.fetch_optional(&self.0.pool).await?;
        Ok(found.map(|record| Arc::new(record.into())))
    }

    async fn add_application<E: Send>(
        &self,
        workspace: &Shelf,
        app_id: &str,
        make: impl FnOnce(ApplicationId, &mut Trail) -> Result<Application, E> + Send,
    ) -> Stored<Option<Result<Arc<Application>, E>>> {
        if self.application(app_id).await?.is_some() {
            return Ok(None);
        }
        let mut tx = workspace.enter(Hold::Alone).await?;
        let id = sqlx::query_scalar!(r#"SELECT nextval('application_ids') AS "id!""#);
        let (id, mut trail) = (ApplicationId(id.fetch_one(&mut *tx).await?), Trail::default());
        let application = match make(id, &mut trail) {
            Ok(application) => application,
            Err(error) => return Ok(Some(Err(error))),
        };
        match rows::add_application(&mut tx, &application).await {
            Err(error) if is_taken(&error) => return Ok(None),
            added => added?,
        }
        trail::keep(&mut tx, workspace.id, trail).await?;
        commit(tx).await?;
        Ok(Some(Ok(Arc::new(application))))
    }

    async fn change_application<R: Send>(
        &self,
        workspace: &Shelf,
        app_id: &str,
        change: impl FnOnce(&mut Application, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        let mut tx = workspace.enter(Hold::Alone).await?;
        let Some(mut application) = here(&mut tx, workspace, app_id).await? else {
            return Ok(None);
        };
        let mut trail = Trail::default();
        let changed = change(&mut application, &mut trail);
        rows::save_application(&mut tx, &application).await?;
        trail::keep(&mut tx, workspace.id, trail).await?;
        commit(tx).await?;
        Ok(Some(changed))
    }

    async fn remove_application<E: Send>(
        &self,
        workspace: &Shelf,
        app_id: &str,
        now: Timestamp,
        allow: impl FnOnce(&Application, &mut Trail) -> Result<(), E> + Send,
    ) -> Stored<Option<Result<(), E>>> {
        let mut tx = workspace.enter(Hold::Alone).await?;
        let Some(application) = here(&mut tx, workspace, app_id).await? else { return Ok(None) };
        let mut trail = Trail::default();
        if let Err(error) = allow(&application, &mut trail) {
            return Ok(Some(Err(error)));
        }
        sqlx::query!("DELETE FROM applications WHERE id = $1", application.id.0)
            .execute(&mut *tx)
            .await?;
        workspace.end(&mut tx, now, None, Some(application.id)).await?;
        trail::keep(&mut tx, workspace.id, trail).await?;
        commit(tx).await?;
        Ok(Some(Ok(())))
    }

    async fn invite(&self, secret: &str) -> Stored<Option<(Shelf, InviteId)>> {
        let digest = Digest::of(secret);
        let mut tx = begin(&self.0.pool).await?;
        sqlx::query!(
            "SELECT set_config('mock.invite', encode($1, 'hex'), true)",
            digest.as_bytes()
        )
        .fetch_one(&mut *tx)
        .await?;
        let found =
            sqlx::query!("SELECT id, workspace FROM invites WHERE digest = $1", digest.as_bytes());
        let Some(found) = found.fetch_optional(&mut *tx).await? else { return Ok(None) };
        tx.rollback().await?;
        let workspace = self.workspace(WorkspaceId(found.workspace)).await?;
        Ok(workspace.map(|workspace| (workspace, InviteId(found.id))))
    }

    async fn memberships(&self, uid: &str) -> Stored<Vec<(Shelf, User)>> {
        let mut tx = begin(&self.0.pool).await?;
        sqlx::query!("SELECT set_config('mock.person', $1, true)", uid).fetch_one(&mut *tx).await?;
        let users = sqlx::query_as!(
            UserRecord,
            "SELECT id, workspace, role, provider_uid, name, email FROM users WHERE provider_uid = $1
            ORDER BY workspace",
            uid
        );
        let users = users.fetch_all(&mut *tx).await?;
        tx.rollback().await?;
        let mut memberships = Vec::with_capacity(users.len());
        for record in users {
            let user = record.user()?;
            if let Some(workspace) = self.workspace(user.workspace).await? {
                memberships.push((workspace, user));
            }
        }
        Ok(memberships)
    }

    async fn has_origin(&self, origin: &str) -> Stored<bool> {
        if cannot_be(origin) {
            return Ok(false);
        }
        let there = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM applications WHERE origins @> ARRAY[$1]) AS "there!""#,
            origin
        );
        Ok(there.fetch_one(&self.0.pool).await?)
    }

    async fn has_redirect(&self, uri: &str) -> Stored<bool> {
        if cannot_be(uri) {
            return Ok(false);
        }
        let there = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM applications WHERE redirect_uris @> ARRAY[$1]) AS "there!""#,
            uri
        );
        Ok(there.fetch_one(&self.0.pool).await?)
    }

    async fn account(&self, uid: &str) -> Stored<Option<Account>> {
        if cannot_be(uid) {
            return Ok(None);
        }
        account_rows::find(&self.0.pool, uid).await
    }

    async fn account_by_email(&self, email: &str) -> Stored<Option<Account>> {
        if cannot_be(email) {
            return Ok(None);
        }
        let uid = sqlx::query_scalar!("SELECT uid FROM accounts WHERE email = $1", email);
        match uid.fetch_optional(&self.0.pool).await? {
            Some(uid) => self.account(&uid).await,
            None => Ok(None),
        }
    }

    async fn account_by_social(&self, identity: &SocialIdentity) -> Stored<Option<Account>> {
        let uid = sqlx::query_scalar!(
            "SELECT uid FROM social_identities WHERE provider = $1 AND subject = $2",
            identity.provider.slug(),
            identity.subject
        );
        match uid.fetch_optional(&self.0.pool).await? {
            Some(uid) => self.account(&uid).await,
            None => Ok(None),
        }
    }

    async fn add_account(&self, account: Account) -> Stored<bool> {
        let mut tx = begin(&self.0.pool).await?;
        let added = account_rows::add(&mut tx, &account).await?;
        if added {
            commit(tx).await?;
        }
        Ok(added)
    }

    async fn with_account_of<R: Send>(
        &self,
        email: &str,
        change: impl FnOnce(&mut Account) -> R + Send,
    ) -> Stored<Option<R>> {
        if cannot_be(email) {
            return Ok(None);
        }
        let mut tx = begin(&self.0.pool).await?;
        let Some(mut account) = account_rows::hold(&mut tx, email).await? else { return Ok(None) };
        let changed = change(&mut account);
        account_rows::save(&mut tx, &account).await?;
        commit(tx).await?;
        Ok(Some(changed))
    }

    async fn with_attempts<R: Send>(
        &self,
        email: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Attempts) -> R + Send,
    ) -> Stored<R> {
        let mut tx = begin(&self.0.pool).await?;
        let locked = sqlx::query_scalar!(
            r#"INSERT INTO attempts (email, attempts) VALUES ($1, $2)
            ON CONFLICT (email) DO UPDATE SET email = excluded.email
            RETURNING attempts AS "attempts: Json<Attempts>""#,
            email,
            Json(Attempts::default()) as _
        );
        let mut attempts = locked.fetch_one(&mut *tx).await?.0;
        let changed = change(&mut attempts);
        if attempts.is_over(now) {
            sqlx::query!("DELETE FROM attempts WHERE email = $1", email).execute(&mut *tx).await?;
        } else {
            let saved = sqlx::query!(
                "UPDATE attempts SET attempts = $2 WHERE email = $1",
                email,
                Json(&attempts) as _
            );
            saved.execute(&mut *tx).await?;
        }
        commit(tx).await?;
        Ok(changed)
    }

    async fn remember_browser(&self, cookie: String, uid: String, proof: Proof) -> Stored<()> {
        let digest = Digest::of(&cookie);
        let remembered = sqlx::query!(
            "INSERT INTO browsers (digest, uid, proof) VALUES ($1, $2, $3)",
            digest.as_bytes(),
            uid,
            Json(proof) as _
        );
        remembered.execute(&self.0.pool).await?;
        Ok(())
    }

    async fn browser_account(&self, cookie: &str) -> Stored<Option<(Account, Proof)>> {
        let digest = Digest::of(cookie);
        let found = sqlx::query!(
            r#"SELECT uid, proof AS "proof: Json<Proof>" FROM browsers WHERE digest = $1"#,
            digest.as_bytes()
        );
        let Some(found) = found.fetch_optional(&self.0.pool).await? else { return Ok(None) };
        Ok(self.account(&found.uid).await?.map(|account| (account, found.proof.0)))
    }

    async fn add_family(&self, id: String, family: Family) -> Stored<()> {
        let digest = Digest::of(&id);
        let added = sqlx::query!(
            "INSERT INTO refresh_families (digest, uid, family) VALUES ($1, $2, $3)",
            digest.as_bytes(),
            family.uid,
            Json(&family) as _
        );
        added.execute(&self.0.pool).await?;
        Ok(())
    }

    async fn with_family<R: Send>(
        &self,
        id: &str,
        change: impl FnOnce(&mut Family) -> R + Send,
    ) -> Stored<Option<R>> {
        let digest = Digest::of(id);
        let mut tx = begin(&self.0.pool).await?;
        let found = sqlx::query_scalar!(
            r#"SELECT family AS "family: Json<Family>" FROM refresh_families WHERE digest = $1 FOR NO KEY UPDATE"#,
            digest.as_bytes()
        );
        let Some(Json(mut family)) = found.fetch_optional(&mut *tx).await? else { return Ok(None) };
        let changed = change(&mut family);
        let saved = sqlx::query!(
            "UPDATE refresh_families SET family = $2 WHERE digest = $1",
            digest.as_bytes(),
            Json(&family) as _
        );
        saved.execute(&mut *tx).await?;
        commit(tx).await?;
        Ok(Some(changed))
    }

    async fn end_sign_ins(&self, uid: &str) -> Stored<()> {
        let mut tx = begin(&self.0.pool).await?;
        sqlx::query!("DELETE FROM browsers WHERE uid = $1", uid).execute(&mut *tx).await?;
        sqlx::query!("DELETE FROM refresh_families WHERE uid = $1", uid).execute(&mut *tx).await?;
        commit(tx).await
    }

    async fn rotation(&self) -> Stored<Rotation> {
        let rotation =
            sqlx::query_scalar!(r#"SELECT rotation AS "rotation: Json<Rotation>" FROM platform"#);
        Ok(rotation.fetch_one(&self.0.pool).await?.0)
    }

    async fn with_rotation<R: Send>(
        &self,
        change: impl FnOnce(&mut Rotation) -> R + Send,
    ) -> Stored<R> {
        let mut tx = begin(&self.0.pool).await?;
        let rotation = sqlx::query_scalar!(
            r#"SELECT rotation AS "rotation: Json<Rotation>" FROM platform FOR NO KEY UPDATE"#
        );
        let mut rotation = rotation.fetch_one(&mut *tx).await?.0;
        let changed = change(&mut rotation);
        sqlx::query!("UPDATE platform SET rotation = $1", Json(rotation) as _)
            .execute(&mut *tx)
            .await?;
        commit(tx).await?;
        Ok(changed)
    }

    async fn keep_time(&self, clock: &Clock) -> Stored<()> {
        self.0.time.keep(clock).await
    }

    async fn turn_to_purge(&self, every: Duration) -> Stored<bool> {
        let taken = sqlx::query!(
            "UPDATE platform SET purged_at = clock_timestamp()
            WHERE purged_at <= clock_timestamp() - make_interval(secs => $1)",
            every.as_secs_f64()
        );
        Ok(taken.execute(&self.0.pool).await?.rows_affected() > 0)
    }

    fn log(&self, access: Access) {
        self.0.log.add(access);
    }

    async fn logged(&self) {
        self.0.log.written().await;
    }

    async fn lay_workspace<E: Send>(
        &self,
        name: &str,
        number: Option<WorkspaceId>,
        make: impl FnOnce(WorkspaceId) -> Result<WorkspaceRow, E> + Send,
    ) -> Stored<Option<Result<Shelf, E>>> {
        self.lay_one(name, number, make).await
    }

    async fn lay_application(
        &self,
        workspace: &Shelf,
        app_id: &str,
        number: Option<ApplicationId>,
        make: impl FnOnce(ApplicationId) -> Application + Send,
    ) -> Stored<bool> {
        self.lay_application_of(workspace, app_id, number, make).await
    }

    async fn has_application(&self, id: ApplicationId) -> Stored<bool> {
        let there = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM applications WHERE id = $1) AS "there!""#,
            id.0
        );
        Ok(there.fetch_one(&self.0.pool).await?)
    }

    async fn remove_workspace(&self, workspace: &Shelf) -> Stored<bool> {
        let mut tx = workspace.enter(Hold::Alone).await?;
        let id = workspace.id.0;
        for delete in [
            sqlx::query!("DELETE FROM sessions WHERE workspace = $1", id),
            sqlx::query!("DELETE FROM invites WHERE workspace = $1", id),
            sqlx::query!("DELETE FROM users WHERE workspace = $1", id),
            sqlx::query!("DELETE FROM applications WHERE workspace = $1", id),
        ] {
            delete.execute(&mut *tx).await?;
        }
        let removed = sqlx::query!("DELETE FROM workspaces WHERE id = $1", id);
        let removed = removed.execute(&mut *tx).await?.rows_affected() > 0;
        commit(tx).await?;
        Ok(removed)
    }
}

impl Postgres {
    fn found(&self, record: Option<WorkspaceRecord>) -> Stored<Option<Shelf>> {
        record.map(|record| Ok(self.shelf(record.row()?))).transpose()
    }
}

/// The application, if it is one of the workspace.
async fn here(tx: &mut Tx, workspace: &Shelf, app_id: &str) -> Stored<Option<Application>> {
    let found = sqlx::query_as!(
        ApplicationRecord,
        "SELECT id, workspace, app_id, display_name, redirect_uris, session_token_ttl, payload_ttl
        FROM applications WHERE app_id = $1 AND workspace = $2 FOR NO KEY UPDATE",
        app_id,
        workspace.id.0
    );
    Ok(found.fetch_optional(&mut **tx).await?.map(Application::from))
}
