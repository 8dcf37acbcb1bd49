//! What a session token's bearer may do: read, write, delete, revoke (contract §3).

use std::fmt;

use serde_json::value::RawValue;

use super::{
    Directory, Payload, Platform, Refusal, Session, User, Workspace,
    ids::{ApplicationId, SessionId, UserId},
    vault,
};

/// The bearer of a session token that was good when the call came in.
pub(crate) struct SessionCaller<S: Directory> {
    pub(crate) workspace: S::Workspace,
    pub(crate) session: SessionId,
    pub(crate) user: UserId,
    pub(crate) application: Option<ApplicationId>,
    pub(crate) token_revision: i64,
}

impl<S: Directory> Platform<S> {
    /// Who bears `token`. An ended session is told before an expired token: only so does the caller learn
    /// what became of the data.
    pub(crate) async fn authenticate(&self, token: &str) -> Result<SessionCaller<S>, Refusal> {
        let claims = self.read_session_token(token)?;
        let workspace = self.store.workspace(claims.workspace_id).await?;
        let workspace = workspace.ok_or(Refusal::SessionUnknown)?;
        let (session, now) = (claims.session()?, self.clock.now());
        let admitted = workspace.with_session(session, |session| {
            session.active(now)?;
            claims.unexpired(now)?;
            session.admit(claims.token_revision, now)?;
            Ok::<_, Refusal>((session.user, session.application))
        });
        let (user, application) = admitted.await?.ok_or(Refusal::SessionUnknown)??;
        let token_revision = claims.token_revision;
        Ok(SessionCaller { workspace, session, user, application, token_revision })
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
        let row = caller.workspace.row();
        row.unlocked()?;
        let (key, now) = (self.workspace_key(&row)?, self.clock.now());
        self.in_session(caller, |session| {
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
        let ((), payload) = self.change(caller, |payload| payload.set(key, value)).await?;
        Ok(payload)
    }

    /// Deletes one key; whether it was there.
    pub(crate) async fn delete_key(
        &self,
        caller: &SessionCaller<S>,
        key: &str,
    ) -> Result<bool, Refusal> {
        let (existed, _) = self.change(caller, |payload| payload.remove(key)).await?;
        Ok(existed)
    }

    /// Ends the session and destroys its data. Open even under the grace lock.
    pub(crate) async fn revoke(&self, caller: &SessionCaller<S>) -> Result<(), Refusal> {
        let now = self.clock.now();
        self.in_session(caller, |session| session.revoke(now)).await
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
            let seen = workspace.with_session(id, |session| {
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

    async fn change<R: Send>(
        &self,
        caller: &SessionCaller<S>,
        change: impl FnOnce(&mut Payload) -> R + Send,
    ) -> Result<(R, String), Refusal> {
        let row = caller.workspace.row();
        row.unlocked()?;
        let (key, now) = (self.workspace_key(&row)?, self.clock.now());
        self.in_session(caller, |session| {
            let place = session.place();
            let sealed = session.active(now)?;
            let mut payload = vault::open_payload(&key, place, sealed)?;
            let result = change(&mut payload);
            let payload = payload.to_json();
            *sealed = self.seal(&key, place, &payload)?;
            session.last_activity_at = now;
            session.updated_at = now;
            Ok((result, payload))
        })
        .await
    }

    /// Runs `act` on the caller's session, which must still take the caller's token: another call may have
    /// ended it since the caller came in.
    pub(super) async fn in_session<R: Send>(
        &self,
        caller: &SessionCaller<S>,
        act: impl FnOnce(&mut Session) -> Result<R, Refusal> + Send,
    ) -> Result<R, Refusal> {
        let now = self.clock.now();
        let found = caller.workspace.with_session(caller.session, |session| {
            session.admit(caller.token_revision, now)?;
            act(session)
        });
        found.await?.ok_or(Refusal::SessionUnknown)?
    }
}

impl<S: Directory> fmt::Debug for SessionCaller<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionCaller(session {}, revision {})", self.session, self.token_revision)
    }
}
