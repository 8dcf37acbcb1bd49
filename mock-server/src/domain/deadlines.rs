//! What ends by itself when its time comes, and the one place where it does.

use jiff::Timestamp;

use super::{
    Directory, InviteStatus, Platform, Refusal, Session, SessionState, Workspace,
    billing::Due,
    ids::{InviteId, SessionId, UserId, WorkspaceId},
    invite::InviteKey,
    listing::{Listing, Window},
};

/// Something that ends at a known time, or that has just ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Deadline {
    /// When.
    pub at: Timestamp,
    /// The session that it belongs to.
    pub session_id: Option<SessionId>,
    /// What ends then.
    pub kind: DeadlineKind,
    /// Whose session it is.
    pub user_id: Option<UserId>,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The invite that it belongs to.
    pub invite_id: Option<InviteId>,
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
    /// An invite that nobody used.
    Invite,
    /// The period that a cancelled plan is paid for: the workspace is locked.
    PaidPeriod,
    /// A locked workspace's grace: its sessions end and their data is destroyed.
    Grace,
}

impl<S: Directory> Platform<S> {
    /// Everything that is going to end, the soonest first.
    pub(crate) async fn deadlines(&self) -> Result<Vec<Deadline>, Refusal> {
        let mut found = Vec::new();
        for workspace in self.store.workspaces().await? {
            workspace.look_at_sessions(|session| found.extend(session.deadlines())).await?;
            found.extend(self.open_invites(&workspace, self.clock.now()).await?);
            let row = workspace.row();
            found.extend(row.billing.next().map(|(due, at)| due.deadline(at, row.id)));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Ends what came due after `before` and until `now`; what ended, in the order of its time.
    pub(crate) async fn fire_due(
        &self,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Deadline>, Refusal> {
        let mut found = Vec::new();
        for workspace in self.store.workspaces().await? {
            // As of before: an invite ends by being late, and leaves no mark.
            let invites = self.open_invites(&workspace, before).await?;
            found.extend(invites.into_iter().filter(|deadline| deadline.at <= now));
            // In the order of their times: what a wipe ended does not end again.
            while let Some((_, at)) = workspace.row().billing.due(now) {
                workspace.each_session(|session| session.fire(at, &mut found)).await?;
                found.extend(self.step(&workspace).await?);
            }
            workspace.each_session(|session| session.fire(now, &mut found)).await?;
        }
        found.sort_unstable();
        Ok(found)
    }

    async fn open_invites(
        &self,
        workspace: &S::Workspace,
        now: Timestamp,
    ) -> Result<Vec<Deadline>, Refusal> {
        let window = Window { page: 0, size: u64::MAX };
        let (q, sort) = (None, InviteKey::ExpiresAt);
        let all = Listing { q, sort, descending: false, window };
        let rows = workspace.invites(&all, now, false).await?;
        let open = rows.items.into_iter().filter(|row| row.status == InviteStatus::Active);
        Ok(open
            .map(|row| Deadline {
                at: row.invite.expires_at,
                session_id: None,
                kind: DeadlineKind::Invite,
                user_id: None,
                workspace_id: row.invite.workspace,
                invite_id: Some(row.invite.id),
            })
            .collect())
    }
}

impl Due {
    pub(super) fn deadline(self, at: Timestamp, workspace_id: WorkspaceId) -> Deadline {
        let kind = match self {
            Self::GraceLock => DeadlineKind::PaidPeriod,
            Self::Wipe => DeadlineKind::Grace,
        };
        let (session_id, user_id, invite_id) = (None, None, None);
        Deadline { at, session_id, kind, user_id, workspace_id, invite_id }
    }
}

impl Session {
    /// What is going to end, of a session that has not ended itself.
    fn deadlines(&self) -> impl Iterator<Item = Deadline> + use<> {
        let active = matches!(self.state, SessionState::Active(_));
        let token = self.token_expires_at.map(|at| (at, DeadlineKind::SessionToken));
        let payload = self.expires_at.map(|at| (at, DeadlineKind::Payload));
        let (session_id, user_id) = (Some(self.id), Some(self.user));
        let (workspace_id, invite_id) = (self.workspace, None);
        let both = [token, payload].into_iter().flatten().filter(move |_| active);
        both.map(move |(at, kind)| Deadline {
            at,
            session_id,
            kind,
            user_id,
            workspace_id,
            invite_id,
        })
    }

    fn fire(&mut self, now: Timestamp, fired: &mut Vec<Deadline>) {
        fired.extend(self.deadlines().filter(|deadline| deadline.at <= now));
        self.token_expires_at.take_if(|at| *at <= now);
        self.expire(now);
    }

    /// Ends an active session whose payload's time has come, as of that time.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        let due = self.expires_at.filter(|at| *at <= now);
        if let (SessionState::Active(_), Some(at)) = (&self.state, due) {
            self.state = SessionState::Expired;
            self.attributes = 0;
            self.ended_at = Some(at);
        }
    }
}
