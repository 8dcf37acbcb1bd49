//! Which status and text a refusal gets. The platform's own documents disagree about dead tokens, so there
//! are three dialects (contract ruling 2).

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::error::ApiError;
use crate::domain::Refusal;

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

/// The answer to a refused call of `operation`.
pub(super) fn refused(refusal: &Refusal, profile: Profile, operation: &str) -> Response {
    let error = api_error(refusal, profile, operation);
    if profile == Profile::Legacy && *refusal == Refusal::NoCredential {
        return error.status.into_response();
    }
    (&error).into_response()
}

fn api_error(refusal: &Refusal, profile: Profile, operation: &str) -> ApiError {
    let dead = matches!(refusal, Refusal::BadToken | Refusal::TokenExpired { .. });
    if profile == Profile::Legacy && dead && operation != RENEW {
        return ApiError::new(StatusCode::FORBIDDEN, "Access denied");
    }
    let error = ApiError::new(status(refusal, profile, operation), refusal.to_string());
    match refusal {
        Refusal::GraceLock => error.with_code("BILLING_GRACE_LOCK"),
        _ => error,
    }
}

fn status(refusal: &Refusal, profile: Profile, operation: &str) -> StatusCode {
    use Refusal as R;
    match refusal {
        R::NoCredential if profile == Profile::Legacy => StatusCode::FORBIDDEN,
        R::NoCredential | R::NoIdentity | R::BadIdentity | R::IdentityExpired { .. } => {
            StatusCode::UNAUTHORIZED
        }
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
            _ => StatusCode::NOT_FOUND,
        },
        R::NotOwner | R::GraceLock | R::AnonymousRefused | R::SelfServiceOff => {
            StatusCode::FORBIDDEN
        }
        R::WorkspaceUnknown | R::ApplicationUnknown => StatusCode::NOT_FOUND,
        R::BadPayload(_) => StatusCode::BAD_REQUEST,
        R::KeyServiceDown => StatusCode::SERVICE_UNAVAILABLE,
        R::CannotOpen => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn answer(refusal: &Refusal, profile: Profile, operation: &str) -> (u16, String) {
        let error = api_error(refusal, profile, operation);
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
