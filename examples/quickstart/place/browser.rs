//! This machine's browser, and a loopback address that waits for it to come back.

use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::{
    Router,
    extract::{Request, State},
    response::Html,
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
};
use url::Url;

/// How long a person may take to sign in: as long as the login's record lasts.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

pub(crate) struct Browser {
    callbacks: Mutex<mpsc::Receiver<String>>,
}

impl Browser {
    /// Listens at `redirect_uri`.
    pub(crate) async fn listen(redirect_uri: &str) -> anyhow::Result<Self> {
        let uri = Url::parse(redirect_uri).context("--redirect-uri is no URL")?;
        let (Some(host), Some(port)) = (uri.host_str(), uri.port()) else {
            bail!(
                "--redirect-uri needs a loopback address with a port, such as http://127.0.0.1:7878/callback"
            );
        };
        if !matches!(host, "127.0.0.1" | "localhost") {
            bail!("--redirect-uri must be on this machine's loopback: 127.0.0.1 or localhost");
        }
        let listener = TcpListener::bind((host, port)).await;
        let listener = listener.with_context(|| format!("cannot listen on {host}:{port}"))?;
        let (arrived, callbacks) = mpsc::channel(1);
        let base = format!("{}://{host}:{port}", uri.scheme());
        let router =
            Router::new().route(uri.path(), axum::routing::get(arrive)).with_state((base, arrived));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { callbacks: Mutex::new(callbacks) })
    }

    /// Opens `page` and waits until the browser comes back.
    pub(crate) async fn visit(&self, page: &str) -> anyhow::Result<String> {
        if open::that(page).is_err() {
            anstream::println!("      open this page in a browser on this machine:\n      {page}");
        }
        let mut callbacks = self.callbacks.lock().await;
        let callback = tokio::time::timeout(PATIENCE, callbacks.recv()).await;
        callback.context("nobody signed in within ten minutes")?.context("the listener is gone")
    }
}

async fn arrive(
    State((base, arrived)): State<(String, mpsc::Sender<String>)>,
    request: Request,
) -> Html<&'static str> {
    // When nobody waits any more, the page is still worth showing.
    let _delivered = arrived.send(format!("{base}{}", request.uri())).await;
    Html("<!doctype html><meta charset=utf-8><title>Signed in</title><p>You can close this tab.")
}
