//! A backend of the app's own that knows who is calling: it asks the platform, and never decodes a
//! token.
//!
//! ```text
//! cargo run --example notes-service                          # with a platform and a user of its own
//! cargo run --example notes-service -- --listen 127.0.0.1:8080 --origin https://…  # serves
//! ```

mod app;

use std::io::Write as _;

use anyhow::Context as _;
use clap::Parser;
use secureflows::{BackendRequest, Client, SessionToken, verifier::Verifier};
use secureflows_mock::{ApplicationSpec, UserSpec, WorkspaceSpec, World};
use tokio::net::TcpListener;

const REDIRECT: &str = "http://127.0.0.1:7878/callback";

/// An axum backend behind secureFlows sign-in.
#[derive(Parser)]
struct Args {
    /// The platform to ask; without it, one of this example's own.
    #[arg(long)]
    origin: Option<String>,
    /// Where to listen; a free port by default.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let listener = TcpListener::bind(&args.listen).await.context("cannot listen there")?;
    let backend = format!("http://{}", listener.local_addr()?);
    match args.origin {
        Some(origin) => {
            let verifier = Verifier::builder().origin(&origin).build()?;
            say(&format!("notes for users of {origin} at {backend}/notes"))?;
            axum::serve(listener, app::app(verifier)).await?;
        }
        None => show(listener, &backend).await?,
    }
    Ok(())
}

/// The service with a platform of its own, and a user who keeps notes in it.
async fn show(listener: TcpListener, backend: &str) -> anyhow::Result<()> {
    let world = World::builder()
        .workspace(WorkspaceSpec::new("acme"))
        .application("acme", ApplicationSpec::new("acme-notes").redirect_uri(REDIRECT))
        .user("acme", UserSpec::new("ada@example.com"))
        .start()
        .await?;
    let verifier = Verifier::builder().origin(world.origin()).build()?;
    tokio::spawn(async move { axum::serve(listener, app::app(verifier)).await });

    let client = Client::builder()
        .origin(world.origin())
        .workspace("acme")
        .app_id("acme-notes")
        .redirect_uri(REDIRECT)
        .backend(backend)
        .build()?;
    let token = world.sign_in("ada@example.com", "acme-notes").await?;
    client.adopt(SessionToken::issued_by(world.origin(), token)?).await?;

    let notes = format!("{backend}/notes");
    let add = BackendRequest::post(&notes).json(r#"{"text":"buy milk"}"#);
    say(&format!("POST /notes       {}", client.fetch(&add).await?.status()))?;
    let listed = client.fetch(&BackendRequest::get(&notes)).await?;
    say(&format!("GET /notes        {} {}", listed.status(), listed.text().unwrap_or_default()))?;
    let remove = BackendRequest::delete(format!("{notes}/1"));
    say(&format!("DELETE /notes/1   {}", client.fetch(&remove).await?.status()))?;
    client.logout().await?;
    let refused = client.fetch(&BackendRequest::get(&notes)).await.map(|answer| answer.status());
    say(&match refused {
        Ok(status) => format!("signed out, and still: {status}"),
        Err(error) => format!("GET /notes        not sent: {error}"),
    })
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(anstream::stdout(), "{line}")?)
}
