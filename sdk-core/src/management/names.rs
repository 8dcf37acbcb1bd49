//! Names that the platform uses, each with room for one it will use later.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A closed list of names, and `Other` for what is not on it.
macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
            /// A name that this version does not know, as it came.
            Other(String),
        }

        impl $type {
            /// The name as the platform writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(name) => name,
                }
            }
        }

        impl From<&str> for $type {
            fn from(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|name| Self::from(name.as_str()))
            }
        }
    };
}

names! {
    /// What somebody may do in a workspace.
    Role {
        Owner = "OWNER",
        Admin = "ADMIN",
        User = "USER",
        Anonymous = "ANONIMOUS",
        Support = "SUPPORT",
    }
}

names! {
    /// What somebody who redeems an invite becomes.
    InviteRole {
        Admin = "admin",
        User = "user",
    }
}

names! {
    /// What became of an invite.
    InviteStatus {
        Active = "active",
        Used = "used",
        Expired = "expired",
        Revoked = "revoked",
    }
}

names! {
    /// What became of a session.
    SessionStatus {
        Active = "active",
        Expired = "expired",
        Revoked = "revoked",
    }
}

names! {
    /// Whether a user may come in.
    UserStatus {
        Active = "active",
    }
}

names! {
    /// Who vouches for a user.
    AuthProvider {
        Firebase = "FIREBASE",
    }
}

names! {
    /// A plan of a workspace.
    Plan {
        Free = "free",
        Base = "base",
        Pro = "pro",
    }
}

names! {
    /// Where a workspace is on the way of its payments.
    BillingStatus {
        Beta = "beta",
        Active = "active",
        Trialing = "trialing",
        PastDue = "past_due",
        Canceling = "canceling",
        GraceLock = "grace_lock",
        Canceled = "canceled",
    }
}

names! {
    /// What was done, in the audit trail.
    AuditEventType {
        SessionCreated = "SESSION_CREATED",
        SessionKeyWritten = "SESSION_KEY_WRITTEN",
        UserCreated = "USER_CREATED",
        UserLogin = "USER_LOGIN",
        BillingPlanChanged = "BILLING_PLAN_CHANGED",
        BillingOverrideUpdated = "BILLING_OVERRIDE_UPDATED",
        BillingSessionLimitExceeded = "BILLING_SESSION_LIMIT_EXCEEDED",
        BillingPayloadLimitExceeded = "BILLING_PAYLOAD_LIMIT_EXCEEDED",
        BillingCancelRequested = "BILLING_CANCEL_REQUESTED",
        BillingResumeRequested = "BILLING_RESUME_REQUESTED",
        BillingGraceLockEntered = "BILLING_GRACE_LOCK_ENTERED",
        BillingGraceWipe = "BILLING_GRACE_WIPE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_through_and_unknown_ones_survive() {
        for name in ["\"ANONIMOUS\"", "\"SOMETHING_NEW\""] {
            let role: Role = serde_json::from_str(name).unwrap();
            assert_eq!(serde_json::to_string(&role).unwrap(), name);
        }
        assert_eq!(Role::from("ANONIMOUS"), Role::Anonymous);
        assert_eq!(Role::from("admin"), Role::Other("admin".into()));
    }
}
