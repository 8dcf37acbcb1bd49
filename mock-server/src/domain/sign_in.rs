//! How somebody who proved who they are comes to a session token.

use std::{sync::Arc, time::Duration};

use super::{
    Account, Application, Directory, Opened, Owner, Payload, PayloadTtl, Platform, Refusal, Role,
    Session, SessionId, SessionState, User, Workspace, WorkspaceRow, key_service, lifetime,
    session::Place, vault,
};

/// Where a session shall be: a workspace, and one of its applications or none.
#[derive(Debug)]
pub(crate) struct Target<S: Directory> {
    pub(crate) workspace: S::Workspace,
    pub(crate) application: Option<Arc<Application>>,
}

/// Whether an active session may be continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reuse {
    Never,
    NewestActive,
}

impl<S: Directory> Target<S> {
    fn token_ttl(&self) -> Duration {
        self.application.as_ref().map_or(lifetime::DEFAULT_TOKEN_TTL, |app| app.token_ttl())
    }
}

impl<S: Directory> Platform<S> {
    /// Finds a workspace and, when one is named, its application. Another workspace's application answers
    /// exactly as one that does not exist.
    pub(crate) async fn target(
        &self,
        workspace: &str,
        app_id: Option<&str>,
    ) -> Result<Target<S>, Refusal> {
        let workspace = self.store.workspace_named(workspace).await?;
        let workspace = workspace.ok_or(Refusal::WorkspaceUnknown)?;
        let application = match app_id {
            None => None,
            Some(app_id) => {
                let application = self.store.application(app_id).await?;
                let here = application.filter(|found| found.workspace == workspace.row().id);
                Some(here.ok_or(Refusal::ApplicationUnknown)?)
            }
        };
        Ok(Target { workspace, application })
    }

    /// Opens a session and makes the user's row when there is none yet. `payload` and `ttl` count only
    /// when the session is created; `ttl` then wins over the application's.
    pub(crate) async fn open_session(
        &self,
        account: &Account,
        target: &Target<S>,
        payload: &Payload,
        ttl: Option<PayloadTtl>,
        reuse: Reuse,
    ) -> Result<String, Refusal> {
        let row = target.workspace.row();
        row.unlocked()?;
        // Before anything is stored.
        key_service::reach()?;
        let user = self.visitor(account, &target.workspace).await?;
        let now = self.clock.now();
        let application = target.application.as_deref();
        let ttl = ttl.or(application.and_then(|app| app.payload_ttl));
        let owner = Owner { user: user.id, application: application.map(|app| app.id) };
        let make = self.new_session(&row, owner, payload, ttl)?;
        let reuse_at = (reuse == Reuse::NewestActive).then_some(now);
        let opened = target.workspace.open_session(owner, reuse_at, make).await??;
        self.issue_token(target, opened).await
    }

    /// What makes the row of a new session, once its number is known.
    pub(crate) fn new_session<'a>(
        &'a self,
        row: &'a WorkspaceRow,
        owner: Owner,
        payload: &'a Payload,
        ttl: Option<PayloadTtl>,
    ) -> Result<impl FnOnce(SessionId) -> Result<Session, Refusal> + Send + use<'a, S>, Refusal>
    {
        let (key, now) = (self.workspace_key(row)?, self.clock.now());
        Ok(move |id| {
            let Owner { user, application } = owner;
            let place = Place { workspace: row.id, user, application, session: id };
            let sealed = self.seal(&key, place, &payload.to_json())?;
            Ok(Session {
                id,
                workspace: row.id,
                user,
                application,
                state: SessionState::Active(sealed),
                token_revision: 1,
                created_at: now,
                updated_at: now,
                last_activity_at: now,
                expires_at: ttl.and_then(|ttl| ttl.expires_at(now)),
                ended_at: None,
                token_expires_at: None,
            })
        })
    }

    /// A fresh token for the session of an old one, which may be expired, superseded or logged out, and the
    /// payload. Neither the data nor its lifetime changes (contract ruling 4).
    pub(crate) async fn renew(
        &self,
        account: &Account,
        old_token: &str,
    ) -> Result<(String, String), Refusal> {
        // The identity is what the caller proves; an unverifiable path token is as bad as a bad identity.
        let claims = self.read_session_token(old_token)?;
        let workspace = self.store.workspace(claims.workspace_id).await?;
        let workspace = workspace.ok_or(Refusal::SessionUnknown)?;
        let (row, now) = (workspace.row(), self.clock.now());
        let user = workspace.user_of_account(&account.uid).await?.map(|user| user.id);
        let key = self.workspace_key(&row)?;
        let renewed = workspace.with_session(claims.session()?, |session| {
            if user != Some(session.user) {
                return Err(Refusal::NotOwner);
            }
            let place = session.place();
            let payload = vault::open(&key, place, session.active(now)?)?;
            row.unlocked()?;
            let token_revision = session.supersede_tokens();
            let opened = Opened { session: session.id, token_revision };
            Ok((opened, session.application, payload))
        });
        let (opened, application, payload) = renewed.await?.ok_or(Refusal::SessionUnknown)??;
        let application = match application {
            Some(id) => workspace.application(id).await?,
            None => None,
        };
        let target = Target::<S> { workspace, application };
        Ok((self.issue_token(&target, opened).await?, payload))
    }

    /// A fresh token for a session, which takes note of the token's end.
    async fn issue_token(&self, target: &Target<S>, opened: Opened) -> Result<String, Refusal> {
        let workspace = &target.workspace;
        let (token, ends) = self.session_token(workspace.row().id, opened, target.token_ttl());
        let note = |session: &mut Session| session.note_token(opened.token_revision, ends);
        workspace.with_session(opened.session, note).await?;
        Ok(token)
    }

    /// The user that `account` is in a workspace. An anonymous one comes in where the workspace accepts
    /// that, or when an invite gave it another role (contract §3).
    async fn visitor(&self, account: &Account, workspace: &S::Workspace) -> Result<User, Refusal> {
        let row = workspace.row();
        if account.is_anonymous() && !row.accept_anonymous {
            let known = workspace.user_of_account(&account.uid).await?;
            return known
                .filter(|user| user.role != Role::Anonymous)
                .ok_or(Refusal::AnonymousRefused);
        }
        let make = |id| User::first_visit(id, row.id, account);
        Ok(workspace.user_or_insert(&account.uid, make).await?)
    }
}
