//! What an operator does from a script: make a workspace, register an application, invite somebody, look at
//! sessions, export them, and read what the audit trail says of all that.
//!
//! ```text
//! cargo run --example operator                       # with a platform of its own
//! SECUREFLOWS_IDENTITY_TOKEN=… cargo run --example operator -- --origin https://… --workspace …
//! ```

mod place;

use std::io::Write as _;

use clap::Parser;
use place::Place;
use secureflows::management::{
    CreatedWorkspace, ExportFilter, InviteRole, Management, NewApplication, NewWorkspace,
    SessionFilter, UserFilter,
};

/// Makes a workspace and looks after it.
#[derive(Parser)]
struct Args {
    /// The platform; without it, one of this example's own.
    #[arg(long)]
    origin: Option<String>,
    /// The name of the workspace to make.
    #[arg(long, default_value = "globex")]
    workspace: String,
}

const APP: &str = "globex-notes";

/// An invite is open for a day.
const A_DAY: u64 = 86_400;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let place = Place::open(args.origin.as_deref()).await?;
    let operator = place.operator()?;

    let new = NewWorkspace::new(&args.workspace);
    let CreatedWorkspace { workspace, token } = operator.create_workspace(&new).await?;
    say(&format!("workspace {} is number {}", workspace.name, workspace.id))?;
    let ours = Management::builder().origin(place.origin()).token(token).build()?;

    let application = NewApplication::new(APP, "Globex Notes", "http://127.0.0.1:7878/callback");
    let application = ours.create_application(&application).await?;
    say(&format!(
        "application {} may come back to {}",
        application.app_id,
        application.redirect_uris.join(", ")
    ))?;

    let invite = ours.invite(&InviteRole::Admin, A_DAY).await?;
    say(&format!("an admin is invited until {}", invite.expires_at))?;
    place.somebody_accepts(invite.secret_key(), APP).await?;
    let mut users = ours.users(UserFilter::new()).stream();
    while let Some(user) = users.next().await {
        let user = user?;
        say(&format!("  {:6} {}", user.role, user.email.unwrap_or_default()))?;
    }

    for session in ours.sessions(SessionFilter::new().app_id(APP)).all().await? {
        let bytes = session.current_data_size_bytes.unwrap_or_default();
        say(&format!(
            "session {} of {} holds {bytes} bytes",
            session.id,
            session.user_email.unwrap_or_default()
        ))?;
    }
    let exported = ours.export(ExportFilter::new().app_id(APP)).all().await?;
    say(&format!("{} exported, which everybody can see in the audit trail:", exported.len()))?;
    for event in ours.audit_events(50).all().await? {
        say(&format!(
            "  {} {} {}",
            event.occurred_at,
            event.event_type,
            event.actor_email.unwrap_or_default()
        ))?;
    }
    Ok(())
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(anstream::stdout(), "{line}")?)
}
