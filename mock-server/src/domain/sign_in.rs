//! How somebody who proved who they are comes to a session token.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Account, Application, Directory, Event, EventKind, Opened, Owner, Payload, PayloadTtl,
    Platform, Refusal, Role, SUPPORT_WORKSPACE, Session, SessionId, SessionState, Trail, User,
    UserId, Workspace, WorkspaceId, WorkspaceRow,
    audit::{Doer, Subject},
    billing::LimitKind,
    key_service, lifetime,
    runtime::PayloadBytes,
    session::Place,
    vault,
};

/// Where a session shall be: a workspace, and one of its applications or none.
#[derive(Debug)]
pub(crate) struct Target<S: Directory> {
    pub(crate) workspace: S::Workspace,
    pub(crate) application: Option<Arc<Application>>,
}

/// A fresh token for an old session.
pub(crate) struct Renewal {
    pub(crate) workspace: WorkspaceId,
    pub(crate) token: String,
    /// As JSON text.
    pub(crate) payload: String,
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
        let workspace = self.open_workspace(workspace).await?;
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

    /// The workspace of this name, unless it is the platform's own, which takes nobody in.
    pub(super) async fn open_workspace(&self, name: &str) -> Result<S::Workspace, Refusal> {
        let found = match name {
            SUPPORT_WORKSPACE => None,
            _ => self.store.workspace_named(name).await?,
        };
        found.ok_or(Refusal::WorkspaceUnknown)
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
        self.settle(&target.workspace).await?;
        let row = target.workspace.row();
        // Before anything is stored; the row may change until the session is.
        row.unlocked()?;
        key_service::reach()?;
        let user = self.visitor(account, &target.workspace).await?;
        let now = self.clock.now();
        let application = target.application.as_deref();
        let ttl = ttl.or(application.and_then(|app| app.payload_ttl));
        let owner = Owner { user: user.id, application: application.map(|app| app.id) };
        let app_id = application.map(|app| app.app_id.clone());
        let new = self.new_session(&row, owner, payload, ttl)?;
        let make = |id, row: &WorkspaceRow, active, trail: &mut Trail| {
            row.unlocked()?;
            let limits = row.billing.limits();
            limits.room_for_session(active)?;
            limits.room_for_payload(&payload.to_json())?;
            let session = new(id)?;
            let subject = Subject {
                uid: Some(user.provider_uid.clone()),
                email: user.email.clone(),
                app_id: app_id.clone(),
            };
            let event = Event::new(EventKind::SessionCreated, now).about(session.audited(subject));
            trail.write(event.by(&user).with(&PayloadBytes::of(&payload.to_json())))?;
            Ok(session)
        };
        let reuse = reuse == Reuse::NewestActive;
        let opened = match target.workspace.open_session(owner, now, reuse, make).await? {
            Some(Ok(opened)) => opened,
            None => return Err(self.gone(&target.workspace, owner).await?),
            Some(Err(refusal)) => {
                let met = match refusal {
                    Refusal::SessionLimit { limit, observed } => {
                        Some((LimitKind::Sessions, limit, observed))
                    }
                    Refusal::PayloadLimit { limit, observed } => {
                        Some((LimitKind::Payload, limit, observed))
                    }
                    _ => None,
                };
                if let Some(met) = met {
                    self.note_limit(&target.workspace, met, app_id).await?;
                }
                return Err(refusal);
            }
        };
        self.issue_token(target, opened).await
    }

    /// Why nobody can have a session though they were found: they were taken away meanwhile.
    async fn gone(&self, workspace: &S::Workspace, owner: Owner) -> Result<Refusal, Refusal> {
        let application = match owner.application {
            None => return Ok(Refusal::NotAMember),
            Some(id) => workspace.application(id).await?,
        };
        Ok(application.map_or(Refusal::ApplicationUnknown, |_| Refusal::NotAMember))
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
                attributes: payload.len(),
                token_revision: 1,
                created_at: now,
                updated_at: now,
                last_activity_at: now,
                expires_at: ttl.and_then(|ttl| ttl.expires_at(now)),
                ended_at: None,
                revoked_by: None,
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
    ) -> Result<Renewal, Refusal> {
        // The identity is what the caller proves; an unverifiable path token is as bad as a bad identity.
        let claims = self.read_session_token(old_token)?;
        let workspace = self.store.workspace(claims.workspace_id).await?;
        let workspace = workspace.ok_or(Refusal::SessionUnknown)?;
        self.settle(&workspace).await?;
        let (row, now, id) = (workspace.row(), self.clock.now(), claims.session()?);
        let key = self.workspace_key(&row)?;
        let user = workspace.user_of_account(&account.uid).await?;
        let of = workspace.with_session(id, |session, _, _| (session.user, session.application));
        let (owner, application) = of.await?.ok_or(Refusal::SessionUnknown)?;
        let user = user.filter(|user| user.id == owner).ok_or(Refusal::NotOwner)?;
        let subject = self.subject_of(&workspace, owner, application).await?;
        let renewed = workspace.with_session(id, |session, row, trail| {
            let place = session.place();
            let payload = vault::open(&key, place, session.active(now)?)?;
            row.unlocked()?;
            let event = Event::new(EventKind::SessionRenewed, now).by(&user);
            trail.write(event.about(session.audited(subject)))?;
            let token_revision = session.supersede_tokens();
            let opened = Opened { session: session.id, token_revision };
            Ok::<_, Refusal>((opened, payload))
        });
        let (opened, payload) = renewed.await?.ok_or(Refusal::SessionUnknown)??;
        let application = match application {
            Some(id) => workspace.application(id).await?,
            None => None,
        };
        let target = Target::<S> { workspace, application };
        let token = self.issue_token(&target, opened).await?;
        Ok(Renewal { workspace: row.id, token, payload })
    }

    /// A fresh token for a session, which takes note of the token's end.
    async fn issue_token(&self, target: &Target<S>, opened: Opened) -> Result<String, Refusal> {
        let workspace = &target.workspace;
        let (token, ends) = self.session_token(workspace.row().id, opened, target.token_ttl());
        let note = |session: &mut Session, _: &WorkspaceRow, _: &mut Trail| {
            session.note_token(opened.token_revision, ends);
        };
        workspace.with_session(opened.session, note).await?;
        Ok(token)
    }

    /// The user that `account` is in a workspace. An anonymous one comes in where the workspace accepts
    /// that, or when an invite gave it another role (contract §3).
    pub(super) async fn visitor(
        &self,
        account: &Account,
        workspace: &S::Workspace,
    ) -> Result<User, Refusal> {
        let row = workspace.row();
        if account.is_anonymous() && !row.accept_anonymous {
            let known = workspace.user_of_account(&account.uid).await?;
            return known
                .filter(|user| user.role != Role::Anonymous)
                .ok_or(Refusal::AnonymousRefused);
        }
        self.user_of(account, workspace).await
    }

    /// The user that `account` is in a workspace, or becomes now.
    pub(super) async fn user_of(
        &self,
        account: &Account,
        workspace: &S::Workspace,
    ) -> Result<User, Refusal> {
        let (id, now) = (workspace.row().id, self.clock.now());
        let make = |user_id, trail: &mut Trail| {
            let user = User::first_visit(user_id, id, account);
            trail.write(user_created(now, account.into(), &user))?;
            Ok(user)
        };
        workspace.user_or_insert(&account.uid, make).await?
    }
}

pub(super) fn user_created(now: Timestamp, by: Doer, user: &User) -> Event {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Made {
        user_id: UserId,
        role: &'static str,
    }
    let made = Made { user_id: user.id, role: user.role.wire_name() };
    Event::new(EventKind::UserCreated, now).by(by).with(&made)
}
