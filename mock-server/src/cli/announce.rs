//! One line on standard output when ready; what a person wants to know besides goes beside it.

use std::{
    io::{self, Write},
    path::Path,
};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{place::Place, trust::Trust};

/// The line of `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready<'a> {
    base_url: &'a str,
    control_url: String,
    pid: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_file: Option<&'a Path>,
}

/// Says that the place is open. Where the output is closed nobody is told; it serves all the same.
pub(super) fn announce(place: &Place, json: bool) {
    let _ = if json { one_object(place) } else { in_words(place) };
}

fn one_object(place: &Place) -> io::Result<()> {
    let ready = Ready {
        base_url: place.base_url(),
        control_url: place.control_url(),
        pid: std::process::id(),
        workspace: place.application().map(|(workspace, _)| workspace),
        app_id: place.application().map(|(_, app_id)| app_id),
        ca_file: place.trust.as_ref().map(Trust::file),
    };
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(&ready)?)?;
    out.flush()
}

/// Coloured on a terminal, plain anywhere else.
fn in_words(place: &Place) -> io::Result<()> {
    let strong = Style::new().bold().fg_color(Some(AnsiColor::Green.into()));
    let mut out = anstream::stdout().lock();
    writeln!(out, "{strong}ready{strong:#} secureflows-mock at {}", place.base_url())?;
    out.flush()?;
    let mut aside = anstream::stderr().lock();
    if place.is_demo {
        demo(place, &mut aside)?;
    }
    match &place.trust {
        Some(trust) => trust.explain(place.base_url(), &mut aside),
        None => Ok(()),
    }
}

/// Who and what is in the demo.
fn demo(place: &Place, out: &mut impl Write) -> io::Result<()> {
    let soft = Style::new().dimmed();
    let Some((workspace, app_id)) = place.application() else { return Ok(()) };
    writeln!(
        out,
        "{soft}workspace{soft:#} {workspace}  {soft}application{soft:#} {app_id}  {soft}which may come back to{soft:#}"
    )?;
    let redirect_uris = place.seed.first_redirect_uris();
    for uri in redirect_uris {
        writeln!(out, "  {uri}")?;
    }
    writeln!(out, "{soft}sign in as{soft:#}")?;
    for (email, password) in place.seed.passwords() {
        writeln!(out, "  {email} {soft}with{soft:#} {password}")?;
    }
    let Some(redirect_uri) = redirect_uris.first() else { return Ok(()) };
    writeln!(
        out,
        "{soft}try{soft:#}\n  {}/app/sessions/login?workspace_name={workspace}&app_id={app_id}&redirect_uri={redirect_uri}",
        place.base_url(),
    )
}
