//! SESSION and USER tokens: short-lived, signed, opaque to clients.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Opened, Platform, Refusal, User,
    ids::{SessionId, UserId, WorkspaceId},
    lifetime,
};

/// What a SESSION token says. It carries the workspace, so that looking up its session stays inside it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionClaims {
    token_type: SessionTokenType,
    sub: String,
    pub(super) token_revision: i64,
    pub(super) workspace_id: WorkspaceId,
    iat: i64,
    exp: i64,
    /// Makes each token its own text, even when the clock stands still.
    jti: String,
}

/// The only `tokenType` that a session call takes; reading any other fails.
#[derive(Debug, Serialize, Deserialize)]
enum SessionTokenType {
    #[serde(rename = "SESSION")]
    Session,
}

impl SessionClaims {
    pub(super) fn session(&self) -> Result<SessionId, Refusal> {
        self.sub.parse().map(SessionId).map_err(|_| Refusal::BadToken)
    }

    pub(super) fn unexpired(&self, now: Timestamp) -> Result<(), Refusal> {
        if now.as_second() < self.exp {
            return Ok(());
        }
        let at = Timestamp::from_second(self.exp).unwrap_or(Timestamp::MAX);
        Err(Refusal::TokenExpired { at })
    }
}

/// What a USER token says. Its role is for whoever holds it to read: what counts is the user's own.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserClaims {
    token_type: UserTokenType,
    sub: String,
    workspace_id: WorkspaceId,
    role: String,
    uid: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// The only `tokenType` that a management call takes; reading any other fails.
#[derive(Debug, Serialize, Deserialize)]
enum UserTokenType {
    #[serde(rename = "USER")]
    User,
}

/// Who bears a USER token, in which workspace.
#[derive(Debug, Clone, Copy)]
pub(super) struct UserBearer {
    pub(super) user: UserId,
    pub(super) workspace: WorkspaceId,
}

impl<S> Platform<S> {
    /// A fresh token for a session, good for `ttl`, and when that will be over.
    pub(super) fn session_token(
        &self,
        workspace: WorkspaceId,
        opened: Opened,
        ttl: Duration,
    ) -> (String, Timestamp) {
        let now = self.clock.now();
        let exp = lifetime::later(now, ttl).as_second();
        let token = self.keys.tokens().sign(&SessionClaims {
            token_type: SessionTokenType::Session,
            sub: opened.session.to_string(),
            token_revision: opened.token_revision,
            workspace_id: workspace,
            iat: now.as_second(),
            exp,
            jti: self.random.hex::<16>(),
        });
        // A token's times are whole seconds.
        (token, Timestamp::from_second(exp).unwrap_or(Timestamp::MAX))
    }

    /// What a token of ours says, expired or not. Anything else is refused.
    pub(super) fn read_session_token(&self, token: &str) -> Result<SessionClaims, Refusal> {
        self.keys.tokens().verify(token).map_err(|_| Refusal::BadToken)
    }

    /// A USER token for a workspace: that of the user, or for support any.
    pub(crate) fn user_token(&self, user: &User, workspace: WorkspaceId) -> String {
        let now = self.clock.now();
        self.keys.tokens().sign(&UserClaims {
            token_type: UserTokenType::User,
            sub: user.id.to_string(),
            workspace_id: workspace,
            role: user.role.wire_name().to_owned(),
            uid: user.provider_uid.clone(),
            iat: now.as_second(),
            exp: lifetime::later(now, lifetime::DEFAULT_TOKEN_TTL).as_second(),
            jti: self.random.hex::<16>(),
        })
    }

    /// Who bears a USER token of ours that is still good.
    pub(super) fn read_user_token(&self, token: &str) -> Result<UserBearer, Refusal> {
        let claims: Result<UserClaims, _> = self.keys.tokens().verify(token);
        let claims = claims.map_err(|_| Refusal::BadUserToken)?;
        if claims.exp <= self.clock.now().as_second() {
            return Err(Refusal::BadUserToken);
        }
        let user = claims.sub.parse().map(UserId).map_err(|_| Refusal::BadUserToken)?;
        Ok(UserBearer { user, workspace: claims.workspace_id })
    }
}
