//! Logging out: tokens die, refresh tokens too, browsers are signed out, data stays (contract §2).

use super::{
    Directory, Event, EventKind, Platform, Refusal, Session, SessionCaller, Trail, UserId,
    Workspace, WorkspaceId,
    audit::{Doer, Subject},
};

/// Why a browser's logout is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadLogout {
    /// A missing or forged token.
    Token(Refusal),
    /// A post-logout URI that the session's application did not register.
    Redirect,
}

impl<S: Directory> Platform<S> {
    /// Logs the bearer of a good token out.
    pub(crate) async fn log_out(&self, caller: &SessionCaller<S>) -> Result<(), Refusal> {
        let (subject, doer) = self.subject_and_doer(caller).await?;
        let supersede = self
            .in_session(caller, |session, _, trail| self.end_tokens(session, subject, doer, trail));
        supersede.await?;
        self.end_sign_ins(&caller.workspace, caller.user).await
    }

    /// Logs a browser out that brings its token in the address. An expired, superseded or revoked token
    /// still completes; only the newest one ends the tokens.
    pub(crate) async fn log_browser_out(
        &self,
        token: &str,
        back_to: &str,
    ) -> Result<WorkspaceId, BadLogout> {
        let claims = self.read_session_token(token)?;
        let workspace = self.store.workspace(claims.workspace_id).await.map_err(Refusal::from)?;
        let workspace = workspace.ok_or(Refusal::BadToken)?;
        let id = claims.session()?;
        let owner = workspace.with_session(id, |session, _, _| (session.user, session.application));
        let (user, application_id) =
            owner.await.map_err(Refusal::from)?.ok_or(Refusal::BadToken)?;
        let application = match application_id {
            Some(id) => workspace.application(id).await.map_err(Refusal::from)?,
            None => None,
        };
        if !application.is_some_and(|application| application.allows_post_logout(back_to)) {
            return Err(BadLogout::Redirect);
        }
        let (subject, doer) = self.subject_and_owner(&workspace, user, application_id).await?;
        let supersede = workspace.with_session(id, |session, _, trail| {
            if session.token_revision != claims.token_revision {
                return Ok(());
            }
            self.end_tokens(session, subject, doer, trail)
        });
        supersede.await.map_err(Refusal::from)?.ok_or(Refusal::BadToken)??;
        self.end_sign_ins(&workspace, user).await?;
        Ok(workspace.row().id)
    }

    fn end_tokens(
        &self,
        session: &mut Session,
        subject: Subject,
        actor: Option<Doer>,
        trail: &mut Trail,
    ) -> Result<(), Refusal> {
        let event = Event::new(EventKind::SessionLoggedOut, self.clock.now());
        trail.write(Event { actor, ..event.about(session.audited(subject)) })?;
        session.supersede_tokens();
        Ok(())
    }

    async fn end_sign_ins(&self, workspace: &S::Workspace, user: UserId) -> Result<(), Refusal> {
        if let Some(user) = workspace.user(user).await? {
            self.store.end_sign_ins(&user.provider_uid).await?;
        }
        Ok(())
    }
}

impl From<Refusal> for BadLogout {
    fn from(refusal: Refusal) -> Self {
        Self::Token(refusal)
    }
}
