//! Why a refusal came about, as data: which check, and the bound it went by.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::{Refusal, WrongPassword};

/// Which check refused a request, and by which bound. It holds no secret and nothing that a client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The check, such as `token.expiry`.
    pub check: &'static str,
    /// What the check went by, where that is a time, a number or a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Bound>,
}

/// What a check went by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bound {
    /// A time of the world's clock.
    Time(Timestamp),
    /// A number: of bytes, of requests, of a revision.
    Count(i64),
    /// A word, such as a media type.
    Word(&'static str),
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Time(time) => serializer.collect_str(time),
            Self::Count(count) => serializer.serialize_i64(*count),
            Self::Word(word) => serializer.serialize_str(word),
        }
    }
}

impl Reason {
    pub(crate) const fn of(check: &'static str) -> Self {
        Self { check, limit: None }
    }

    pub(crate) const fn bounded(check: &'static str, limit: Bound) -> Self {
        Self { check, limit: Some(limit) }
    }
}

impl Refusal {
    /// Which check this refusal comes from.
    pub(crate) fn reason(&self) -> Reason {
        let until = |check, at: Option<Timestamp>| Reason { check, limit: at.map(Bound::Time) };
        let counted = |check, limit: u64| {
            Reason::bounded(check, Bound::Count(i64::try_from(limit).unwrap_or(i64::MAX)))
        };
        match self {
            Self::NoCredential | Self::NoIdentity | Self::NoUser => {
                Reason::of("credential.present")
            }
            Self::BadUserToken => Reason::of("user_token.valid"),
            Self::WrongRole { needs } => Reason::bounded("user.role", Bound::Word(needs)),
            Self::BadIdentity => Reason::of("identity.signature"),
            Self::WrongPassword(WrongPassword::Mismatch) => Reason::of("account.password"),
            Self::WrongPassword(WrongPassword::Locked { until: at }) => {
                until("account.lockout", Some(*at))
            }
            Self::BadSignUp(bad) => bad.reason(),
            Self::BadRefresh(bad) => bad.reason(),
            Self::IdentityExpired { at } => until("identity.expiry", Some(*at)),
            Self::BadToken => Reason::of("token.signature"),
            Self::TokenExpired { at } => until("token.expiry", Some(*at)),
            Self::TokenSuperseded { revision } => {
                Reason::bounded("token.revision", Bound::Count(*revision))
            }
            Self::SessionExpired { at } => until("session.expiry", *at),
            Self::SessionRevoked { at } => until("session.revocation", Some(*at)),
            Self::SessionUnknown => Reason::of("session.exists"),
            Self::NotOwner => Reason::of("session.owner"),
            Self::GraceLock => Reason::of("workspace.grace_lock"),
            Self::AnonymousRefused => Reason::of("workspace.accept_anonymous"),
            Self::SelfServiceOff => Reason::of("workspace.self_service"),
            Self::WorkspaceUnknown => Reason::of("workspace.exists"),
            Self::ApplicationUnknown => Reason::of("application.exists"),
            Self::KeyUnknown => Reason::of("key.written"),
            Self::UserUnknown => Reason::of("user.exists"),
            Self::InviteUnknown => Reason::of("invite.exists"),
            Self::NotAMember => Reason::of("user.membership"),
            Self::SupportAccount => Reason::of("account.kind"),
            Self::BadInvite => Reason::of("invite.open"),
            Self::OwnerOnly | Self::LastOwner => Reason::of("workspace.owner"),
            Self::RoleNotGiven => Reason::of("user.role"),
            Self::Invalid { .. } | Self::BadMembershipsFor => Reason::of("request.shape"),
            Self::WorkspaceTaken => Reason::of("workspace.name"),
            Self::ApplicationTaken => Reason::of("application.app_id"),
            Self::SessionEnded => Reason::of("session.active"),
            Self::SessionLimit { limit, .. } => counted("plan.sessions", *limit),
            Self::PayloadLimit { limit, .. } => counted("plan.payload", *limit),
            Self::DowngradeBlocked(overrun) => {
                Reason::bounded("plan.usage", Bound::Word(overrun.target.wire_name()))
            }
            Self::NeedsCheckout => Reason::of("billing.checkout"),
            Self::SupportOnly => Reason::bounded("user.role", Bound::Word("SUPPORT")),
            Self::PaymentOff => Reason::of("payment.on"),
            Self::TestSwitchesOff => Reason::of("payment.test_switches"),
            Self::NoBilling => Reason::of("billing.exists"),
            Self::BillingState(_) => Reason::of("billing.status"),
            Self::ForgedIdentity { name } => Reason::bounded("identity.forged", Bound::Word(name)),
            Self::AuditDown => Reason::of("audit.writable"),
            Self::BadPayload(_) => Reason::of("payload.shape"),
            Self::KeyServiceDown => Reason::of("key_service.reachable"),
            Self::CannotOpen => Reason::of("payload.integrity"),
            Self::Store(_) => Reason::of("store.reachable"),
        }
    }
}
