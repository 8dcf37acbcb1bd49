//! An operator's day: makes a workspace, registers an application, invites a person, lists sessions,
//! exports them, and reads the audit trail. It brings a platform of its own.
//!
//! ```text
//! cargo run --example operator
//! ```

use std::io::Write as _;

use anyhow::Context as _;
use secureflows::{
    Client, Declined, IdentityToken, SessionToken,
    management::{
        ExportFilter, InviteRole, Management, ManagementBuilder, NewApplication, NewWorkspace,
        SessionFilter,
    },
};
use secureflows_mock::{UserSpec, WorkspaceSpec, World};

const OPERATOR: &str = "olive@example.com";
const GUEST: &str = "grace@example.com";
const APP: &str = "globex-notes";
const REDIRECT: &str = "http://127.0.0.1:7878/callback";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // The platform, where both have an account already.
    let world = World::builder()
        .workspace(WorkspaceSpec::new("lobby"))
        .user("lobby", UserSpec::new(OPERATOR))
        .user("lobby", UserSpec::new(GUEST))
        .start()
        .await?;

    let olive = with_identity(&world, OPERATOR).build()?;
    let created = olive.create_workspace(&NewWorkspace::new("globex")).await?;
    say(&format!("made the workspace {}", created.workspace.name))?;
    let globex = Management::builder().origin(world.origin()).token(created.token).build()?;

    let application = NewApplication::new(APP, "Globex Notes", REDIRECT);
    let application = globex.create_application(&application).await?;
    say(&format!("registered {} for {:?}", application.app_id, application.redirect_uris))?;

    let invite = globex.invite(&InviteRole::User, 3600).await?;
    let grace = with_identity(&world, GUEST).build()?.accept_invite(invite.secret_key()).await?;
    say(&format!("{} came in as {}", grace.email.unwrap_or_default(), grace.role))?;

    keep_a_note(&world).await?;

    let mut sessions = globex.sessions(SessionFilter::new()).stream();
    while let Some(session) = sessions.next().await {
        let session = session?;
        let user = session.user_email.unwrap_or_default();
        say(&format!("session {} of {user}: {} keys", session.id, session.attribute_count))?;
    }
    for session in globex.export(ExportFilter::new().app_id(APP)).all().await? {
        let user = session.user_email.unwrap_or_default();
        say(&format!("exported what {user} keeps: {}", session.payload.as_json()))?;
    }
    for event in globex.audit_events(50).all().await? {
        say(&format!("audit: {} {}", event.occurred_at, event.event_type))?;
    }
    Ok(())
}

/// The invited person uses the application.
async fn keep_a_note(world: &World) -> anyhow::Result<()> {
    let client = Client::builder()
        .origin(world.origin())
        .workspace("globex")
        .app_id(APP)
        .redirect_uri(REDIRECT)
        .build()?;
    let token = world.sign_in(GUEST, APP).await.context("the platform lets her in")?;
    client.adopt(SessionToken::issued_by(world.origin(), token)?).await?;
    client.set("note", "buy milk").await?;
    Ok(())
}

/// Somebody's way to the operators' API, with identity tokens.
fn with_identity(world: &World, email: &'static str) -> ManagementBuilder {
    let desk = world.clone();
    let provider = move || {
        let token = desk.identity_token(email).map_err(|error| Declined::new(error.to_string()));
        let token = token.and_then(|token| {
            let token = IdentityToken::issued_by(desk.origin(), token);
            token.map_err(|error| Declined::new(error.to_string()))
        });
        async { token }
    };
    Management::builder().origin(world.origin()).identity_provider(provider)
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(anstream::stdout(), "{line}")?)
}
