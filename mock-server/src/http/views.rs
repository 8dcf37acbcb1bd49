//! How rows look on the wire: the field lists of contract §5, odd spellings included.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, value::RawValue};

use crate::domain::{
    Application, AuditRow, BillingState, InviteRow, OwnSession, PayloadTtl, SessionDetail,
    SessionRow, User, WorkspaceRow,
};

/// A user of a workspace.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserView {
    id: i64,
    workspace_id: i64,
    role: &'static str,
    provider_uid: String,
    user_name: Option<String>,
    email: Option<String>,
    status: &'static str,
    auth_provider: &'static str,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            workspace_id: user.workspace.0,
            role: user.role.wire_name(),
            provider_uid: user.provider_uid,
            user_name: user.name,
            email: user.email,
            status: User::STATUS,
            auth_provider: "FIREBASE",
        }
    }
}

/// A workspace.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorkspaceView {
    id: i64,
    name: String,
    accept_anonimous: bool,
    enable_self_service: bool,
}

impl From<&WorkspaceRow> for WorkspaceView {
    fn from(row: &WorkspaceRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name.clone(),
            accept_anonimous: row.accept_anonymous,
            enable_self_service: row.self_service,
        }
    }
}

/// An application.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApplicationView {
    id: i64,
    workspace_id: i64,
    app_id: String,
    display_name: String,
    redirect_uris: Vec<String>,
    /// Null for the platform's own, a week.
    session_token_ttl_seconds: Option<u64>,
    /// 0 for ever; null for the platform's own, which is for ever too.
    session_payload_ttl_seconds: Option<u64>,
}

impl From<&Application> for ApplicationView {
    fn from(application: &Application) -> Self {
        let payload_ttl = application.payload_ttl.map(|ttl| match ttl {
            PayloadTtl::Unlimited => 0,
            PayloadTtl::After(life) => life.as_secs(),
        });
        Self {
            id: application.id.0,
            workspace_id: application.workspace.0,
            app_id: application.app_id.clone(),
            display_name: application.display_name.clone(),
            redirect_uris: application.redirect_uris.clone(),
            session_token_ttl_seconds: application.session_token_ttl.map(|ttl| ttl.as_secs()),
            session_payload_ttl_seconds: payload_ttl,
        }
    }
}

/// An invite.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InviteView {
    id: i64,
    /// In lower case, here only.
    role: String,
    expires_at: String,
    status: &'static str,
    created_at: String,
}

/// An invite with its secret.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InviteDetail {
    #[serde(flatten)]
    invite: InviteView,
    secret_key: String,
}

impl From<&InviteRow> for InviteView {
    fn from(row: &InviteRow) -> Self {
        Self {
            id: row.invite.id.0,
            role: row.invite.role.wire_name().to_lowercase(),
            expires_at: text(row.invite.expires_at),
            status: row.status.name(),
            created_at: text(row.invite.created_at),
        }
    }
}

impl From<&InviteRow> for InviteDetail {
    fn from(row: &InviteRow) -> Self {
        Self { invite: row.into(), secret_key: row.invite.secret.to_string() }
    }
}

/// A session, as the user whose it is sees it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnSessionView {
    id: i64,
    workspace_id: i64,
    provider_uid: String,
    user_email: Option<String>,
    app_id: Option<String>,
    status: &'static str,
    security_level: Option<String>,
    token_revision: Option<i64>,
    created_at: Option<String>,
    updated_at: Option<String>,
    last_activity_at: Option<String>,
    expires_at: Option<String>,
    ended_at: Option<String>,
    revoked_by: Option<String>,
    revoked_by_display_name: Option<String>,
    current_data_size_bytes: Option<u64>,
    max_data_size_bytes: Option<u64>,
    /// `{"properties": {…}}` of an active session, `{}` of another.
    #[schemars(with = "serde_json::Map<String, Value>")]
    payload: OwnPayload,
}

#[derive(Debug, Serialize)]
struct OwnPayload {
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Box<RawValue>>,
}

impl OwnSessionView {
    pub(super) fn of(own: OwnSession, max_payload_bytes: u64) -> Self {
        let OwnSession { row: SessionRow { session, status, user, app_id }, payload } = own;
        let (uid, email) = user.map(|user| (user.provider_uid, user.email)).unwrap_or_default();
        Self {
            id: session.id.0,
            workspace_id: session.workspace.0,
            provider_uid: uid,
            user_email: email,
            app_id,
            status: status.name(),
            security_level: None,
            token_revision: Some(session.token_revision),
            created_at: Some(text(session.created_at)),
            updated_at: Some(text(session.updated_at)),
            last_activity_at: Some(text(session.last_activity_at)),
            expires_at: session.expires_at.map(text),
            ended_at: session.ended_at.map(text),
            revoked_by: session.revoked_by.as_ref().map(|doer| doer.uid.clone()),
            revoked_by_display_name: session.revoked_by.as_ref().and_then(|doer| {
                let name = doer.name.as_ref().or(doer.email.as_ref());
                name.cloned()
            }),
            current_data_size_bytes: session.payload_bytes(),
            max_data_size_bytes: Some(max_payload_bytes),
            payload: OwnPayload { properties: payload.and_then(raw) },
        }
    }
}

/// A session, as operators see it: nothing of what is in it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AdminSessionView {
    id: i64,
    user_identifier: Option<String>,
    user_email: Option<String>,
    revoked_by: Option<String>,
    app_id: Option<String>,
    created_at: Option<String>,
    expires_at: Option<String>,
    status: &'static str,
    current_data_size_bytes: Option<u64>,
    max_data_size_bytes: Option<u64>,
    last_activity_at: Option<String>,
    updated_at: Option<String>,
    /// How many keys it has.
    attribute_count: u64,
}

/// A session with what is in it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AdminSessionDetail {
    #[serde(flatten)]
    session: AdminSessionView,
    /// The flat object that the user stored; `{}` when the session has ended.
    #[schemars(with = "serde_json::Map<String, Value>")]
    payload: Option<Box<RawValue>>,
}

impl AdminSessionView {
    pub(super) fn of(row: SessionRow, max_payload_bytes: u64) -> Self {
        let SessionRow { session, status, user, app_id } = row;
        let (uid, email) = user.map(|user| (user.provider_uid, user.email)).unzip();
        Self {
            id: session.id.0,
            user_identifier: uid,
            user_email: email.flatten(),
            revoked_by: session.revoked_by.as_ref().map(|doer| doer.uid.clone()),
            app_id,
            created_at: Some(text(session.created_at)),
            expires_at: session.expires_at.map(text),
            status: status.name(),
            current_data_size_bytes: session.payload_bytes(),
            max_data_size_bytes: Some(max_payload_bytes),
            last_activity_at: Some(text(session.last_activity_at)),
            updated_at: Some(text(session.updated_at)),
            attribute_count: session.attributes,
        }
    }
}

impl AdminSessionDetail {
    pub(super) fn of(detail: SessionDetail, max_payload_bytes: u64) -> Self {
        let SessionDetail { row, payload } = detail;
        let session = AdminSessionView::of(row, max_payload_bytes);
        Self { session, payload: raw(payload) }
    }
}

/// Something that was done in a workspace.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventView {
    id: i64,
    event_type: &'static str,
    occurred_at: String,
    session_row_id: Option<i64>,
    session_user_identifier: Option<String>,
    session_user_email: Option<String>,
    session_app_id: Option<String>,
    session_status: Option<String>,
    actor_provider_uid: Option<String>,
    actor_display_name: Option<String>,
    actor_email: Option<String>,
    /// A JSON object as text.
    metadata_json: Option<String>,
}

impl From<AuditRow> for EventView {
    fn from(row: AuditRow) -> Self {
        let (session, actor) = (row.event.session, row.event.actor);
        let subject = session.as_ref().map(|session| &session.subject);
        Self {
            id: row.id.0,
            event_type: row.event.kind.name(),
            occurred_at: text(row.event.at),
            session_row_id: session.as_ref().map(|session| session.id.0),
            session_user_identifier: subject.and_then(|subject| subject.uid.clone()),
            session_user_email: subject.and_then(|subject| subject.email.clone()),
            session_app_id: subject.and_then(|subject| subject.app_id.clone()),
            session_status: session.as_ref().map(|session| session.status.to_owned()),
            actor_provider_uid: actor.as_ref().map(|actor| actor.uid.clone()),
            actor_display_name: actor.as_ref().and_then(|actor| actor.name.clone()),
            actor_email: actor.and_then(|actor| actor.email),
            metadata_json: row.event.metadata,
        }
    }
}

/// Where a workspace stands with its payments.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BillingView {
    plan_name: &'static str,
    effective_max_concurrent_sessions: u64,
    effective_max_payload_bytes: u64,
    override_max_concurrent_sessions: Option<u64>,
    override_max_payload_bytes: Option<u64>,
    billing_status: &'static str,
    usage: UsageView,
    checkout_available: bool,
    payment_provider: Option<&'static str>,
    paddle_client_token: Option<&'static str>,
    paddle_environment: Option<&'static str>,
    cancel_available: bool,
    paid_period_ends_at: Option<String>,
    cancel_requested_at: Option<String>,
    over_free_tier_limits: bool,
    resume_available: bool,
    grace_ends_at: Option<String>,
}

/// What a workspace's active sessions take.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UsageView {
    active_session_count: u64,
    largest_active_payload_bytes: Option<u64>,
}

/// What the fake provider calls itself.
pub(super) const PROVIDER: &str = "paddle";
pub(super) const CLIENT_TOKEN: &str = "test_mock";
pub(super) const ENVIRONMENT: &str = "sandbox";

impl From<BillingState> for BillingView {
    fn from(state: BillingState) -> Self {
        let can_pay = state.checkout_available();
        let (cancel_available, resume_available) =
            (state.cancel_available(), state.resume_available());
        let BillingState { billing, usage, .. } = state;
        let limits = billing.limits();
        Self {
            plan_name: billing.plan.wire_name(),
            effective_max_concurrent_sessions: limits.sessions,
            effective_max_payload_bytes: limits.payload_bytes,
            override_max_concurrent_sessions: billing.override_sessions,
            override_max_payload_bytes: billing.override_payload_bytes,
            billing_status: billing.status.name(),
            usage: UsageView {
                active_session_count: usage.sessions,
                largest_active_payload_bytes: usage.largest_payload_bytes,
            },
            checkout_available: can_pay,
            payment_provider: can_pay.then_some(PROVIDER),
            paddle_client_token: can_pay.then_some(CLIENT_TOKEN),
            paddle_environment: can_pay.then_some(ENVIRONMENT),
            cancel_available,
            paid_period_ends_at: billing.paid_period_ends_at.map(text),
            cancel_requested_at: billing.cancel_requested_at.map(text),
            over_free_tier_limits: usage.is_over_free(),
            resume_available,
            grace_ends_at: billing.grace_ends_at().map(text),
        }
    }
}

/// A time on the wire: ISO-8601 in UTC with `Z`.
pub(super) fn text(time: Timestamp) -> String {
    time.to_string()
}

pub(super) fn raw(json: String) -> Option<Box<RawValue>> {
    RawValue::from_string(json).ok()
}
