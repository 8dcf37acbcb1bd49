//! What a list shows and in which order. The platform falls back silently where a filter makes no
//! sense, so only what it knows can be said here.

use super::names::SessionStatus;

/// A list's filter: which of the setters below it has.
macro_rules! filter {
    ($(#[$doc:meta])* $type:ident by $sort:ident { $($setter:ident)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        #[must_use]
        pub struct $type(Vec<(&'static str, String)>);

        impl $type {
            /// Everything, in the platform's order.
            pub fn new() -> Self {
                Self::default()
            }

            /// Sorted by this, upwards; [`descending`](Self::descending) turns it round.
            pub fn sort_by(self, key: $sort) -> Self {
                self.set("sort", key.as_str()).set("dir", "asc")
            }

            /// The other way round.
            pub fn descending(self) -> Self {
                self.set("dir", "desc")
            }

            /// Only what holds this text in one of the fields that the platform searches.
            pub fn search(self, text: impl Into<String>) -> Self {
                self.set("q", text)
            }

            $(filter!(@ $setter);)*

            pub(super) fn pairs(self) -> Vec<(&'static str, String)> {
                self.0
            }

            fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
                self.0.retain(|(present, _)| *present != name);
                self.0.push((name, value.into()));
                self
            }
        }
    };
    (@ page_size) => {
        /// How many are asked for at a time, 1 to 200; 20 by default.
        pub fn page_size(self, size: u32) -> Self {
            self.set("pageSize", size.clamp(1, 200).to_string())
        }
    };
    (@ include_used) => {
        /// Whether used invites are among them.
        pub fn include_used(self, include: bool) -> Self {
            self.set("includeUsed", include.to_string())
        }
    };
    (@ status) => {
        /// Only those of this status.
        pub fn status(self, status: &SessionStatus) -> Self {
            self.set("status", status.as_str())
        }
    };
    (@ app_id) => {
        /// Only those of this application.
        pub fn app_id(self, app_id: impl Into<String>) -> Self {
            self.set("app_id", app_id)
        }
    };
}

/// The keys that a list can be sorted by.
macro_rules! sort {
    ($(#[$doc:meta])* $type:ident { $($variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            $(#[doc = concat!("By `", $name, "`.")] $variant,)*
        }

        impl $type {
            const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

sort! {
    /// What users are sorted by.
    UserSort {
        Email = "email",
        Name = "name",
        Role = "role",
        Status = "status",
        Id = "id",
    }
}

sort! {
    /// What invites are sorted by.
    InviteSort {
        CreatedAt = "createdAt",
        Role = "role",
        ExpiresAt = "expiresAt",
        Status = "status",
        Id = "id",
    }
}

sort! {
    /// What applications are sorted by.
    ApplicationSort {
        DisplayName = "displayName",
        AppId = "appId",
        Id = "id",
    }
}

sort! {
    /// What sessions are sorted by.
    SessionSort {
        Id = "id",
        User = "user",
        App = "app",
        Created = "created",
        Expires = "expires",
        Status = "status",
        LastActivity = "lastActivity",
        Updated = "updated",
    }
}

filter! {
    /// Which users.
    UserFilter by UserSort { page_size }
}

filter! {
    /// Which invites.
    InviteFilter by InviteSort { page_size include_used }
}

filter! {
    /// Which applications.
    ApplicationFilter by ApplicationSort { page_size }
}

filter! {
    /// Which of one's own sessions.
    OwnSessionFilter by SessionSort { page_size status app_id }
}

filter! {
    /// Which of everybody's sessions; pages have ten.
    SessionFilter by SessionSort { status app_id }
}

filter! {
    /// Which active sessions are exported; pages have a hundred.
    ExportFilter by SessionSort { app_id }
}
