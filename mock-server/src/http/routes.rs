//! The one table of what the platform answers. The router, the OpenAPI document and `docs/supported.md` are
//! made from it.

use http::Method;
use jiff::Timestamp;

use super::{
    applications, audit, auth, billing, checkout, dispatch,
    dispatch::{Access, Endpoint, Route, admin, identity, public, session, user},
    docs, health, identity as identity_api, invites, login, openapi, operators, sessions, users,
    workspaces,
};
use crate::domain::{
    BadPayload, BadRefresh, BadSignUp, Directory, EventKind as E, Overrun, Plan, Refusal as R,
    Refusal, Usage, WrongPassword,
};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;

/// Method, path, operation, what it does, the published statuses, who may call and what answers; then what
/// it refuses beside what its kind of caller brings about, the events it leaves, and whether it needs the
/// key that seals payloads. Without published statuses it is the mock's own.
#[rustfmt::skip]
pub(super) fn table<S: Directory>() -> Vec<Route<S>> {
    vec![
        route(POST, "/api/v1/sessions", "sessions.create", "Opens a new session.",
            &[200, 401, 403, 404, 429], identity(sessions::create))
            .refuses(OPENS).audits(OPENED).seals(),
        route(GET, "/api/v1/sessions", "sessions.payload", "The whole payload.",
            &[200, 401, 403, 410], session(sessions::payload))
            .refuses(LOCKED).seals(),
        route(GET, "/api/v1/sessions/identity", "sessions.identity", "Who the session's user is.",
            &[200, 401, 410], session(sessions::identity)),
        route(POST, "/api/v1/sessions/get-or-create", "sessions.get_or_create", "A token for the newest active session, or for a new one.",
            &[200, 401, 403, 404, 429], identity(sessions::get_or_create))
            .refuses(OPENS).audits(OPENED).seals(),
        route(POST, "/api/v1/sessions/renew/{sessionToken}", "sessions.renew", "A new token for the session of an old one, dead or alive.",
            &[200, 400, 401, 403, 404, 410], identity(sessions::renew))
            .refuses(RENEWS).audits(&[E::SessionRenewed]).seals(),
        // An empty token leaves this path; it is answered as one rather than as an unknown route.
        route(POST, "/api/v1/sessions/renew/", "sessions.renew", "A new token for the session of an old one, dead or alive.",
            &[200, 400, 401, 403, 404, 410], identity(sessions::renew))
            .refuses(RENEWS).audits(&[E::SessionRenewed]).seals(),
        route(GET, "/api/v1/sessions/get/{key}", "sessions.get", "The value of one key.",
            &[200, 401, 404, 410], session(sessions::get))
            .refuses(&[R::GraceLock, R::KeyUnknown]).seals(),
        route(POST, "/api/v1/sessions/set/{key}", "sessions.set", "Writes one key; the whole updated payload.",
            &[200, 401, 403, 429], session(sessions::set))
            .refuses(&[R::GraceLock, BAD_VALUE, PAYLOAD_LIMIT]).audits(&[E::SessionKeyWritten, E::BillingPayloadLimitExceeded]).seals(),
        route(DELETE, "/api/v1/sessions/delete/{key}", "sessions.delete", "Deletes one key; whether it was there.",
            &[200, 401, 410], session(sessions::delete))
            .refuses(LOCKED).audits(&[E::SessionKeyDeleted]).seals(),
        route(POST, "/api/v1/sessions/revoke", "sessions.revoke", "Ends the session and destroys its data.",
            &[200, 401, 404, 410], session(sessions::revoke))
            .audits(&[E::SessionRevoked]),

        route(GET, "/api/v1/sessions/my", "sessions.mine", "The caller's own sessions.",
            &[200, 401, 403], user(operators::own))
            .refuses(&[R::SelfServiceOff, R::GraceLock]).seals(),
        route(POST, "/api/v1/sessions/revoke/{sessionId}", "sessions.revoke_mine", "Ends a session of the caller's and destroys its data.",
            &[200, 401, 403, 404], user(operators::revoke_own))
            .refuses(&[R::SelfServiceOff, R::SessionUnknown]).audits(&[E::SessionRevoked]),
        route(GET, "/api/v1/sessions/export", "sessions.export", "Active sessions with their data.",
            &[200, 401, 403], admin(operators::export))
            .audits(&[E::SessionsExported]).seals(),
        route(GET, "/api/v1/sessions/admin", "sessions.list", "Everybody's sessions, without their data.",
            &[200, 401, 403], admin(operators::list)),
        route(GET, "/api/v1/sessions/admin/{sessionId}", "sessions.read", "A session with its data.",
            &[200, 403, 404], admin(operators::read))
            .refuses(NO_SESSION).audits(&[E::SessionPayloadRead]).seals(),
        route(POST, "/api/v1/sessions/admin/revoke/{sessionId}", "sessions.admin_revoke", "Ends somebody's session and destroys its data.",
            &[200, 403], admin(operators::revoke))
            .refuses(NO_SESSION).audits(&[E::SessionRevoked]),
        route(POST, "/api/v1/sessions/admin/{sessionId}/ttl", "sessions.set_ttl", "Sets how long a session's data lives from now.",
            &[200, 400, 403, 404], admin(operators::set_ttl))
            .refuses(&[R::SessionUnknown, R::SessionEnded]).audits(&[E::SessionTtlUpdated]),
        route(GET, "/api/v1/sessions/admin/analytics/concurrent-sessions", "sessions.concurrent", "How many sessions were active at once, day by day.",
            &[200, 400, 403], admin(operators::concurrent_sessions)),

        route(GET, "/api/v1/auth/callback", "auth.callback", "Ends a hosted login: back to the application, with a session token or an error.",
            &[302, 400], public(auth::callback))
            .audits(OPENED_OR_RENEWED).seals(),
        route(GET, "/api/v1/auth/logout", "auth.logout_browser", "Logs a browser out: a navigation.",
            &[302, 400, 401], public(auth::logout_browser))
            .audits(&[E::SessionLoggedOut]),
        route(POST, "/api/v1/auth/logout", "auth.logout", "Logs a native or server client out.",
            &[200, 401, 404], session(auth::logout))
            .audits(&[E::SessionLoggedOut]),

        route(POST, "/api/v1/users/login", "users.login", "A USER token for a workspace.",
            &[200, 401, 403], identity(users::log_in))
            .refuses(&[R::NotAMember, R::SelfServiceOff, R::SupportAccount]).audits(&[E::UserLogin]),
        route(GET, "/api/v1/users/memberships", "users.memberships", "The workspaces that the account is in.",
            &[200, 400, 401, 403], identity(users::memberships))
            .refuses(&[R::BadMembershipsFor, R::SupportAccount]),
        route(POST, "/api/v1/users/from-invite", "users.from_invite", "Redeems an invite.",
            &[200, 401, 403], identity(users::from_invite))
            .refuses(&[R::BadInvite]).audits(&[E::InviteUsed, E::UserCreated]),
        route(POST, "/api/v1/users/anonymous", "users.anonymous", "Makes the account a user without an invite.",
            &[200, 403], identity(users::anonymous))
            .refuses(&[R::WorkspaceUnknown, R::AnonymousRefused]).audits(&[E::UserCreated]),
        route(GET, "/api/v1/users", "users.list", "The workspace's users.",
            &[200, 401, 403], admin(users::list)),
        route(GET, "/api/v1/users/{id}", "users.read", "One user.",
            &[200, 401, 404], admin(users::read))
            .refuses(&[R::UserUnknown]),
        route(PATCH, "/api/v1/users/{id}", "users.update", "Changes a user's role or name.",
            &[200], admin(users::update))
            .refuses(&[R::UserUnknown, R::OwnerOnly, R::LastOwner, R::RoleNotGiven]).audits(&[E::UserUpdated]),
        route(DELETE, "/api/v1/users/{id}", "users.delete", "Deletes a user, with their sessions and data.",
            &[204, 404], admin(users::delete))
            .refuses(&[R::UserUnknown, R::OwnerOnly, R::LastOwner]).audits(&[E::UserDeleted]),

        route(POST, "/api/v1/workspaces", "workspaces.create", "Makes a workspace, and the account its owner.",
            &[200, 400, 401], identity(workspaces::create))
            .refuses(&[R::WorkspaceTaken]).audits(&[E::WorkspaceCreated, E::UserCreated]),
        route(GET, "/api/v1/workspaces", "workspaces.read", "The workspace.",
            &[200, 403, 404], admin(workspaces::read)),
        route(PATCH, "/api/v1/workspaces", "workspaces.update", "Changes the workspace.",
            &[200], admin(workspaces::update))
            .refuses(&[R::WorkspaceTaken]).audits(&[E::WorkspaceUpdated]),
        route(GET, "/api/v1/workspaces/billing", "billing.read", "Plan, limits, usage and payments.",
            &[200, 403, 404], dispatch::billing(billing::read))
            .refuses(&[R::NoBilling]),
        route(PATCH, "/api/v1/workspaces/billing", "billing.update", "Changes the plan, and for support the limits.",
            &[200, 400, 402, 403, 404, 409], dispatch::billing(billing::update))
            .refuses(&[R::NoBilling, R::SupportOnly, R::NeedsCheckout, DOWNGRADE]).audits(&[E::BillingPlanChanged, E::BillingOverrideUpdated]),
        route(POST, "/api/v1/workspaces/billing/checkout", "billing.checkout", "Begins a payment.",
            &[200, 400, 403, 501], admin(billing::check_out))
            .refuses(&[R::PaymentOff, R::BillingState("The plan is ending; resume it or change to free")]).audits(&[E::BillingCheckoutStarted]),
        route(POST, "/api/v1/workspaces/billing/cancel", "billing.cancel", "Ends the plan with the period that is paid for.",
            &[200, 400, 403, 501], admin(billing::cancel))
            .refuses(&[R::PaymentOff, R::BillingState("There is no paid plan to cancel")]).audits(&[E::BillingCancelRequested]),
        route(POST, "/api/v1/workspaces/billing/resume", "billing.resume", "Takes a cancellation back.",
            &[200, 400, 403, 501], admin(billing::resume))
            .refuses(&[R::PaymentOff, R::BillingState("There is no cancellation to take back")]).audits(&[E::BillingResumeRequested]),
        route(POST, "/api/v1/workspaces/billing/test/enter-grace-lock", "billing.test_grace_lock", "Ends the paid period at once, for tests.",
            &[200, 400, 403, 404], admin(billing::test_grace_lock))
            .refuses(&[R::TestSwitchesOff, R::BillingState("The workspace must be canceling")]).audits(&[E::BillingGraceLockEntered]),
        route(POST, "/api/v1/workspaces/billing/test/complete-grace-wipe", "billing.test_grace_wipe", "Ends the grace at once, for tests.",
            &[200, 400, 403, 404], admin(billing::test_grace_wipe))
            .refuses(&[R::TestSwitchesOff, R::BillingState("The workspace must be in its grace lock")]).audits(&[E::BillingGraceWipe]),

        route(POST, "/api/v1/invites", "invites.create", "Makes an invite.",
            &[200], admin(invites::create))
            .audits(&[E::InviteCreated]),
        route(GET, "/api/v1/invites", "invites.list", "The workspace's invites.",
            &[200], admin(invites::list)),
        route(GET, "/api/v1/invites/{id}", "invites.read", "One invite with its secret.",
            &[200], admin(invites::read))
            .refuses(&[R::InviteUnknown]),
        route(DELETE, "/api/v1/invites/{id}", "invites.revoke", "Revokes an invite.",
            &[204], admin(invites::revoke))
            .refuses(&[R::InviteUnknown]).audits(&[E::InviteRevoked]),

        route(POST, "/api/v1/applications", "applications.create", "Registers an application.",
            &[200, 400, 403, 409], admin(applications::create))
            .refuses(&[R::ApplicationTaken]).audits(&[E::ApplicationCreated]),
        route(GET, "/api/v1/applications", "applications.list", "The workspace's applications.",
            &[200, 403], admin(applications::list)),
        route(GET, "/api/v1/applications/{appId}", "applications.read", "One application.",
            &[200, 403, 404], admin(applications::read))
            .refuses(NO_APPLICATION),
        route(PATCH, "/api/v1/applications/{appId}", "applications.update", "Changes an application.",
            &[200, 403, 404], admin(applications::update))
            .refuses(NO_APPLICATION).audits(&[E::ApplicationUpdated]),
        route(DELETE, "/api/v1/applications/{appId}", "applications.delete", "Removes an application, with its sessions and their data.",
            &[200, 403, 404], admin(applications::delete))
            .refuses(NO_APPLICATION).audits(&[E::ApplicationDeleted]),
        route(POST, "/api/v1/applications/{appId}/redirect-uris", "applications.add_redirect_uri", "Adds a redirect URI, if it is not there.",
            &[200, 400, 403, 404], admin(applications::add_redirect_uri))
            .refuses(NO_APPLICATION).audits(&[E::ApplicationRedirectUriAdded]),
        route(POST, "/api/v1/applications/validate-redirect", "applications.validate_redirect", "Whether hosted login would come back to a URI.",
            &[200], public(applications::validate_redirect)),

        route(GET, "/api/v1/audit/events", "audit.events", "What was done, the newest first.",
            &[200, 401, 403], admin(audit::events)),
        route(GET, "/api/v1/audit/api-access", "audit.api_access", "What was asked, the newest first.",
            &[200, 401, 403], admin(audit::api_access)),

        route(GET, "/api/v1/docs/search", "docs.search", "Searches the mock's own documentation.",
            &[200, 400, 503], public(docs::search)),

        route(GET, "/openapi.json", "platform.openapi", "This document.", OURS, public(openapi::document)),
        route(GET, "/healthz", "platform.health", "Whether the platform answers.", OURS, public(health::health)),
        route(GET, "/.well-known/jwks.json", "identity.keys", "The keys that verify identity tokens.", OURS, public(auth::keys)),
        route(GET, "/app/sessions/login", "login.page", "Hosted login.", OURS, public(login::page)),
        route(POST, "/app/sessions/login", "login.submit", "A form of hosted login.", OURS, public(login::submit)),
        route(GET, "/app/identity/{provider}", "login.provider_page", "The stand-in of a social provider.", OURS, public(login::provider_page)),
        route(POST, "/app/identity/{provider}", "login.provider_submit", "Signs in as somebody there.", OURS, public(login::provider_submit)),
        route(GET, "/app/login", "console.page", "The legacy console's sign-in.", OURS, public(login::console_page)),
        route(POST, "/app/login", "console.submit", "A form of it.", OURS, public(login::console_submit)),
        route(GET, "/app/login/{provider}", "console.provider_page", "The stand-in of a social provider, for the console.", OURS, public(login::console_provider_page)),
        route(POST, "/app/login/{provider}", "console.provider_submit", "Signs in as somebody there.", OURS, public(login::console_provider_submit)),
        route(POST, "/identity/v1/sign-up", "identity.sign_up", "Makes an account with e-mail and password.", OURS, public(identity_api::sign_up))
            .refuses(SIGNS_UP),
        route(POST, "/identity/v1/sign-in", "identity.sign_in", "Signs in with e-mail and password.", OURS, public(identity_api::sign_in))
            .refuses(&[R::WrongPassword(WrongPassword::Mismatch)]),
        route(POST, "/identity/v1/anonymous", "identity.anonymous", "Makes an account without e-mail and password.", OURS, public(identity_api::anonymous)),
        route(POST, "/identity/v1/refresh", "identity.refresh", "Exchanges a refresh token, once.", OURS, public(identity_api::refresh))
            .refuses(&[R::BadRefresh(BadRefresh::Unknown)]),
        route(GET, "/app/checkout/{checkout}", "checkout.page", "The fake payment provider.", OURS, public(checkout::page)),
        route(POST, "/app/checkout/{checkout}", "checkout.submit", "Pays, or does not.", OURS, public(checkout::submit))
            .audits(&[E::BillingCheckoutCompleted]),
        route(GET, "/app/style.css", "pages.style", "The pages' style sheet.", OURS, public(login::style)),
    ]
}

/// What is the mock's own is not published.
const OURS: &[u16] = &[];

const LOCKED: &[Refusal] = &[R::GraceLock];
const NO_SESSION: &[Refusal] = &[R::SessionUnknown];
const NO_APPLICATION: &[Refusal] = &[R::ApplicationUnknown];
const OPENED: &[E] = &[
    E::SessionCreated,
    E::UserCreated,
    E::BillingSessionLimitExceeded,
    E::BillingPayloadLimitExceeded,
];
const OPENED_OR_RENEWED: &[E] = &[
    E::SessionCreated,
    E::SessionRenewed,
    E::UserCreated,
    E::BillingSessionLimitExceeded,
    E::BillingPayloadLimitExceeded,
];
const OPENS: &[Refusal] = &[
    R::GraceLock,
    R::AnonymousRefused,
    R::WorkspaceUnknown,
    R::ApplicationUnknown,
    BAD_VALUE,
    R::SessionLimit { limit: 20, observed: 20 },
    PAYLOAD_LIMIT,
];
const RENEWS: &[Refusal] = &[
    R::NotOwner,
    R::GraceLock,
    R::SessionUnknown,
    R::SessionRevoked { at: EXAMPLE },
    R::SessionExpired { at: None },
];
const SIGNS_UP: &[Refusal] = &[R::BadSignUp(BadSignUp::Password), R::BadSignUp(BadSignUp::Taken)];
const BAD_VALUE: Refusal = R::BadPayload(BadPayload::NotAnObject);
const PAYLOAD_LIMIT: Refusal = R::PayloadLimit { limit: 2_048, observed: 2_060 };
const DOWNGRADE: Refusal = R::DowngradeBlocked(Overrun {
    target: Plan::Free,
    usage: Usage { sessions: 31, largest_payload_bytes: Some(3_000) },
    limits: Plan::Free.limits(),
});
const EXAMPLE: Timestamp = Timestamp::UNIX_EPOCH;

impl<S: Directory> Route<S> {
    fn refuses(self, refuses: &'static [Refusal]) -> Self {
        Self { refuses, ..self }
    }

    fn audits(self, audits: &'static [E]) -> Self {
        Self { audits, ..self }
    }

    fn seals(self) -> Self {
        Self { seals: true, ..self }
    }

    /// Whether the platform has published it; otherwise it is the mock's own.
    pub(super) fn is_published(&self) -> bool {
        !self.published.is_empty()
    }
}

impl Access {
    /// What every caller of this kind can meet.
    pub(super) fn refuses(self) -> &'static [Refusal] {
        match self {
            Self::Public => &[],
            Self::Session => &[
                R::NoCredential,
                R::BadToken,
                R::TokenExpired { at: EXAMPLE },
                R::TokenSuperseded { revision: 2 },
                R::SessionRevoked { at: EXAMPLE },
                R::SessionExpired { at: None },
            ],
            Self::Identity => &[R::NoIdentity, R::BadIdentity],
            Self::User => &[R::NoUser, R::BadUserToken],
            Self::Admin => &[R::NoUser, R::BadUserToken, R::WrongRole { needs: "ADMIN or OWNER" }],
            Self::Billing => {
                &[R::NoUser, R::BadUserToken, R::WrongRole { needs: "ADMIN, OWNER or SUPPORT" }]
            }
        }
    }
}

/// An operation, as faults and the journal name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// Whether it is called without a token.
    pub(crate) is_public: bool,
    /// Whether it seals or opens a payload.
    pub(crate) seals: bool,
    /// Whether it leaves events in the audit trail.
    pub(crate) audits: bool,
}

/// Every operation of the table.
pub(crate) fn operations<S: Directory>() -> Vec<Operation> {
    let table = table::<S>();
    let operations = table.iter().map(|route| Operation {
        name: route.operation,
        is_public: route.endpoint.access == Access::Public,
        seals: route.seals,
        audits: !route.audits.is_empty(),
    });
    operations.collect()
}

fn route<S: Directory>(
    method: Method,
    path: &'static str,
    operation: &'static str,
    says: &'static str,
    published: &'static [u16],
    endpoint: Endpoint<S>,
) -> Route<S> {
    let (refuses, audits, seals) = (&[] as &[Refusal], &[] as &[E], false);
    Route { method, path, operation, says, published, refuses, audits, seals, endpoint }
}
