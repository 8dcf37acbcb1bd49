//! The format of a seed file, as data. What is documented here is what editors show.

use serde::Deserialize;

use super::values::{PayloadText, Time};

/// The world that a secureFlows mock platform begins with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "secureFlows mock: seed file"))]
pub(super) struct SeedFile {
    /// How missing and dead session tokens are answered.
    pub(super) profile: Option<ProfileName>,
    /// Makes the world reproducible: the same number and the same requests in sequence give the same bytes.
    /// Without it the operating system's randomness is used.
    pub(super) random_seed: Option<u64>,
    /// Whether a request that names a `userId`, `workspaceId` or `tenantId` is refused; it is not unless said.
    pub(super) strict: Option<bool>,
    /// Whether workspaces can pay; they cannot unless said.
    pub(super) payment: Option<PaymentEntry>,
    /// What time it is. Without it the binary's clock runs, and a Rust test's stands still.
    pub(super) clock: Option<ClockEntry>,
    /// The workspaces, with their applications and users.
    #[serde(default, rename = "workspace")]
    pub(super) workspaces: Vec<WorkspaceEntry>,
}

/// How missing and dead session tokens are answered.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum ProfileName {
    /// 410 for dead tokens, 401 for missing ones.
    Default,
    /// As the published API description has it.
    Published,
    /// As older deployments answer: 403.
    Legacy,
}

/// The switches of the payment provider; both are off unless said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PaymentEntry {
    /// Whether there is a provider: a fake one, whose page takes every payment.
    #[serde(default)]
    pub(super) provider: bool,
    /// Whether `POST /workspaces/billing/test/…` works, which ends periods at once.
    #[serde(default)]
    pub(super) test_switches: bool,
}

/// What a workspace pays for, which limits its sessions and payloads.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum PlanName {
    /// 20 active sessions, payloads of 2048 bytes.
    Free,
    /// 100 active sessions, payloads of 4096 bytes.
    Base,
    /// 1000 active sessions, payloads of 16384 bytes.
    Pro,
}

/// The world's clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ClockEntry {
    /// What it shows at first, with an offset: 2026-01-01T00:00:00Z. Without it a running clock shows the
    /// system's time, and one that stands still the first moment of 2026.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Time>"))]
    pub(super) at: Option<Time>,
    /// Whether it goes on from there; it stands still unless said.
    #[serde(default)]
    pub(super) running: bool,
}

/// A workspace: the tenant that everything else belongs to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct WorkspaceEntry {
    /// Its name, by which it is addressed.
    pub(super) name: String,
    /// Its number; the next that is free unless said.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub(super) id: Option<i64>,
    /// Whether people may come in without an account; they may unless said.
    pub(super) accept_anonymous: Option<bool>,
    /// Whether plain users may look after their own sessions; they may unless said.
    pub(super) self_service: Option<bool>,
    /// What it pays for; free unless said.
    pub(super) plan: Option<PlanName>,
    /// Its applications.
    #[serde(default, rename = "application")]
    pub(super) applications: Vec<ApplicationEntry>,
    /// Its users.
    #[serde(default, rename = "user")]
    pub(super) users: Vec<UserEntry>,
}

/// An application of a workspace.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ApplicationEntry {
    /// What clients call it; unique in the whole file.
    pub(super) app_id: String,
    /// The number of its row; the next that is free unless said.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub(super) id: Option<i64>,
    /// What people read on the login page; the app_id unless said.
    pub(super) display_name: Option<String>,
    /// Where hosted login may come back to. They match exactly and only themselves.
    #[serde(default)]
    pub(super) redirect_uris: Vec<String>,
    /// How long a session token is good; a week unless said.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub(super) session_token_ttl_seconds: Option<u64>,
    /// How long a session's data lives; for ever unless said, or when 0.
    pub(super) payload_ttl_seconds: Option<u64>,
}

/// A user of a workspace. One e-mail is one person in whatever workspaces.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct UserEntry {
    /// Their e-mail address.
    pub(super) email: String,
    /// Whether it is known that the e-mail is theirs; it is, unless said.
    pub(super) email_verified: Option<bool>,
    /// What people call them; the `name` of their identity tokens.
    pub(super) name: Option<String>,
    /// Their number in this workspace; the next that is free unless said.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub(super) id: Option<i64>,
    /// What they type at the hosted login. Without it only tests can sign them in.
    pub(super) password: Option<String>,
    /// What they may do in the workspace.
    #[serde(default)]
    pub(super) role: RoleName,
    /// Sessions that they have from the beginning, the newest last.
    #[serde(default, rename = "session")]
    pub(super) sessions: Vec<SessionEntry>,
}

/// What somebody may do in a workspace.
#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum RoleName {
    /// Made the workspace.
    Owner,
    /// Administers it.
    Admin,
    /// Uses its applications.
    #[default]
    User,
}

/// A session: data of one user in one application.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SessionEntry {
    /// The application, one of the same workspace.
    pub(super) app_id: String,
    /// Its number; the next that is free unless said.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub(super) id: Option<i64>,
    /// The data: a table, or a JSON object as text where TOML cannot say it (null, large numbers).
    #[cfg_attr(test, schemars(with = "Option<super::schema::Payload>"))]
    pub(super) payload: Option<PayloadText>,
}
