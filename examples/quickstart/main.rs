//! The whole of the SDK in one run: sign in through hosted login, store a profile, let the token
//! die, sign in again once, find the same data, sign out.
//!
//! ```text
//! cargo run --example quickstart                                   # with a platform of its own
//! cargo run --example quickstart -- --json '{"name":"Grace"}'      # with a profile of yours
//! cargo run --example quickstart -- --origin https://…  --workspace … --app-id …
//! ```

mod args;
mod place;
mod show;
mod watch;

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use args::Args;
use clap::Parser as _;
use place::Place;
use secureflows::{Client, DataState, Error, LoginOptions, PrivateUrl, SignIn};
use serde_json::Value;
use show::Show;
use watch::Watch;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let profile = args.profile()?;
    let mut show = Show::new();
    let place = Arc::new(Place::open(&args).await?);
    show.step(&place.to_string(), &[]);

    let watch = Arc::new(Watch::new()?);
    let at_login = Arc::clone(&place);
    let client = Client::builder()
        .origin(place.origin())
        .workspace(place.workspace())
        .app_id(place.app_id())
        .redirect_uri(place.redirect_uri())
        .host(watch.clone())
        .reauthenticate(move |page: PrivateUrl| {
            let place = Arc::clone(&at_login);
            async move { place.visit(&page).await }
        })
        .build()?;

    sign_in(&client, &place).await?;
    let who = client.identity().await?.email.unwrap_or_else(|| "somebody".to_owned());
    show.step(&format!("signed in as {who} through hosted login"), &watch.statuses());

    client.set("profile", &profile).await?;
    show.step(
        &format!("stored a profile of {} bytes", profile.to_string().len()),
        &watch.statuses(),
    );

    ensure!(client.get("profile").await? == Some(profile.clone()), "another profile came back");
    show.step("read it back: the same", &watch.statuses());

    let how = place.kill_token(&client).await?;
    show.step(&how, &[]);

    let calls = (0..5).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.get::<Value>("profile").await })
    });
    for call in calls.collect::<Vec<_>>() {
        let read = call.await??;
        ensure!(read == Some(profile.clone()), "the profile is another one after the re-login");
    }
    show.step("5 reads at once: dead token, one re-login, the same profile", &watch.statuses());
    ensure!(place.visits() == 2, "one login and one re-login were expected");

    client.logout().await?;
    show.step("signed out", &watch.statuses());

    let old = place.last_token().context("there was a login")?;
    match client.adopt(old).await {
        Err(Error::SignedOut { data: DataState::Intact, .. }) => {}
        other => anyhow::bail!("the old token should be dead, but: {other:?}"),
    }
    show.step("the old token is dead, says the platform; the data is intact", &watch.statuses());

    sign_in(&client, &place).await?;
    let again: Option<Value> = client.get("profile").await?;
    ensure!(again == Some(profile), "the profile is gone");
    show.step("signed in once more: the profile is still there", &watch.statuses());

    show.at_rest(place.at_rest().as_deref());
    Ok(())
}

async fn sign_in(client: &Client, place: &Place) -> anyhow::Result<()> {
    let page = client.begin_login(&LoginOptions::new())?;
    let callback = place.visit(&page).await.map_err(|declined| anyhow::anyhow!(declined.reason))?;
    let done = client.complete_login(&callback).await?;
    ensure!(done == SignIn::Done, "hosted login came back to another page");
    Ok(())
}
