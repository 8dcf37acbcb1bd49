//! Sessions as operators see them, and as users see their own.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::value::RawValue;

use super::{
    ExportFilter, Listing, Management, OwnSessionFilter, SessionFilter, Ttl, endpoints,
    names::SessionStatus,
};
use crate::{
    client::Payload,
    error::Error,
    protocol::{call::Call, wire::json},
};

/// A session, as the user whose it is sees it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnSession {
    /// The session's id.
    pub id: i64,
    /// The workspace it is in.
    pub workspace_id: i64,
    /// The identity provider's own id of the user.
    pub provider_uid: String,
    /// The user's e-mail address, where there is one.
    pub user_email: Option<String>,
    /// The application it is for.
    pub app_id: Option<String>,
    /// What became of it.
    pub status: SessionStatus,
    /// How carefully it is kept.
    pub security_level: Option<String>,
    /// How often its token was replaced.
    pub token_revision: Option<i64>,
    /// When it began (ISO 8601, as all times here).
    pub created_at: Option<String>,
    /// When its data was last changed.
    pub updated_at: Option<String>,
    /// When it was last used.
    pub last_activity_at: Option<String>,
    /// When its data ends.
    pub expires_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// Who ended it.
    pub revoked_by: Option<String>,
    /// The name of whoever ended it.
    pub revoked_by_display_name: Option<String>,
    /// How many bytes its data takes.
    pub current_data_size_bytes: Option<u64>,
    /// How many bytes it may take.
    pub max_data_size_bytes: Option<u64>,
    /// Its data; empty for a session that has ended.
    #[serde(deserialize_with = "properties")]
    pub payload: Payload,
}

/// A session, as operators see it: nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    /// The session's id.
    pub id: i64,
    /// The user, as the platform names them.
    pub user_identifier: Option<String>,
    /// The user's e-mail address, where there is one.
    pub user_email: Option<String>,
    /// Who ended it.
    pub revoked_by: Option<String>,
    /// The application it is for.
    pub app_id: Option<String>,
    /// When it began (ISO 8601, as all times here).
    pub created_at: Option<String>,
    /// When its data ends.
    pub expires_at: Option<String>,
    /// What became of it.
    pub status: Option<SessionStatus>,
    /// How many bytes its data takes.
    pub current_data_size_bytes: Option<u64>,
    /// How many bytes it may take.
    pub max_data_size_bytes: Option<u64>,
    /// When it was last used.
    pub last_activity_at: Option<String>,
    /// When its data was last changed.
    pub updated_at: Option<String>,
    /// How many keys it has.
    pub attribute_count: u64,
}

/// A session with its data.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SessionDetail {
    /// The session.
    #[serde(flatten)]
    pub row: SessionRow,
    /// Its data.
    #[serde(deserialize_with = "payload")]
    pub payload: Payload,
}

/// A session of an export.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedSession {
    /// The application it is for.
    pub app_id: Option<String>,
    /// The user's e-mail address, where there is one.
    pub user_email: Option<String>,
    /// Its data.
    #[serde(deserialize_with = "payload")]
    pub payload: Payload,
}

/// How many sessions were active at once on a day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DayCount {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// How many.
    pub count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewTtl {
    ttl_seconds: u64,
}

impl Management {
    /// The caller's own sessions, with their data. For every user, where self-service is on.
    pub fn own_sessions(&self, filter: OwnSessionFilter) -> Listing<OwnSession> {
        Listing::new(self, &endpoints::OWN_SESSIONS, filter.pairs())
    }

    /// Ends one of the caller's own sessions, **and destroys its data**.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 when it is not theirs.
    pub async fn revoke_own_session(&self, id: i64) -> Result<(), Error> {
        self.done(Call::to(&endpoints::OWN_SESSION_REVOKE).at(id)).await
    }

    /// Everybody's sessions, without their data. For admins and owners.
    pub fn sessions(&self, filter: SessionFilter) -> Listing<SessionRow> {
        Listing::new(self, &endpoints::SESSIONS, filter.pairs())
    }

    /// One session with its data: the platform notes that it was read. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 when there is none.
    pub async fn session(&self, id: i64) -> Result<SessionDetail, Error> {
        self.read(Call::to(&endpoints::SESSION).at(id)).await
    }

    /// Ends somebody's session, **and destroys its data**. For admins and owners.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] when no answer came.
    pub async fn revoke_session(&self, id: i64) -> Result<(), Error> {
        self.done(Call::to(&endpoints::SESSION_REVOKE).at(id)).await
    }

    /// Sets how long a session's data lives from now. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] for a session that has ended, and for a time that the platform does not take.
    pub async fn set_session_ttl(&self, id: i64, ttl: Ttl) -> Result<(), Error> {
        let body = NewTtl { ttl_seconds: ttl.seconds() };
        let call = Call::to(&endpoints::SESSION_TTL).at(id);
        self.done(call.with_body(crate::client::json::write(&body)?)).await
    }

    /// Active sessions with their data: the platform notes that they were read. For admins and owners.
    pub fn export(&self, filter: ExportFilter) -> Listing<ExportedSession> {
        Listing::new(self, &endpoints::EXPORT, filter.pairs())
    }

    /// How many sessions were active at once, day by day from `start` to `end` (`YYYY-MM-DD`, 61 days at
    /// most); this month where nothing is said. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] when these are no days, or too many.
    pub async fn concurrent_sessions(
        &self,
        start: Option<&str>,
        end: Option<&str>,
    ) -> Result<Vec<DayCount>, Error> {
        let days = [("start", start), ("end", end)];
        let days = days.into_iter().filter_map(|(name, day)| Some((name, day?)));
        self.read(Call::to(&endpoints::CONCURRENT).query(days)).await
    }
}

fn payload<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Payload, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    let text = raw.as_deref().map_or("{}", RawValue::get);
    object(text).ok_or_else(|| D::Error::custom("the payload is no object"))
}

/// The `{properties: {…}}` of one's own sessions (contract, ruling 8).
fn properties<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Payload, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let text = json::member(raw.get(), "properties").unwrap_or("{}");
    object(text).ok_or_else(|| D::Error::custom("the payload is no object"))
}

fn object(text: &str) -> Option<Payload> {
    json::object(text).ok().map(|_| Payload::new(text.to_owned()))
}
