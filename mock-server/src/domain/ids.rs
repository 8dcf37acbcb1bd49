//! Row numbers: int64 on the wire, each kind its own type so that they cannot be mixed up.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

id! {
    /// The number of a workspace.
    WorkspaceId,
    /// The row number of an application; clients address it by its `app_id` text instead.
    ApplicationId,
    /// The number of a user: one person in one workspace. What `GET /sessions/identity` calls `userId`.
    UserId,
    /// The number of a session.
    SessionId,
    /// The number of an invite.
    InviteId,
    /// The number of an audit event.
    AuditId,
}
