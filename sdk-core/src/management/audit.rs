//! What was done and what was asked, the newest first.

use serde::Deserialize;

use super::{
    Listing, Management, endpoints,
    names::{AuditEventType, SessionStatus},
};

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// The event's id.
    pub id: i64,
    /// What it was.
    pub event_type: AuditEventType,
    /// When (ISO 8601).
    pub occurred_at: String,
    /// The session it was about.
    pub session_row_id: Option<i64>,
    /// The session's user, as the platform names them.
    pub session_user_identifier: Option<String>,
    /// The session's user's e-mail address.
    pub session_user_email: Option<String>,
    /// The session's application.
    pub session_app_id: Option<String>,
    /// What had become of the session.
    pub session_status: Option<SessionStatus>,
    /// Who did it, by the identity provider's own id.
    pub actor_provider_uid: Option<String>,
    /// The name of whoever did it.
    pub actor_display_name: Option<String>,
    /// The e-mail address of whoever did it.
    pub actor_email: Option<String>,
    /// More about it, as the text of a JSON object.
    pub metadata_json: Option<String>,
}

/// A request that came to the platform.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessRow {
    /// The row's id.
    pub id: i64,
    /// When (ISO 8601).
    pub occurred_at: String,
    /// The HTTP method.
    pub http_method: String,
    /// The path, without `/api/v1`.
    pub endpoint: String,
    /// The HTTP status of the answer.
    pub http_status: u16,
    /// How long the answer took, in milliseconds.
    pub duration_ms: u64,
    /// The session that asked.
    pub session_id: Option<i64>,
    /// How often the session's token had been replaced.
    pub token_revision: Option<i64>,
    /// Who asked, by the identity provider's own id.
    pub user_firebase_id: Option<String>,
    /// The e-mail address of whoever asked.
    pub user_email: Option<String>,
    /// The application's number.
    pub application_id: Option<i64>,
    /// Where the request came from.
    pub client_ip: Option<String>,
    /// What the request said it came from.
    pub user_agent: Option<String>,
}

impl Management {
    /// What was done in the workspace, the newest first, `page_size` (1 to 200) at a time. For admins
    /// and owners.
    pub fn audit_events(&self, page_size: u32) -> Listing<AuditEvent> {
        Listing::new(self, &endpoints::AUDIT_EVENTS, pages_of(page_size))
    }

    /// What was asked of the workspace, the newest first, `page_size` (1 to 200) at a time. For admins
    /// and owners.
    pub fn api_access(&self, page_size: u32) -> Listing<AccessRow> {
        Listing::new(self, &endpoints::API_ACCESS, pages_of(page_size))
    }
}

fn pages_of(size: u32) -> Vec<(&'static str, String)> {
    vec![("pageSize", size.clamp(1, 200).to_string())]
}
