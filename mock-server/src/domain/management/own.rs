//! Users and their own sessions (self-service).

use super::UserCaller;
use crate::domain::{
    Directory, Event, EventKind, Page, Platform, Refusal, SessionId, SessionListing, SessionRow,
    SessionState, Workspace, audit::Doer, vault,
};

/// A session of the caller's, with its payload as JSON text if it is active.
pub(crate) struct OwnSession {
    pub(crate) row: SessionRow,
    pub(crate) payload: Option<String>,
}

impl<S: Directory> Platform<S> {
    /// The caller's own sessions. The grace lock closes it: it reads payloads (contract ruling 7).
    pub(crate) async fn own_sessions(
        &self,
        caller: &UserCaller<S>,
        listing: SessionListing,
    ) -> Result<Page<OwnSession>, Refusal> {
        caller.self_service()?;
        let (row, now) = (caller.workspace.row(), self.clock.now());
        row.unlocked()?;
        let key = self.workspace_key(&row)?;
        let own = SessionListing { user: Some(caller.user.id), ..listing };
        let read = caller.workspace.read_sessions(&own, now, |page, _| page);
        let mut failed = None;
        let page = read.await?.map(|row| {
            let payload = match &row.session.state {
                SessionState::Active(sealed) => {
                    let opened = vault::open(&key, row.session.place(), sealed);
                    opened.map_err(|refusal| failed = Some(refusal)).ok()
                }
                SessionState::Expired | SessionState::Revoked => None,
            };
            OwnSession { row, payload }
        });
        failed.map_or(Ok(page), Err)
    }

    /// Ends a session of the caller's; whether it had not ended before.
    pub(crate) async fn revoke_own(
        &self,
        caller: &UserCaller<S>,
        id: SessionId,
    ) -> Result<bool, Refusal> {
        caller.self_service()?;
        let workspace = &caller.workspace;
        let whose = workspace.with_session(id, |session, _, _| session.user).await?;
        if whose != Some(caller.user.id) {
            return Err(Refusal::SessionUnknown);
        }
        self.end_session(workspace, id, Some((&caller.user).into())).await
    }

    /// Ends a session of a workspace; whether it had not ended before.
    pub(crate) async fn end_session(
        &self,
        workspace: &S::Workspace,
        id: SessionId,
        actor: Option<Doer>,
    ) -> Result<bool, Refusal> {
        let now = self.clock.now();
        let (_, subject) = self.subject_of_session(workspace, id).await?;
        let event = Event { actor: actor.clone(), ..Event::new(EventKind::SessionRevoked, now) };
        let end = workspace.with_session(id, |session, _, trail| {
            if session.active(now).is_err() {
                return Ok(false);
            }
            trail.write(event.about(session.audited(subject)))?;
            session.revoke(now, actor)?;
            Ok(true)
        });
        end.await?.ok_or(Refusal::SessionUnknown)?
    }
}
