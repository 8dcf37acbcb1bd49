//! Which status and text a refusal gets. The platform's own documents disagree about dead tokens, so there
//! are three dialects (contract ruling 2).

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value, json};

use super::{dispatch::Route, error::ApiError};
use crate::domain::{BadSignUp, Directory, Overrun, Refusal, StoreError};

/// How the platform answers a missing or dead session token. Clients must treat all dialects alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// `410` for an invalid, expired, superseded or logged-out token, `401` for a missing one.
    #[default]
    Default,
    /// As the published API description has it: `401` for a missing, expired or invalid token, `410` for a
    /// superseded one and an ended session, with exceptions on `set` and logout.
    Published,
    /// As older deployments answer: `403`, without a body where the token is missing.
    Legacy,
}

/// Called with an identity token; the session token in its path is judged apart (contract §3).
const RENEW: &str = "sessions.renew";

/// The one operation whose errors are `{"error"}` and no more (contract §5).
const BARE: &str = "docs.search";

/// The operation that refuses, and what is published of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker {
    pub(super) operation: &'static str,
    pub(super) published: &'static [u16],
}

impl Speaker {
    pub(super) fn of<S: Directory>(route: &Route<S>) -> Self {
        Self { operation: route.operation, published: route.published }
    }

    fn lists(&self, status: StatusCode) -> bool {
        self.published.contains(&status.as_u16())
    }
}

/// The answer to a refused call.
pub(super) fn refused(refusal: &Refusal, profile: Profile, speaker: &Speaker) -> Response {
    let error = api_error(refusal, profile, speaker);
    if profile == Profile::Legacy && *refusal == Refusal::NoCredential {
        return error.status.into_response();
    }
    (&error).into_response()
}

/// An error as `operation` writes it.
pub(super) fn spoken(error: ApiError, operation: &str) -> ApiError {
    if operation == BARE { error.bare() } else { error }
}

/// The error that a refusal is.
pub(super) fn api_error(refusal: &Refusal, profile: Profile, speaker: &Speaker) -> ApiError {
    let dead = matches!(refusal, Refusal::BadToken | Refusal::TokenExpired { .. });
    if profile == Profile::Legacy && dead && speaker.operation != RENEW {
        return ApiError::new(StatusCode::FORBIDDEN, "Access denied");
    }
    let natural = status(refusal, profile, speaker);
    let status = match profile {
        Profile::Published => as_published(natural, refusal, speaker),
        Profile::Default | Profile::Legacy => natural,
    };
    let error = ApiError::new(status, refusal.to_string());
    let error = match refusal {
        Refusal::GraceLock => error.with_code("BILLING_GRACE_LOCK"),
        Refusal::SessionLimit { .. } => error.with_code("BILLING_SESSION_LIMIT"),
        Refusal::PayloadLimit { .. } => error.with_code("BILLING_PAYLOAD_LIMIT"),
        Refusal::DowngradeBlocked(overrun) => {
            error.with_code("BILLING_DOWNGRADE_BLOCKED").with_details(details(overrun))
        }
        _ => error,
    };
    spoken(error, speaker.operation)
}

fn details(overrun: &Overrun) -> Value {
    json!({
        "targetPlan": overrun.target.wire_name(),
        "activeSessionCount": overrun.usage.sessions,
        "maxConcurrentSessionsAllowed": overrun.limits.sessions,
        "sessionsOverLimit": overrun.sessions(),
        "largestActivePayloadBytes": overrun.usage.largest_payload_bytes,
        "maxPayloadBytesAllowed": overrun.limits.payload_bytes,
        "payloadOverLimit": overrun.payload(),
    })
}

/// In profile `published` a well-formed call gets nothing but what is published. What cannot be said in
/// those words is said in the nearest ones. The grace lock stays itself: its ruling outranks the list.
fn as_published(status: StatusCode, refusal: &Refusal, speaker: &Speaker) -> StatusCode {
    let nearest = match refusal {
        Refusal::GraceLock => return status,
        Refusal::WrongRole { .. } if speaker.lists(StatusCode::UNAUTHORIZED) => {
            StatusCode::UNAUTHORIZED
        }
        Refusal::WrongRole { .. } | Refusal::NoUser | Refusal::BadUserToken => {
            StatusCode::FORBIDDEN
        }
        _ if speaker.lists(StatusCode::FORBIDDEN) => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    };
    let is_said = speaker.published.is_empty() || speaker.lists(status);
    let stays = is_said || status == StatusCode::BAD_REQUEST || status.is_server_error();
    if stays { status } else { nearest }
}

fn status(refusal: &Refusal, profile: Profile, speaker: &Speaker) -> StatusCode {
    let operation = speaker.operation;
    use Refusal as R;
    match refusal {
        R::NoCredential if profile == Profile::Legacy => StatusCode::FORBIDDEN,
        R::NoCredential
        | R::NoIdentity
        | R::BadIdentity
        | R::IdentityExpired { .. }
        | R::WrongPassword(_)
        | R::BadRefresh(_) => StatusCode::UNAUTHORIZED,
        R::BadSignUp(BadSignUp::Taken) => StatusCode::CONFLICT,
        R::BadSignUp(_) => StatusCode::BAD_REQUEST,
        R::BadToken | R::TokenExpired { .. } if profile == Profile::Published => {
            StatusCode::UNAUTHORIZED
        }
        R::BadToken if operation == RENEW => StatusCode::UNAUTHORIZED,
        R::BadToken | R::TokenExpired { .. } => StatusCode::GONE,
        R::TokenSuperseded { .. } => match (profile, operation) {
            (Profile::Published, "sessions.set" | "auth.logout") => StatusCode::UNAUTHORIZED,
            _ => StatusCode::GONE,
        },
        R::SessionRevoked { .. } | R::SessionExpired { .. } => match (profile, operation) {
            (Profile::Published, "sessions.set") => StatusCode::UNAUTHORIZED,
            (Profile::Published, "auth.logout") => StatusCode::NOT_FOUND,
            _ => StatusCode::GONE,
        },
        R::SessionUnknown => match (profile, operation) {
            (Profile::Published, "sessions.set") => StatusCode::UNAUTHORIZED,
            (Profile::Published, "sessions.payload" | "sessions.identity" | "sessions.delete") => {
                StatusCode::GONE
            }
            // There 404 says that the key was never written.
            (_, "sessions.get") => StatusCode::GONE,
            _ => StatusCode::NOT_FOUND,
        },
        R::NoUser | R::BadUserToken if speaker.lists(StatusCode::UNAUTHORIZED) => {
            StatusCode::UNAUTHORIZED
        }
        R::NoUser
        | R::BadUserToken
        | R::WrongRole { .. }
        | R::NotOwner
        | R::GraceLock
        | R::AnonymousRefused
        | R::SelfServiceOff
        | R::NotAMember
        | R::SupportAccount
        | R::BadInvite
        | R::OwnerOnly
        | R::SupportOnly => StatusCode::FORBIDDEN,
        R::WorkspaceUnknown
        | R::ApplicationUnknown
        | R::KeyUnknown
        | R::UserUnknown
        | R::InviteUnknown
        | R::TestSwitchesOff
        | R::NoBilling => StatusCode::NOT_FOUND,
        R::BadPayload(_)
        | R::LastOwner
        | R::RoleNotGiven
        | R::Invalid { .. }
        | R::BadMembershipsFor
        | R::WorkspaceTaken
        | R::SessionEnded
        | R::BillingState(_)
        | R::ForgedIdentity { .. } => StatusCode::BAD_REQUEST,
        R::NeedsCheckout => StatusCode::PAYMENT_REQUIRED,
        R::ApplicationTaken | R::DowngradeBlocked(_) => StatusCode::CONFLICT,
        R::SessionLimit { .. } | R::PayloadLimit { .. } => StatusCode::TOO_MANY_REQUESTS,
        R::PaymentOff => StatusCode::NOT_IMPLEMENTED,
        R::KeyServiceDown
        | R::AuditDown
        | R::Store(StoreError::Unavailable | StoreError::Unsure) => StatusCode::SERVICE_UNAVAILABLE,
        R::CannotOpen | R::Store(StoreError::Refused) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What is said while the store does not even tell the time.
pub(crate) fn no_answer(error: StoreError) -> ApiError {
    let refusal = Refusal::from(error);
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, refusal.to_string()).because(refusal.reason())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn answer(refusal: &Refusal, profile: Profile, operation: &str) -> (u16, String) {
        let published: &[u16] = match operation {
            "sessions.set" => &[200, 401, 403, 429],
            "auth.logout" => &[200, 401, 404],
            _ => &[200, 400, 401, 403, 404, 410],
        };
        let operation = match operation {
            "sessions.set" => "sessions.set",
            "auth.logout" => "auth.logout",
            "sessions.renew" => "sessions.renew",
            _ => "sessions.get",
        };
        let error = api_error(refusal, profile, &Speaker { operation, published });
        (error.status.as_u16(), error.error.into_owned())
    }

    #[test]
    fn the_three_dialects_of_a_dead_token() {
        use Profile::{Default, Legacy, Published};
        use Refusal as R;
        let at = Timestamp::UNIX_EPOCH;
        for (refusal, operation, default, published, legacy) in [
            (R::BadToken, "sessions.get", 410, 401, 403),
            (R::TokenExpired { at }, "sessions.get", 410, 401, 403),
            (R::TokenSuperseded { revision: 2 }, "sessions.get", 410, 410, 410),
            (R::TokenSuperseded { revision: 2 }, "sessions.set", 410, 401, 410),
            (R::TokenSuperseded { revision: 2 }, "auth.logout", 410, 401, 410),
            (R::SessionRevoked { at }, "sessions.get", 410, 410, 410),
            (R::SessionRevoked { at }, "sessions.set", 410, 401, 410),
            (R::SessionExpired { at: None }, "auth.logout", 410, 404, 410),
            (R::SessionUnknown, "sessions.get", 410, 410, 410),
            (R::SessionUnknown, "auth.logout", 404, 404, 404),
            (R::NoCredential, "sessions.get", 401, 401, 403),
            (R::BadIdentity, "sessions.create", 401, 401, 401),
            (R::BadToken, "sessions.renew", 401, 401, 401),
        ] {
            for (profile, status) in [(Default, default), (Published, published), (Legacy, legacy)]
            {
                let got = answer(&refusal, profile, operation).0;
                assert_eq!(got, status, "{refusal:?} {operation} {profile:?}");
            }
        }
    }

    #[test]
    fn texts_are_the_known_ones() {
        let at = Timestamp::UNIX_EPOCH;
        let text = |refusal: Refusal| answer(&refusal, Profile::Default, "sessions.get").1;
        assert_eq!(text(Refusal::BadToken), "Invalid token");
        assert_eq!(text(Refusal::TokenExpired { at }), "Session token expired");
        assert_eq!(text(Refusal::TokenSuperseded { revision: 2 }), "Session token expired");
        assert_eq!(text(Refusal::SessionExpired { at: None }), "Session expired");
        assert_eq!(text(Refusal::SessionRevoked { at }), "Session revoked");
        assert_eq!(text(Refusal::NoCredential), "Missing Authorization header");
        assert_eq!(text(Refusal::BadIdentity), "Invalid Firebase token");
        assert_eq!(
            text(Refusal::GraceLock),
            "Workspace is locked after paid period ended without Free downgrade; end-user session access is blocked \
             until you Downgrade to Free (reduce usage first if over Free limits)"
        );
        assert_eq!(answer(&Refusal::BadToken, Profile::Legacy, "sessions.get").1, "Access denied");
    }
}
