//! Each endpoint of the operators' API as data (contract §5).

use crate::protocol::{
    call::{
        Answer, Auth, Endpoint,
        Method::{self, Delete, Get, Patch, Post},
    },
    retry::Repeat,
};

const fn by(auth: Auth, method: Method, path: &'static str, repeat: Repeat) -> Endpoint {
    Endpoint { method, path, auth, answer: Answer::Json, repeat }
}

const fn read(path: &'static str) -> Endpoint {
    by(Auth::User, Get, path, Repeat::Read)
}

const fn change(method: Method, path: &'static str, repeat: Repeat) -> Endpoint {
    by(Auth::User, method, path, repeat)
}

const fn gone(path: &'static str) -> Endpoint {
    let endpoint = by(Auth::User, Delete, path, Repeat::Idempotent);
    Endpoint { answer: Answer::Nothing, ..endpoint }
}

pub(super) const LOGIN: Endpoint = by(Auth::Identity, Post, "/users/login", Repeat::Idempotent);
pub(super) const MEMBERSHIPS: Endpoint =
    by(Auth::Identity, Get, "/users/memberships", Repeat::Read);
pub(super) const FROM_INVITE: Endpoint =
    by(Auth::Identity, Post, "/users/from-invite", Repeat::Never);
pub(super) const ANONYMOUS: Endpoint = by(Auth::Identity, Post, "/users/anonymous", Repeat::Never);
pub(super) const USERS: Endpoint = read("/users");
pub(super) const USER: Endpoint = read("/users/{id}");
pub(super) const USER_PATCH: Endpoint = change(Patch, "/users/{id}", Repeat::AbsoluteWrite);
pub(super) const USER_DELETE: Endpoint = gone("/users/{id}");

pub(super) const WORKSPACE_CREATE: Endpoint =
    by(Auth::Identity, Post, "/workspaces", Repeat::Never);
pub(super) const WORKSPACE: Endpoint = read("/workspaces");
pub(super) const WORKSPACE_PATCH: Endpoint = change(Patch, "/workspaces", Repeat::AbsoluteWrite);
pub(super) const BILLING: Endpoint = read("/workspaces/billing");
pub(super) const BILLING_PATCH: Endpoint =
    change(Patch, "/workspaces/billing", Repeat::AbsoluteWrite);
pub(super) const CHECKOUT: Endpoint = change(Post, "/workspaces/billing/checkout", Repeat::Never);
pub(super) const CANCEL: Endpoint = change(Post, "/workspaces/billing/cancel", Repeat::Idempotent);
pub(super) const RESUME: Endpoint = change(Post, "/workspaces/billing/resume", Repeat::Never);
pub(super) const TEST_GRACE_LOCK: Endpoint =
    change(Post, "/workspaces/billing/test/enter-grace-lock", Repeat::Idempotent);
pub(super) const TEST_GRACE_WIPE: Endpoint =
    change(Post, "/workspaces/billing/test/complete-grace-wipe", Repeat::Idempotent);

pub(super) const INVITE_CREATE: Endpoint = change(Post, "/invites", Repeat::Never);
pub(super) const INVITES: Endpoint = read("/invites");
pub(super) const INVITE: Endpoint = read("/invites/{id}");
pub(super) const INVITE_DELETE: Endpoint = gone("/invites/{id}");

pub(super) const APPLICATION_CREATE: Endpoint = change(Post, "/applications", Repeat::Never);
pub(super) const APPLICATIONS: Endpoint = read("/applications");
pub(super) const APPLICATION: Endpoint = read("/applications/{appId}");
pub(super) const APPLICATION_PATCH: Endpoint =
    change(Patch, "/applications/{appId}", Repeat::AbsoluteWrite);
pub(super) const APPLICATION_DELETE: Endpoint = gone("/applications/{appId}");
pub(super) const REDIRECT_URI_ADD: Endpoint =
    change(Post, "/applications/{appId}/redirect-uris", Repeat::Idempotent);
pub(super) const VALIDATE_REDIRECT: Endpoint =
    by(Auth::Public, Post, "/applications/validate-redirect", Repeat::Read);

pub(super) const OWN_SESSIONS: Endpoint = read("/sessions/my");
pub(super) const OWN_SESSION_REVOKE: Endpoint =
    change(Post, "/sessions/revoke/{sessionId}", Repeat::Never);
pub(super) const SESSIONS: Endpoint = read("/sessions/admin");
pub(super) const SESSION: Endpoint = read("/sessions/admin/{sessionId}");
pub(super) const SESSION_REVOKE: Endpoint =
    change(Post, "/sessions/admin/revoke/{sessionId}", Repeat::Never);
pub(super) const SESSION_TTL: Endpoint =
    change(Post, "/sessions/admin/{sessionId}/ttl", Repeat::AbsoluteWrite);
pub(super) const EXPORT: Endpoint = read("/sessions/export");
pub(super) const CONCURRENT: Endpoint = read("/sessions/admin/analytics/concurrent-sessions");

pub(super) const AUDIT_EVENTS: Endpoint = read("/audit/events");
pub(super) const API_ACCESS: Endpoint = read("/audit/api-access");
pub(super) const DOCS_SEARCH: Endpoint = by(Auth::Public, Get, "/docs/search", Repeat::Read);
