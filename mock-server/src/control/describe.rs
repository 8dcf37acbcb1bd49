//! What a world begins with or gets later, as JSON. Members are called as on the platform's own wire.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::values::Time;
use crate::{
    clock::Clock,
    domain::{ApplicationId, Payment, Plan, Role, UserId, WorkspaceId},
    http::Profile,
    world::{ApplicationSpec, UserSpec, WorkspaceSpec, World, WorldBuilder},
};

/// A world to begin. Every member may be left out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewWorld {
    /// Makes the world reproducible: the same number and the same requests in sequence give the same bytes.
    seed: Option<u64>,
    #[serde(default)]
    profile: ProfileName,
    /// What the clock shows at first: 2026-01-01T00:00:00Z unless said, or the system's time when it runs.
    starts_at: Option<Time>,
    #[serde(default)]
    clock: ClockKind,
    /// Whether a request that names a `userId`, `workspaceId` or `tenantId` is refused.
    #[serde(default)]
    strict: bool,
    /// Whether workspaces can pay, and whether a test may hurry them along.
    #[serde(default)]
    payment: Payment,
    /// The demo content unless said: workspace `acme`, application `acme-notes`, two users.
    #[serde(default = "demo")]
    workspaces: Vec<NewWorkspace>,
}

/// How missing and dead session tokens are answered.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ProfileName {
    #[default]
    Default,
    Published,
    Legacy,
}

/// Whether a clock stands still until it is moved, or goes on by itself.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ClockKind {
    #[default]
    Frozen,
    Running,
}

/// A workspace, with its applications and users.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewWorkspace {
    pub(super) name: String,
    /// Its number; the next that is free unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    /// Whether people may come in without an account.
    #[serde(default = "yes")]
    accept_anonimous: bool,
    /// Whether plain users may look after their own sessions.
    #[serde(default = "yes")]
    enable_self_service: bool,
    /// What it pays for; free unless said.
    #[serde(default)]
    plan_name: PlanName,
    #[serde(default)]
    pub(super) applications: Vec<NewApplication>,
    #[serde(default)]
    pub(super) users: Vec<NewUser>,
}

/// What a workspace pays for.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum PlanName {
    /// 20 active sessions, payloads of 2048 bytes.
    #[default]
    Free,
    /// 100 active sessions, payloads of 4096 bytes.
    Base,
    /// 1000 active sessions, payloads of 16384 bytes.
    Pro,
}

/// An application.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewApplication {
    /// Its workspace's name. It may be left out inside a workspace, and where there is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) workspace: Option<String>,
    pub(super) app_id: String,
    /// The number of its row; the next that is free unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    /// What people read on the login page; the `appId` unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    /// Where hosted login may come back to. They match exactly and only themselves.
    #[serde(default)]
    redirect_uris: Vec<String>,
    /// How long a session token is good; a week unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token_ttl_seconds: Option<u64>,
    /// How long a session's data lives; for ever unless said, or when 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_payload_ttl_seconds: Option<u64>,
}

/// A user.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewUser {
    /// Their workspace's name. It may be left out inside a workspace, and where there is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) workspace: Option<String>,
    pub(super) email: String,
    /// Whether it is known that the e-mail is theirs.
    #[serde(default = "yes")]
    email_verified: bool,
    /// What people call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Their number in the workspace; the next that is free unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    /// What they type at the hosted login. Without it only tests can sign them in.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(default)]
    role: RoleName,
}

/// What somebody may do in a workspace.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum RoleName {
    Owner,
    Admin,
    #[default]
    User,
}

/// What somebody gets who asks for a world and says nothing more.
fn demo() -> Vec<NewWorkspace> {
    let user = |email: &str, password: &str, role| NewUser {
        workspace: None,
        email: email.to_owned(),
        email_verified: true,
        name: None,
        id: None,
        password: Some(password.to_owned()),
        role,
    };
    vec![NewWorkspace {
        name: "acme".to_owned(),
        id: None,
        accept_anonimous: true,
        enable_self_service: true,
        plan_name: PlanName::Free,
        applications: vec![NewApplication {
            workspace: None,
            app_id: "acme-notes".to_owned(),
            id: None,
            display_name: Some("Acme Notes".to_owned()),
            redirect_uris: [
                "http://127.0.0.1:7878/callback",
                "http://localhost:5173/",
                "com.acme.notes:/callback",
            ]
            .map(str::to_owned)
            .to_vec(),
            session_token_ttl_seconds: None,
            session_payload_ttl_seconds: None,
        }],
        users: vec![
            user("ada@example.com", "correct horse battery staple", RoleName::Owner),
            user("grace@example.com", "nanoseconds of copper wire", RoleName::User),
        ],
    }]
}

fn yes() -> bool {
    true
}

impl NewWorld {
    /// The description in Rust, and the workspaces that it has.
    pub(super) fn describe(self) -> (WorldBuilder, Vec<NewWorkspace>) {
        let mut builder = World::builder().profile(match self.profile {
            ProfileName::Default => Profile::Default,
            ProfileName::Published => Profile::Published,
            ProfileName::Legacy => Profile::Legacy,
        });
        builder = builder.strict(self.strict).payment(self.payment);
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        if matches!(self.clock, ClockKind::Running) {
            builder = builder.clock(Clock::running(Duration::ZERO));
        }
        if let Some(Time(at)) = self.starts_at {
            builder = builder.starts_at(at.to_string());
        }
        for workspace in &self.workspaces {
            builder = builder.workspace(workspace.spec());
            for application in &workspace.applications {
                let of = application.workspace.as_ref().unwrap_or(&workspace.name);
                builder = builder.application(of, application.spec());
            }
            for user in &workspace.users {
                let of = user.workspace.as_ref().unwrap_or(&workspace.name);
                builder = builder.user(of, user.spec());
            }
        }
        (builder, self.workspaces)
    }
}

impl NewWorkspace {
    pub(super) fn spec(&self) -> WorkspaceSpec {
        let spec = WorkspaceSpec::new(&self.name)
            .accept_anonymous(self.accept_anonimous)
            .self_service(self.enable_self_service)
            .plan(match self.plan_name {
                PlanName::Free => Plan::Free,
                PlanName::Base => Plan::Base,
                PlanName::Pro => Plan::Pro,
            });
        self.id.map_or(spec.clone(), |id| spec.id(WorkspaceId(id)))
    }
}

impl NewApplication {
    pub(super) fn spec(&self) -> ApplicationSpec {
        let mut spec = ApplicationSpec::new(&self.app_id);
        if let Some(id) = self.id {
            spec = spec.id(ApplicationId(id));
        }
        if let Some(name) = &self.display_name {
            spec = spec.display_name(name);
        }
        if let Some(seconds) = self.session_token_ttl_seconds {
            spec = spec.session_token_ttl(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.session_payload_ttl_seconds {
            spec = spec.payload_ttl(Duration::from_secs(seconds));
        }
        self.redirect_uris.iter().fold(spec, ApplicationSpec::redirect_uri)
    }
}

impl NewUser {
    pub(super) fn spec(&self) -> UserSpec {
        let mut spec = UserSpec::new(&self.email).role(match self.role {
            RoleName::Owner => Role::Owner,
            RoleName::Admin => Role::Admin,
            RoleName::User => Role::User,
        });
        if let Some(id) = self.id {
            spec = spec.id(UserId(id));
        }
        if let Some(name) = &self.name {
            spec = spec.name(name);
        }
        if let Some(password) = &self.password {
            spec = spec.password(password);
        }
        spec.email_verified(self.email_verified)
    }
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewUser({}, …)", self.email)
    }
}

#[cfg(all(test, feature = "seed"))]
mod tests {
    use super::*;

    #[test]
    fn the_demo_is_that_of_the_seed_file() {
        let seed = crate::seed::Seed::parse(crate::seed::DEMO_SEED).unwrap();
        let demo = demo().pop().unwrap();
        let (application, users) = (&demo.applications[0], &demo.users);
        let first = (demo.name.as_str(), application.app_id.as_str());
        assert_eq!(seed.first_application(), Some(first));
        assert_eq!(seed.first_redirect_uris(), application.redirect_uris);
        let passwords = users.iter().map(|it| (it.email.as_str(), it.password.as_deref().unwrap()));
        assert!(seed.passwords().eq(passwords));
    }
}
