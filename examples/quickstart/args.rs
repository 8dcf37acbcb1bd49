//! The command line.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use serde_json::Value;

/// The profile that is stored when none is given.
const PROFILE: &str = include_str!("profile.json");

/// Sign in, store, expire, sign in again: the secureFlows SDK in one run.
#[derive(Debug, Parser)]
pub(crate) struct Args {
    /// The profile to store, as JSON text
    #[arg(long, value_name = "JSON", conflicts_with = "file")]
    json: Option<String>,
    /// A file with the profile to store, as JSON
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A server that speaks the contract; without it, a mock platform is started in this process
    #[arg(long, value_name = "URL")]
    pub(crate) origin: Option<String>,
    /// The workspace there
    #[arg(long, default_value = "acme", value_name = "NAME")]
    pub(crate) workspace: String,
    /// The application there
    #[arg(long, default_value = "acme-notes", value_name = "ID")]
    pub(crate) app_id: String,
    /// The redirect URI registered there: an http address on this machine's loopback
    #[arg(long, default_value = "http://127.0.0.1:7878/callback", value_name = "URI")]
    pub(crate) redirect_uri: String,
}

impl Args {
    /// The profile to store.
    pub(crate) fn profile(&self) -> anyhow::Result<Value> {
        let (text, from) = match (&self.json, &self.file) {
            (Some(json), _) => (json.clone(), "--json".to_owned()),
            (None, Some(path)) => {
                let from = path.display().to_string();
                let text = std::fs::read_to_string(path);
                (text.with_context(|| format!("cannot read {from}"))?, from)
            }
            (None, None) => (PROFILE.to_owned(), "profile.json".to_owned()),
        };
        serde_json::from_str(&text).with_context(|| format!("{from} is not JSON"))
    }
}
