//! What ends by itself when its time comes, and the one place where it does.

use jiff::Timestamp;

use super::{
    Directory, Platform, Refusal, Session, SessionState, Workspace,
    ids::{SessionId, UserId, WorkspaceId},
};

/// Something that ends at a known time, or that has just ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Deadline {
    /// When.
    pub at: Timestamp,
    /// The session that it belongs to.
    pub session_id: SessionId,
    /// What ends then.
    pub kind: DeadlineKind,
    /// Whose session it is.
    pub user_id: UserId,
    /// The session's workspace.
    pub workspace_id: WorkspaceId,
}

/// What ends at a [`Deadline`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeadlineKind {
    /// The newest session token; the data stays. Known for tokens that the platform issued and that no
    /// renewal or logout has superseded.
    SessionToken,
    /// The payload's TTL: the session ends and its data is destroyed.
    Payload,
}

impl<S: Directory> Platform<S> {
    /// Everything that is going to end, the soonest first.
    pub(crate) async fn deadlines(&self) -> Result<Vec<Deadline>, Refusal> {
        self.collect(|session, found| found.extend(session.deadlines())).await
    }

    /// Ends what is due at `now`; what ended, in the order of its time.
    pub(crate) async fn fire_due(&self, now: Timestamp) -> Result<Vec<Deadline>, Refusal> {
        self.collect(move |session, found| session.fire(now, found)).await
    }

    async fn collect(
        &self,
        look: impl Fn(&mut Session, &mut Vec<Deadline>) + Send + Sync,
    ) -> Result<Vec<Deadline>, Refusal> {
        let mut found = Vec::new();
        for workspace in self.store.workspaces().await? {
            workspace.each_session(|session| look(session, &mut found)).await?;
        }
        found.sort_unstable();
        Ok(found)
    }
}

impl Session {
    /// What is going to end, of a session that has not ended itself.
    fn deadlines(&self) -> impl Iterator<Item = Deadline> + use<> {
        let active = matches!(self.state, SessionState::Active(_));
        let token = self.token_expires_at.map(|at| (at, DeadlineKind::SessionToken));
        let payload = self.expires_at.map(|at| (at, DeadlineKind::Payload));
        let (session_id, user_id, workspace_id) = (self.id, self.user, self.workspace);
        let both = [token, payload].into_iter().flatten().filter(move |_| active);
        both.map(move |(at, kind)| Deadline { at, session_id, kind, user_id, workspace_id })
    }

    fn fire(&mut self, now: Timestamp, fired: &mut Vec<Deadline>) {
        fired.extend(self.deadlines().filter(|deadline| deadline.at <= now));
        self.token_expires_at.take_if(|at| *at <= now);
        self.expire(now);
    }

    /// Ends an active session whose payload's time has come, as of that time.
    pub(super) fn expire(&mut self, now: Timestamp) {
        let due = self.expires_at.filter(|at| *at <= now);
        if let (SessionState::Active(_), Some(at)) = (&self.state, due) {
            self.state = SessionState::Expired;
            self.ended_at = Some(at);
        }
    }
}
