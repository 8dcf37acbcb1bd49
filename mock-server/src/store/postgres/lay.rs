//! What a world begins with, laid out in tables.

use super::{Hold, Postgres, Shelf, Tx, begin, commit, is_taken, rows, session_rows};
use crate::domain::{
    Application, ApplicationId, Opened, Owner, Session, SessionId, Stored, User, UserId,
    WorkspaceId, WorkspaceRow,
};

impl Postgres {
    pub(super) async fn lay_one<E>(
        &self,
        name: &str,
        number: Option<WorkspaceId>,
        make: impl FnOnce(WorkspaceId) -> Result<WorkspaceRow, E>,
    ) -> Stored<Option<Result<Shelf, E>>> {
        let taken = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM workspaces WHERE name = $1) AS "taken!""#,
            name
        );
        if taken.fetch_one(&self.0.pool).await? {
            return Ok(None);
        }
        let mut tx = begin(&self.0.pool).await?;
        let id = take(&mut tx, Numbers::Workspaces, number.map(|id| id.0)).await?;
        commit(tx).await?;
        let row = match make(WorkspaceId(id)) {
            Ok(row) => row,
            Err(error) => return Ok(Some(Err(error))),
        };
        let mut tx = self.enter(row.id, Hold::Alone).await?;
        match rows::add_workspace(&mut tx, &row, &self.0.master).await {
            Err(error) if is_taken(&error) => return Ok(None),
            added => added?,
        }
        commit(tx).await?;
        Ok(Some(Ok(self.shelf(row))))
    }

    pub(super) async fn lay_application_of(
        &self,
        workspace: &Shelf,
        app_id: &str,
        number: Option<ApplicationId>,
        make: impl FnOnce(ApplicationId) -> Application,
    ) -> Stored<bool> {
        let mut tx = workspace.enter(Hold::Alone).await?;
        let taken = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM applications WHERE app_id = $1) AS "taken!""#,
            app_id
        );
        if taken.fetch_one(&mut *tx).await? {
            return Ok(false);
        }
        let id = take(&mut tx, Numbers::Applications, number.map(|id| id.0)).await?;
        match rows::add_application(&mut tx, &make(ApplicationId(id))).await {
            Err(error) if is_taken(&error) => return Ok(false),
            added => added?,
        }
        commit(tx).await?;
        Ok(true)
    }
}

impl Shelf {
    pub(super) async fn lay_user_of(
        &self,
        uid: &str,
        number: Option<UserId>,
        make: impl FnOnce(UserId) -> User,
    ) -> Stored<User> {
        let mut tx = self.enter(Hold::People).await?;
        if let Some(user) = rows::user_of_account(&mut tx, self.id, uid).await? {
            return Ok(user);
        }
        let user = make(UserId(take(&mut tx, Numbers::Users, number.map(|id| id.0)).await?));
        rows::add_user(&mut tx, &user).await?;
        commit(tx).await?;
        Ok(user)
    }

    pub(super) async fn lay_session_of<E>(
        &self,
        _owner: Owner,
        number: Option<SessionId>,
        make: impl FnOnce(SessionId) -> Result<Session, E>,
    ) -> Stored<Result<Opened, E>> {
        let mut tx = self.enter(Hold::Opening).await?;
        let id = take(&mut tx, Numbers::Sessions, number.map(|id| id.0)).await?;
        let session = match make(SessionId(id)) {
            Ok(session) => session,
            Err(error) => return Ok(Err(error)),
        };
        session_rows::add(&mut tx, &session).await?;
        commit(tx).await?;
        Ok(Ok(Opened { session: session.id, token_revision: session.token_revision }))
    }
}

/// What rows are numbered by.
#[derive(Debug, Clone, Copy)]
enum Numbers {
    Workspaces,
    Applications,
    Users,
    Sessions,
}

impl Numbers {
    fn sequence(self) -> &'static str {
        match self {
            Self::Workspaces => "workspace_ids",
            Self::Applications => "application_ids",
            Self::Users => "user_ids",
            Self::Sessions => "session_ids",
        }
    }
}

/// Nobody takes so many numbers between two questions.
const LEAP: i64 = 10_000;

/// The number that was asked for, or the next one; the others count on behind it.
async fn take(tx: &mut Tx, numbers: Numbers, number: Option<i64>) -> Stored<i64> {
    let sequence = numbers.sequence();
    let Some(number) = number else {
        let next = sqlx::query_scalar!(r#"SELECT nextval($1::text::regclass) AS "id!""#, sequence);
        return Ok(next.fetch_one(&mut **tx).await?);
    };
    let last = sqlx::query_scalar!(
        r#"SELECT coalesce(pg_sequence_last_value($1::text::regclass), 0) AS "last!""#,
        sequence
    );
    let ahead = number - last.fetch_one(&mut **tx).await?;
    // Others take numbers meanwhile, and a sequence must not go back behind theirs: it is stepped to where they
    // could be, and leaps only farther than they could get.
    if (1..=LEAP).contains(&ahead) {
        let step = sqlx::query!(
            r#"SELECT max(nextval($1::text::regclass)) AS "last!" FROM generate_series(1, $2::bigint)"#,
            sequence,
            ahead
        );
        step.fetch_one(&mut **tx).await?;
    } else if ahead > LEAP {
        let leap =
            sqlx::query!(r#"SELECT setval($1::text::regclass, $2) AS "last!""#, sequence, number);
        leap.fetch_one(&mut **tx).await?;
    }
    Ok(number)
}
