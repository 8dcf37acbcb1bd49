//! From a seed file to the description of a world.

use std::time::Duration;

use super::file::{
    ApplicationEntry, ClockEntry, PaymentEntry, PlanName, ProfileName, RoleName, SeedFile,
    UserEntry, WorkspaceEntry,
};
use crate::{
    clock::Clock,
    domain::{ApplicationId, Payment, Plan, Role, SessionId, UserId, WorkspaceId},
    http::Profile,
    world::{ApplicationSpec, SessionSpec, UserSpec, WorkspaceSpec, WorldBuilder},
};

pub(super) fn describe(file: &SeedFile, mut builder: WorldBuilder) -> WorldBuilder {
    if let Some(profile) = file.profile {
        builder = builder.profile(profile.into());
    }
    if let Some(seed) = file.random_seed {
        builder = builder.seed(seed);
    }
    if let Some(strict) = file.strict {
        builder = builder.strict(strict);
    }
    if let Some(PaymentEntry { provider, test_switches }) = &file.payment {
        builder = builder.payment(Payment { provider: *provider, test_switches: *test_switches });
    }
    if let Some(entry) = &file.clock {
        builder = builder.clock(clock(entry));
    }
    for entry in &file.workspaces {
        builder = builder.workspace(workspace(entry));
        for application in &entry.applications {
            builder = builder.application(&entry.name, self::application(application));
        }
        for user in &entry.users {
            builder = builder.user(&entry.name, self::user(user));
        }
    }
    builder
}

fn clock(entry: &ClockEntry) -> Clock {
    let at = entry.at.as_ref().map(|at| at.0);
    if !entry.running {
        return Clock::frozen(at.unwrap_or(crate::world::BEGINNING));
    }
    let clock = Clock::running(Duration::ZERO);
    if let Some(at) = at {
        clock.set(at);
    }
    clock
}

fn workspace(entry: &WorkspaceEntry) -> WorkspaceSpec {
    let mut spec = WorkspaceSpec::new(&entry.name);
    if let Some(id) = entry.id {
        spec = spec.id(WorkspaceId(id));
    }
    if let Some(accept) = entry.accept_anonymous {
        spec = spec.accept_anonymous(accept);
    }
    if let Some(on) = entry.self_service {
        spec = spec.self_service(on);
    }
    if let Some(plan) = entry.plan {
        spec = spec.plan(plan.into());
    }
    spec
}

fn application(entry: &ApplicationEntry) -> ApplicationSpec {
    let mut spec = ApplicationSpec::new(&entry.app_id);
    if let Some(id) = entry.id {
        spec = spec.id(ApplicationId(id));
    }
    if let Some(name) = &entry.display_name {
        spec = spec.display_name(name);
    }
    if let Some(seconds) = entry.session_token_ttl_seconds {
        spec = spec.session_token_ttl(Duration::from_secs(seconds));
    }
    if let Some(seconds) = entry.payload_ttl_seconds {
        spec = spec.payload_ttl(Duration::from_secs(seconds));
    }
    entry.redirect_uris.iter().fold(spec, ApplicationSpec::redirect_uri)
}

fn user(entry: &UserEntry) -> UserSpec {
    let mut spec = UserSpec::new(&entry.email).role(entry.role.into());
    if let Some(id) = entry.id {
        spec = spec.id(UserId(id));
    }
    if let Some(name) = &entry.name {
        spec = spec.name(name);
    }
    if let Some(verified) = entry.email_verified {
        spec = spec.email_verified(verified);
    }
    if let Some(password) = &entry.password {
        spec = spec.password(password);
    }
    for entry in &entry.sessions {
        let mut session = SessionSpec::new(&entry.app_id);
        if let Some(id) = entry.id {
            session = session.id(SessionId(id));
        }
        if let Some(payload) = &entry.payload {
            session = session.payload(&payload.0);
        }
        spec = spec.session(session);
    }
    spec
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Default => Self::Default,
            ProfileName::Published => Self::Published,
            ProfileName::Legacy => Self::Legacy,
        }
    }
}

impl From<PlanName> for Plan {
    fn from(name: PlanName) -> Self {
        match name {
            PlanName::Free => Self::Free,
            PlanName::Base => Self::Base,
            PlanName::Pro => Self::Pro,
        }
    }
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Owner => Self::Owner,
            RoleName::Admin => Self::Admin,
            RoleName::User => Self::User,
        }
    }
}
