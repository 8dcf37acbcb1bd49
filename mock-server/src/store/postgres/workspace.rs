//! What the platform asks of a workspace, in transactions.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    Hold, Shelf, Tx, commit, pages,
    rows::{self, ApplicationRecord, InviteRecord, UserRecord, micros},
    session_rows, trail,
};
use crate::domain::{
    Access, Application, ApplicationId, ApplicationKey, AuditRow, Invite, InviteId, InviteKey,
    InviteRow, InviteStatus, Listing, Opened, Owner, Page, Seat, Session, SessionId,
    SessionListing, SessionRow, Stored, Trail, Usage, User, UserId, UserKey, Window, Workspace,
    WorkspaceRow,
};

/// So many sessions are read at once where all of them are.
const BATCH: i64 = 1_000;

impl Workspace for Shelf {
    fn row(&self) -> Arc<WorkspaceRow> {
        self.latest()
    }

    async fn change_row<R: Send>(
        &self,
        change: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> R + Send,
    ) -> Stored<R> {
        let tx = self.enter(Hold::Alone).await?;
        self.change_alone(tx, change).await
    }

    async fn change_row_by_usage<R: Send>(
        &self,
        now: Timestamp,
        change: impl FnOnce(&mut WorkspaceRow, Usage, &mut Trail) -> R + Send,
    ) -> Stored<R> {
        let mut tx = self.enter(Hold::Alone).await?;
        let usage = self.usage_in(&mut tx, now).await?;
        self.change_alone(tx, |row, trail| change(row, usage, trail)).await
    }

    async fn wipe<E: Send>(
        &self,
        at: Timestamp,
        allow: impl FnOnce(&mut WorkspaceRow, &mut Trail) -> Result<bool, E> + Send,
    ) -> Stored<Result<(), E>> {
        let mut tx = self.enter(Hold::Alone).await?;
        let (mut row, mut trail) = (rows::workspace(&mut tx, self.id).await?, Trail::default());
        let allowed = match allow(&mut row, &mut trail) {
            Ok(allowed) => allowed,
            Err(error) => return Ok(Err(error)),
        };
        rows::save_workspace(&mut tx, &row).await?;
        trail::keep(&mut tx, self.id, trail).await?;
        if allowed {
            self.end(&mut tx, at, None, None).await?;
        }
        commit(tx).await?;
        self.see(row);
        Ok(Ok(()))
    }

    async fn usage(&self, now: Timestamp) -> Stored<Usage> {
        let mut tx = self.enter(Hold::Shared).await?;
        self.usage_in(&mut tx, now).await
    }

    async fn application(&self, id: ApplicationId) -> Stored<Option<Arc<Application>>> {
        let found = sqlx::query_as!(
            ApplicationRecord,
            "SELECT id, workspace, app_id, display_name, redirect_uris, session_token_ttl, payload_ttl
            FROM applications WHERE id = $1 AND workspace = $2",
            id.0,
            self.id.0
        );
        let found = found.fetch_optional(&self.home.0.pool).await?;
        Ok(found.map(|record| Arc::new(record.into())))
    }

    async fn applications(
        &self,
        listing: &Listing<ApplicationKey>,
    ) -> Stored<Page<Arc<Application>>> {
        // A workspace has few: they are searched and sorted here.
        let all = sqlx::query_as!(
            ApplicationRecord,
            "SELECT id, workspace, app_id, display_name, redirect_uris, session_token_ttl, payload_ttl
            FROM applications WHERE workspace = $1",
            self.id.0
        );
        let all = all.fetch_all(&self.home.0.pool).await?;
        Ok(listing.pick(all.into_iter().map(|record| Arc::new(record.into()))))
    }

    async fn user(&self, id: UserId) -> Stored<Option<User>> {
        Ok(self.owner(Owner { user: id, application: None }).await?.0)
    }

    async fn owner(&self, owner: Owner) -> Stored<(Option<User>, Option<Arc<Application>>)> {
        rows::owner(&self.home.0.pool, self.id, owner).await
    }

    async fn user_of_account(&self, uid: &str) -> Stored<Option<User>> {
        let mut tx = self.enter(Hold::Shared).await?;
        rows::user_of_account(&mut tx, self.id, uid).await
    }

    async fn users(&self, listing: &Listing<UserKey>) -> Stored<Page<User>> {
        let mut tx = self.enter(Hold::Shared).await?;
        pages::users(&mut tx, self.id, listing).await
    }

    async fn user_or_insert<E: Send>(
        &self,
        uid: &str,
        make: impl FnOnce(UserId, &mut Trail) -> Result<User, E> + Send,
    ) -> Stored<Result<User, E>> {
        let mut tx = self.enter(Hold::People).await?;
        if let Some(user) = rows::user_of_account(&mut tx, self.id, uid).await? {
            return Ok(Ok(user));
        }
        let (id, mut trail) = (next_user(&mut tx).await?, Trail::default());
        let user = match make(id, &mut trail) {
            Ok(user) => user,
            Err(error) => return Ok(Err(error)),
        };
        rows::add_user(&mut tx, &user).await?;
        trail::keep(&mut tx, self.id, trail).await?;
        commit(tx).await?;
        Ok(Ok(user))
    }

    async fn change_user<R: Send>(
        &self,
        id: UserId,
        change: impl FnOnce(&mut User, usize, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        let mut tx = self.enter(Hold::People).await?;
        let Some(mut row) = self.find_user(&mut tx, id).await? else { return Ok(None) };
        let (owners, mut trail) = (self.owners(&mut tx).await?, Trail::default());
        let changed = change(&mut row, owners, &mut trail);
        rows::save_user(&mut tx, &row).await?;
        trail::keep(&mut tx, self.id, trail).await?;
        commit(tx).await?;
        Ok(Some(changed))
    }

    async fn remove_user<E: Send>(
        &self,
        id: UserId,
        now: Timestamp,
        allow: impl FnOnce(&User, usize, &mut Trail) -> Result<(), E> + Send,
    ) -> Stored<Option<Result<(), E>>> {
        let mut tx = self.enter(Hold::Alone).await?;
        let Some(row) = self.find_user(&mut tx, id).await? else { return Ok(None) };
        let (owners, mut trail) = (self.owners(&mut tx).await?, Trail::default());
        if let Err(error) = allow(&row, owners, &mut trail) {
            return Ok(Some(Err(error)));
        }
        sqlx::query!("DELETE FROM users WHERE id = $1 AND workspace = $2", id.0, self.id.0)
            .execute(&mut *tx)
            .await?;
        self.end(&mut tx, now, Some(id), None).await?;
        trail::keep(&mut tx, self.id, trail).await?;
        commit(tx).await?;
        Ok(Some(Ok(())))
    }

    async fn with_session<R: Send>(
        &self,
        id: SessionId,
        change: impl FnOnce(&mut Session, &WorkspaceRow, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        self.session(id, change).await
    }

    async fn touch_session(
        &self,
        id: SessionId,
        revision: i64,
        now: Timestamp,
    ) -> Stored<Option<Session>> {
        session_rows::touch(&self.home.0.pool, self.id, id, revision, now).await
    }

    async fn open_session<E: Send>(
        &self,
        owner: Owner,
        now: Timestamp,
        reuse: bool,
        make: impl FnOnce(SessionId, &WorkspaceRow, u64, &mut Trail) -> Result<Session, E> + Send,
    ) -> Stored<Option<Result<Opened, E>>> {
        self.open(owner, now, reuse, make).await
    }

    async fn each_session(&self, mut visit: impl FnMut(&mut Session) + Send) -> Stored<()> {
        let mut last = 0;
        loop {
            // A transaction a batch: nobody waits for all of them.
            let mut tx = self.enter(Hold::Shared).await?;
            let batch = session_rows::lock_after(&mut tx, self.id, last, BATCH).await?;
            let Some(end) = batch.last() else { return Ok(()) };
            last = end.id.0;
            for session in batch {
                let mut visited = session.clone();
                visit(&mut visited);
                if visited != session {
                    session_rows::save(&mut tx, &visited).await?;
                }
            }
            commit(tx).await?;
        }
    }

    async fn look_at_sessions(&self, mut look: impl FnMut(Session) + Send) -> Stored<()> {
        let mut tx = self.enter(Hold::Shared).await?;
        let mut last = 0;
        loop {
            let batch = session_rows::after(&mut tx, self.id, last, BATCH).await?;
            let Some(end) = batch.last() else { return Ok(()) };
            last = end.id.0;
            batch.into_iter().for_each(&mut look);
        }
    }

    async fn purge(&self, now: Timestamp) -> Stored<()> {
        self.end_due(now).await.map(drop)
    }

    async fn sessions_of(&self, user: UserId) -> Stored<Vec<SessionId>> {
        let mut tx = self.enter(Hold::Shared).await?;
        let ids = sqlx::query_scalar!(
            "SELECT id FROM sessions WHERE workspace = $1 AND user_id = $2 ORDER BY id",
            self.id.0,
            user.0
        );
        Ok(ids.fetch_all(&mut *tx).await?.into_iter().map(SessionId).collect())
    }

    async fn read_sessions<R: Send>(
        &self,
        listing: &SessionListing,
        now: Timestamp,
        read: impl FnOnce(Page<SessionRow>, &mut Trail) -> R + Send,
    ) -> Stored<R> {
        let mut tx = self.enter(Hold::Shared).await?;
        let page = pages::sessions(&mut tx, self.id, listing, now).await?;
        let mut trail = Trail::default();
        let read = read(page, &mut trail);
        trail::keep(&mut tx, self.id, trail).await?;
        commit(tx).await?;
        Ok(read)
    }

    async fn add_invite<E: Send>(
        &self,
        make: impl FnOnce(InviteId, &mut Trail) -> Result<Invite, E> + Send,
    ) -> Stored<Result<Invite, E>> {
        let mut tx = self.enter(Hold::Shared).await?;
        let id = sqlx::query_scalar!(r#"SELECT nextval('invite_ids') AS "id!""#);
        let (id, mut trail) = (InviteId(id.fetch_one(&mut *tx).await?), Trail::default());
        let invite = match make(id, &mut trail) {
            Ok(invite) => invite,
            Err(error) => return Ok(Err(error)),
        };
        let inner = &self.home.0;
        rows::add_invite(&mut tx, &invite, inner.random.bytes(), &inner.secrets).await?;
        trail::keep(&mut tx, self.id, trail).await?;
        commit(tx).await?;
        Ok(Ok(invite))
    }

    async fn invites(
        &self,
        listing: &Listing<InviteKey>,
        now: Timestamp,
        with_used: bool,
    ) -> Stored<Page<InviteRow>> {
        // Searched by their secrets too, which only lie here sealed; a workspace has few.
        let mut tx = self.enter(Hold::Shared).await?;
        let all = sqlx::query_as!(
            InviteRecord,
            "SELECT id, workspace, role, secret, created_at, expires_at, ended FROM invites WHERE workspace = $1",
            self.id.0
        );
        let all = all.fetch_all(&mut *tx).await?;
        let rows = all.into_iter().map(|record| {
            let invite = record.invite(&self.home.0.secrets)?;
            Ok(InviteRow { status: invite.status(now), invite })
        });
        let rows = rows.collect::<Stored<Vec<_>>>()?.into_iter();
        Ok(listing.pick(rows.filter(|row| with_used || row.status != InviteStatus::Used)))
    }

    async fn with_invite<R: Send>(
        &self,
        id: InviteId,
        change: impl FnOnce(&mut Invite, &mut Trail) -> R + Send,
    ) -> Stored<Option<R>> {
        let mut tx = self.enter(Hold::Shared).await?;
        let Some(mut invite) = self.invite(&mut tx, id).await? else { return Ok(None) };
        let mut trail = Trail::default();
        let changed = change(&mut invite, &mut trail);
        rows::save_invite(&mut tx, &invite).await?;
        trail::keep(&mut tx, self.id, trail).await?;
        commit(tx).await?;
        Ok(Some(changed))
    }

    async fn redeem<E: Send>(
        &self,
        id: InviteId,
        uid: &str,
        accept: impl FnOnce(&mut Invite, Seat, &mut Trail) -> Result<User, E> + Send,
    ) -> Stored<Option<Result<User, E>>> {
        let mut tx = self.enter(Hold::People).await?;
        let Some(mut invite) = self.invite(&mut tx, id).await? else { return Ok(None) };
        let seat = match rows::user_of_account(&mut tx, self.id, uid).await? {
            Some(user) => Seat::Known(user),
            None => Seat::Free(next_user(&mut tx).await?),
        };
        let (mut trail, is_new) = (Trail::default(), matches!(seat, Seat::Free(_)));
        let user = match accept(&mut invite, seat, &mut trail) {
            Ok(user) => user,
            Err(error) => return Ok(Some(Err(error))),
        };
        match is_new {
            true => rows::add_user(&mut tx, &user).await?,
            false => rows::save_user(&mut tx, &user).await?,
        }
        rows::save_invite(&mut tx, &invite).await?;
        trail::keep(&mut tx, self.id, trail).await?;
        commit(tx).await?;
        Ok(Some(Ok(user)))
    }

    async fn events(&self, window: Window) -> Stored<Page<AuditRow>> {
        let mut tx = self.enter(Hold::Shared).await?;
        trail::page(&mut tx, self.id, window).await
    }

    async fn accesses(&self, window: Window) -> Stored<Option<Page<Access>>> {
        self.access_page(window).await.map(Some)
    }

    async fn lay_user(
        &self,
        uid: &str,
        number: Option<UserId>,
        make: impl FnOnce(UserId) -> User + Send,
    ) -> Stored<User> {
        self.lay_user_of(uid, number, make).await
    }

    async fn lay_session<E: Send>(
        &self,
        owner: Owner,
        number: Option<SessionId>,
        make: impl FnOnce(SessionId) -> Result<Session, E> + Send,
    ) -> Stored<Result<Opened, E>> {
        self.lay_session_of(owner, number, make).await
    }

    async fn has_session(&self, id: SessionId) -> Stored<bool> {
        let mut tx = self.enter(Hold::Shared).await?;
        let there = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM sessions WHERE id = $1 AND workspace = $2) AS "there!""#,
            id.0,
            self.id.0
        );
        Ok(there.fetch_one(&mut *tx).await?)
    }
}

impl Shelf {
    async fn invite(&self, tx: &mut Tx, id: InviteId) -> Stored<Option<Invite>> {
        let found = sqlx::query_as!(
            InviteRecord,
            "SELECT id, workspace, role, secret, created_at, expires_at, ended FROM invites
            WHERE id = $1 AND workspace = $2 FOR NO KEY UPDATE",
            id.0,
            self.id.0
        );
        let found = found.fetch_optional(&mut **tx).await?;
        found.map(|record| record.invite(&self.home.0.secrets)).transpose()
    }

    async fn find_user(&self, tx: &mut Tx, id: UserId) -> Stored<Option<User>> {
        let found = sqlx::query_as!(
            UserRecord,
            "SELECT id, workspace, role, provider_uid, name, email FROM users WHERE id = $1 AND workspace = $2",
            id.0,
            self.id.0
        );
        found.fetch_optional(&mut **tx).await?.map(UserRecord::user).transpose()
    }

    async fn owners(&self, tx: &mut Tx) -> Stored<usize> {
        let many = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM users WHERE workspace = $1 AND role = 'OWNER'"#,
            self.id.0
        );
        Ok(usize::try_from(many.fetch_one(&mut **tx).await?).unwrap_or(usize::MAX))
    }

    /// Ends active sessions as the platform itself does: a user's, an application's, or all. One whose time had
    /// come before has expired by itself.
    pub(super) async fn end(
        &self,
        tx: &mut Tx,
        now: Timestamp,
        user: Option<UserId>,
        application: Option<ApplicationId>,
    ) -> Stored<()> {
        let ended = sqlx::query!(
            "UPDATE sessions SET nonce = NULL, ciphertext = NULL, attributes = 0,
                state = CASE WHEN expires_at <= $2 THEN 'expired' ELSE 'revoked' END,
                ended_at = CASE WHEN expires_at <= $2 THEN expires_at ELSE $2 END,
                updated_at = CASE WHEN expires_at <= $2 THEN updated_at ELSE $2 END
            WHERE workspace = $1 AND state = 'active' AND ($3::bigint IS NULL OR user_id = $3)
                AND ($4::bigint IS NULL OR application_id = $4)",
            self.id.0,
            micros(now),
            user.map(|id| id.0),
            application.map(|id| id.0)
        );
        ended.execute(&mut **tx).await?;
        Ok(())
    }
}

async fn next_user(tx: &mut Tx) -> Stored<UserId> {
    let id = sqlx::query_scalar!(r#"SELECT nextval('user_ids') AS "id!""#);
    Ok(UserId(id.fetch_one(&mut **tx).await?))
}
