//! One world of the mock platform on a loopback port, to develop against.

use std::{io::Write as _, process::ExitCode, time::Duration};

use anstyle::{AnsiColor, Style};
use clap::{Parser, ValueEnum};
use secureflows_mock::{
    ApplicationSpec, Clock, PasswordCost, Profile, Role, StartError, UserSpec, WorkspaceSpec, World,
};

/// Serve one world of the secureFlows mock platform, with a demo workspace, on 127.0.0.1.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// The port to listen on; 0 for any free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// How missing and dead session tokens are answered.
    #[arg(long, value_enum, default_value_t = Dialect::Default)]
    profile: Dialect,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Dialect {
    /// 410 for dead tokens, 401 for missing ones.
    Default,
    /// As the published API description has it.
    Published,
    /// As older deployments answer: 403.
    Legacy,
}

impl From<Dialect> for Profile {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Default => Self::Default,
            Dialect::Published => Self::Published,
            Dialect::Legacy => Self::Legacy,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match serve(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed error stream leaves nobody to tell.
            let _ = writeln!(anstream::stderr(), "secureflows-mock: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: &Options) -> Result<(), StartError> {
    let world = demo(options).start().await?;
    announce(&world);
    asked_to_stop().await;
    // A client that keeps its connection busy must not keep the process alive.
    let _ = tokio::time::timeout(Duration::from_secs(5), world.stop()).await;
    Ok(())
}

fn demo(options: &Options) -> secureflows_mock::WorldBuilder {
    World::builder()
        .port(options.port)
        .profile(options.profile.into())
        .clock(Clock::running(Duration::ZERO))
        .password_cost(PasswordCost::Standard)
        .workspace(WorkspaceSpec::new("demo"))
        .application(
            "demo",
            ApplicationSpec::new("demo-web")
                .display_name("Demo Notes")
                .redirect_uri("http://127.0.0.1:3000/callback")
                .redirect_uri("http://localhost:3000/callback"),
        )
        .user("demo", UserSpec::new("ada@example.com").password("correct horse"))
        .user(
            "demo",
            UserSpec::new("grace@example.com").password("battery staple").role(Role::Owner),
        )
}

/// One line when ready, then what to sign in with. Coloured on a terminal, plain anywhere else.
fn announce(world: &World) {
    let strong = Style::new().bold().fg_color(Some(AnsiColor::Green.into()));
    let soft = Style::new().dimmed();
    let mut out = anstream::stdout();
    // A closed output leaves nobody to tell; the platform serves all the same.
    let _ = writeln!(
        out,
        "{strong}ready{strong:#} secureflows-mock at {origin}\n\
         {soft}workspace{soft:#} demo  {soft}application{soft:#} demo-web  \
         {soft}redirects to{soft:#} http://127.0.0.1:3000/callback or http://localhost:3000/callback\n\
         {soft}sign in as{soft:#}  ada@example.com / correct horse  {soft}or{soft:#}  grace@example.com / battery staple\n\
         {soft}try{soft:#}  {origin}/app/sessions/login?workspace_name=demo&app_id=demo-web&redirect_uri=http://127.0.0.1:3000/callback",
        origin = world.origin(),
    );
    let _ = out.flush();
}

/// Returns on Ctrl-C, and on Unix at SIGTERM.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a way to be asked, the process runs until it is ended.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}
