//! A script that keeps a little state with secureFlows, where nobody sits at a browser: it signs in with
//! an identity token, and never with a password.
//!
//! ```text
//! cargo run --example automation                     # with a platform of its own
//! SECUREFLOWS_IDENTITY_TOKEN=… cargo run --example automation -- --origin https://… --workspace … --app-id …
//! ```

use std::{io::Write as _, time::Duration};

use clap::Parser;
use secureflows::{Client, Declined, IdentityProvider, IdentityToken, Update, host::BoxFuture};
use secureflows_mock::{ApplicationSpec, UserSpec, WorkspaceSpec, World};

/// Counts how often it ran.
#[derive(Parser)]
struct Args {
    /// The platform; without it, one of this example's own.
    #[arg(long)]
    origin: Option<String>,
    /// The workspace.
    #[arg(long, default_value = "acme")]
    workspace: String,
    /// The application.
    #[arg(long, default_value = "acme-jobs")]
    app_id: String,
}

/// Finds the identity token in the environment, where whatever starts the script puts a fresh one.
struct Environment {
    origin: String,
}

impl IdentityProvider for Environment {
    fn identity_token(&self) -> BoxFuture<'_, Result<IdentityToken, Declined>> {
        Box::pin(async {
            let token = std::env::var("SECUREFLOWS_IDENTITY_TOKEN")
                .map_err(|_| Declined::new("SECUREFLOWS_IDENTITY_TOKEN is not set"))?;
            IdentityToken::issued_by(&self.origin, token)
                .map_err(|_| Declined::new("SECUREFLOWS_IDENTITY_TOKEN holds no token"))
        })
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    match &args.origin {
        Some(origin) => {
            let client = client(&args, origin, Environment { origin: origin.clone() })?;
            client.sign_in(None).await?;
            run(&client).await
        }
        None => show(&args).await,
    }
}

fn client(
    args: &Args,
    origin: &str,
    provider: impl IdentityProvider + 'static,
) -> anyhow::Result<Client> {
    Ok(Client::builder()
        .origin(origin)
        .workspace(&args.workspace)
        .app_id(&args.app_id)
        .identity_provider(provider)
        .build()?)
}

/// What the script is for.
async fn run(client: &Client) -> anyhow::Result<()> {
    let update = client.update("runs", |runs: Option<u64>| runs.unwrap_or(0) + 1).await?;
    match update {
        Update::Done { value, .. } => say(&format!("this was run {value}")),
        Update::Conflict { .. } => say("another run of this script was faster"),
    }
}

/// The script on a platform of its own, through the death of its token.
async fn show(args: &Args) -> anyhow::Result<()> {
    let world = World::builder()
        .workspace(WorkspaceSpec::new(&args.workspace))
        .application(&args.workspace, ApplicationSpec::new(&args.app_id))
        .user(&args.workspace, UserSpec::new("robot@example.com"))
        .start()
        .await?;
    let (desk, origin) = (world.clone(), world.origin().to_owned());
    let provider = move || {
        let token = desk.identity_token("robot@example.com");
        let token = token.map_err(|error| Declined::new(error.to_string()));
        let token = token.and_then(|token| {
            IdentityToken::issued_by(&origin, token)
                .map_err(|error| Declined::new(error.to_string()))
        });
        async { token }
    };
    let client = client(args, world.origin(), provider)?;
    client.sign_in(None).await?;
    run(&client).await?;
    run(&client).await?;
    world.clock().advance(Duration::from_secs(8 * 24 * 3600));
    say("eight days later: the token is dead, and renewed by the next call")?;
    run(&client).await?;
    client.logout().await?;
    say("signed out; the data stays")
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(anstream::stdout(), "{line}")?)
}
