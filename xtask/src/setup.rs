//! What is needed, what of it is missing, and its installation.

use std::env;
use std::io::{self, IsTerminal as _};

use anyhow::{Result, bail};

use crate::needs::Need;
use crate::say::{self, BAD, FAINT, PLAIN, STRONG, cell};

/// Shows the needs, installs those that are missing: asked on a terminal, unasked with `yes` or in
/// CI, and otherwise not at all.
pub(crate) fn run(needs: &[&Need], yes: bool) -> Result<()> {
    let missing = show(needs)?;
    if missing.is_empty() {
        return Ok(());
    }
    if !(yes || in_ci() || agreed()?) {
        bail!("not set up: {} missing\n{}", names(&missing), how_to_go_on(&missing));
    }
    for need in missing {
        say::heading(need.name, need.how);
        (need.install)()?;
        if (need.find)()?.is_none() {
            bail!("{} was installed, but is still not found", need.name);
        }
    }
    Ok(())
}

/// The table; answers with what is missing.
fn show<'a>(needs: &[&'a Need]) -> Result<Vec<&'a Need>> {
    let (mut rows, mut missing) = (Vec::new(), Vec::new());
    for need in needs {
        let found = (need.find)()?;
        if found.is_none() {
            missing.push(*need);
        }
        let how = if found.is_none() { need.how } else { "" };
        let found = found.map_or_else(|| cell(BAD, "missing"), |version| cell(PLAIN, version));
        rows.push(vec![cell(STRONG, need.name), found, cell(FAINT, need.why), cell(PLAIN, how)]);
    }
    if !rows.is_empty() {
        say::heading("setup", "what the chosen parts need");
        let how = if missing.is_empty() { "" } else { "how to install" };
        say::table(&["need", "found", "for", how], &rows);
    }
    Ok(missing)
}

/// Asks a person; nobody there is not a yes.
fn agreed() -> Result<bool> {
    let somebody = io::stdin().is_terminal() && say::terminal();
    Ok(somebody && say::ask("Install what is missing?")?)
}

fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| matches!(value.as_str(), "true" | "1"))
}

fn names(needs: &[&Need]) -> String {
    needs.iter().map(|need| need.name).collect::<Vec<_>>().join(", ")
}

fn how_to_go_on(missing: &[&Need]) -> String {
    let by_hand = missing.iter().map(|need| format!("\n    {}", need.how)).collect::<String>();
    format!(
        "run the same command with `--yes` to have it installed, or install it by hand:{by_hand}"
    )
}
