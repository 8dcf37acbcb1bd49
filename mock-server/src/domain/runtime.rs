//! What a session token's bearer may do: read, write, delete, revoke (contract §3).

use std::fmt;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    Admission, Directory, Event, EventKind, Owner, Payload, Platform, Refusal, Session, Trail,
    User, Workspace, WorkspaceRow,
    audit::{Doer, Subject},
    billing::LimitKind,
    ids::{ApplicationId, SessionId, UserId, WorkspaceId},
    vault,
};

/// The bearer of a session token of ours.
pub(crate) struct SessionCaller<S: Directory> {
    pub(crate) workspace: S::Workspace,
    pub(crate) session: SessionId,
    pub(crate) user: UserId,
    pub(crate) application: Option<ApplicationId>,
    pub(crate) token_revision: i64,
}

impl<S: Directory> Platform<S> {
    /// Who bears `token`, and whether it is still good. An ended session is told before an expired token:
    /// only so does the caller learn what became of the data.
    pub(crate) async fn bearer(
        &self,
        token: &str,
    ) -> Result<(SessionCaller<S>, Result<(), Refusal>), Refusal> {
        let claims = self.read_session_token(token)?;
        let session = claims.session()?;
        let (workspace, admission) = self.admission(claims.workspace_id, session).await?;
        let good = admission
            .alive()
            .and_then(|()| claims.unexpired(self.clock.now()))
            .and_then(|()| admission.admit(claims.token_revision));
        let Admission { user, application, .. } = admission;
        let token_revision = claims.token_revision;
        Ok((SessionCaller { workspace, session, user, application, token_revision }, good))
    }

    /// A workspace and what tokens of a session in it meet, after all that is due has ended.
    async fn admission(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
    ) -> Result<(S::Workspace, Admission), Refusal> {
        let found = self.store.admission(workspace, session).await?;
        let (workspace, admission) = found.ok_or(Refusal::SessionUnknown)?;
        let now = self.clock.now();
        if workspace.row().billing.due(now).is_none() && !admission.is_due(now) {
            return Ok((workspace, admission));
        }
        self.settle(&workspace).await?;
        let settled = workspace.with_session(session, |session, _, _| session.admission(now));
        let settled = settled.await?.ok_or(Refusal::SessionUnknown)?;
        Ok((workspace, settled))
    }

    /// The caller's user row; `None` when it was deleted.
    pub(crate) async fn caller_user(
        &self,
        caller: &SessionCaller<S>,
    ) -> Result<Option<User>, Refusal> {
        Ok(caller.workspace.user(caller.user).await?)
    }

    /// The whole payload as JSON text.
    pub(crate) async fn read_payload(&self, caller: &SessionCaller<S>) -> Result<String, Refusal> {
        let (row, now) = (caller.workspace.row(), self.clock.now());
        let key = self.workspace_key(&row)?;
        if row.unlocked().is_ok() {
            let (id, revision) = (caller.session, caller.token_revision);
            let touched = caller.workspace.touch_session(id, revision, now).await?;
            if let Some(mut session) = touched {
                let place = session.place();
                return vault::open(&key, place, session.active(now)?);
            }
        }
        // Something is in the way, and this says what.
        self.in_session(caller, |session, row, _| {
            row.unlocked()?;
            session.last_activity_at = now;
            let place = session.place();
            vault::open(&key, place, session.active(now)?)
        })
        .await
    }

    /// The value of one key as JSON text; `None` when it was never written.
    pub(crate) async fn read_key(
        &self,
        caller: &SessionCaller<S>,
        key: &str,
    ) -> Result<Option<Box<RawValue>>, Refusal> {
        let payload = self.read_payload(caller).await?;
        let payload: Payload = serde_json::from_str(&payload).map_err(|_| Refusal::CannotOpen)?;
        Ok(payload.value(key).map(ToOwned::to_owned))
    }

    /// Writes one key; the answer is the whole updated payload as JSON text.
    pub(crate) async fn write_key(
        &self,
        caller: &SessionCaller<S>,
        key: String,
        value: Box<RawValue>,
    ) -> Result<String, Refusal> {
        let set = |payload: &mut Payload| {
            payload.set(key, value);
            true
        };
        let written = self.change(caller, EventKind::SessionKeyWritten, set).await;
        if let Err(Refusal::PayloadLimit { limit, observed }) = written {
            let app_id = self.subject(caller).await?.app_id;
            let met = (LimitKind::Payload, limit, observed);
            self.note_limit(&caller.workspace, met, app_id).await?;
        }
        Ok(written?.1)
    }

    /// Deletes one key; whether it was there.
    pub(crate) async fn delete_key(
        &self,
        caller: &SessionCaller<S>,
        key: &str,
    ) -> Result<bool, Refusal> {
        let remove = |payload: &mut Payload| payload.remove(key);
        Ok(self.change(caller, EventKind::SessionKeyDeleted, remove).await?.0)
    }

    /// Ends the session and destroys its data. Open even under the grace lock.
    pub(crate) async fn revoke(&self, caller: &SessionCaller<S>) -> Result<(), Refusal> {
        let (subject, doer) = self.subject_and_doer(caller).await?;
        let now = self.clock.now();
        self.in_session(caller, |session, _, trail| {
            let event = Event::new(EventKind::SessionRevoked, now);
            trail.write(by(event, doer.as_ref()).about(session.audited(subject)))?;
            session.revoke(now, doer)
        })
        .await
    }

    /// The payload of a user's newest active session in an application, as JSON text. It counts as no
    /// activity.
    pub(crate) async fn peek(
        &self,
        workspace: &S::Workspace,
        user: UserId,
        application: ApplicationId,
    ) -> Result<Option<String>, Refusal> {
        let (key, now) = (self.workspace_key(&workspace.row())?, self.clock.now());
        for id in workspace.sessions_of(user).await?.into_iter().rev() {
            let seen = workspace.with_session(id, |session, _, _| {
                let here = session.application == Some(application);
                let place = session.place();
                let sealed = session.active(now).ok().filter(|_| here)?;
                Some(vault::open(&key, place, sealed))
            });
            if let Some(payload) = seen.await?.flatten() {
                return payload.map(Some);
            }
        }
        Ok(None)
    }

    /// Changes the payload; an event is noted when `change` did something.
    async fn change(
        &self,
        caller: &SessionCaller<S>,
        kind: EventKind,
        change: impl FnOnce(&mut Payload) -> bool + Send,
    ) -> Result<(bool, String), Refusal> {
        let (subject, doer) = self.subject_and_doer(caller).await?;
        let (key, now) = (self.workspace_key(&caller.workspace.row())?, self.clock.now());
        self.in_session(caller, |session, row, trail| {
            row.unlocked()?;
            let place = session.place();
            let mut payload = vault::open_payload(&key, place, session.active(now)?)?;
            let changed = change(&mut payload);
            let (attributes, payload) = (payload.len(), payload.to_json());
            session.last_activity_at = now;
            if !changed {
                return Ok((false, payload));
            }
            if kind == EventKind::SessionKeyWritten {
                row.billing.limits().room_for_payload(&payload)?;
            }
            let sealed = self.seal(&key, place, &payload)?;
            let event = Event::new(kind, now).about(session.audited(subject));
            trail.write(by(event, doer.as_ref()).with(&PayloadBytes::of(&payload)))?;
            *session.active(now)? = sealed;
            session.attributes = attributes;
            session.updated_at = now;
            Ok((true, payload))
        })
        .await
    }

    /// Runs `act` on the caller's session, which must still take the caller's token: another call may have
    /// ended it since the caller came in.
    pub(super) async fn in_session<R: Send>(
        &self,
        caller: &SessionCaller<S>,
        act: impl FnOnce(&mut Session, &WorkspaceRow, &mut Trail) -> Result<R, Refusal> + Send,
    ) -> Result<R, Refusal> {
        let now = self.clock.now();
        let found = caller.workspace.with_session(caller.session, |session, row, trail| {
            session.admit(caller.token_revision, now)?;
            act(session, row, trail)
        });
        found.await?.ok_or(Refusal::SessionUnknown)?
    }

    /// Whose session the caller's is, as audit events name it.
    pub(super) async fn subject(&self, caller: &SessionCaller<S>) -> Result<Subject, Refusal> {
        self.subject_of(&caller.workspace, caller.user, caller.application).await
    }

    /// The same, and the caller as the one who does something.
    pub(super) async fn subject_and_doer(
        &self,
        caller: &SessionCaller<S>,
    ) -> Result<(Subject, Option<Doer>), Refusal> {
        self.subject_and_owner(&caller.workspace, caller.user, caller.application).await
    }

    pub(super) async fn subject_of(
        &self,
        workspace: &S::Workspace,
        user: UserId,
        application: Option<ApplicationId>,
    ) -> Result<Subject, Refusal> {
        Ok(self.subject_and_owner(workspace, user, application).await?.0)
    }

    /// Whose session it is, as audit events name that, and as they name the one who does something.
    pub(super) async fn subject_and_owner(
        &self,
        workspace: &S::Workspace,
        user: UserId,
        application: Option<ApplicationId>,
    ) -> Result<(Subject, Option<Doer>), Refusal> {
        let (user, application) = workspace.owner(Owner { user, application }).await?;
        let doer = user.as_ref().map(Doer::from);
        let app_id = application.map(|application| application.app_id.clone());
        let (uid, email) = user.map(|user| (user.provider_uid, user.email)).unzip();
        Ok((Subject { uid, email: email.flatten(), app_id }, doer))
    }

    /// Whose a session is, and how audit events name that.
    pub(super) async fn subject_of_session(
        &self,
        workspace: &S::Workspace,
        id: SessionId,
    ) -> Result<(UserId, Subject), Refusal> {
        let of = workspace.with_session(id, |session, _, _| (session.user, session.application));
        let (user, application) = of.await?.ok_or(Refusal::SessionUnknown)?;
        Ok((user, self.subject_of(workspace, user, application).await?))
    }
}

fn by(event: Event, doer: Option<&Doer>) -> Event {
    Event { actor: doer.cloned(), ..event }
}

/// What an audit event says of a written payload.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PayloadBytes {
    payload_bytes: usize,
}

impl PayloadBytes {
    pub(super) fn of(json: &str) -> Self {
        Self { payload_bytes: json.len() }
    }
}

impl<S: Directory> fmt::Debug for SessionCaller<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionCaller(session {}, revision {})", self.session, self.token_revision)
    }
}
