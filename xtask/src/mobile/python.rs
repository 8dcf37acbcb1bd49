//! The Python package: its wheel built, installed as its users install it, and tested as installed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::{beside_a_mock, bindings, build, generate, stripped};
use crate::{needs, scenarios, step, workspace};

/// Every scenario against the wheel, and its types.
pub(crate) fn test() -> Result<()> {
    install()?;
    let mut types = python("mypy");
    types.args(["--config-file", "pyproject.toml", "--package", "secureflows", "--cache-dir"]);
    types.arg(folder().join("mypy"));
    step::quiet("mypy --strict, of what is installed", types)?;
    let report = scenarios::Report::new("python")?;
    let mut test = beside_a_mock()?;
    test.arg(needs::python()).args(["-m", "pytest", "--quiet"]).current_dir(home());
    test.env(scenarios::REPORT, report.path()).env("PYTHONDONTWRITEBYTECODE", "1");
    step::quiet("pytest", test)?;
    step::check("every listed scenario was run", || report.check())
}

/// Builds the wheel, and installs it in place of the one before.
pub(crate) fn install() -> Result<()> {
    build()?;
    generate("python")?;
    let wheels = folder().join("wheel");
    if wheels.exists() {
        fs::remove_dir_all(&wheels).context("old wheels")?;
    }
    let mut wheel = pip("wheel");
    wheel.args(["--no-build-isolation", "--wheel-dir"]).arg(&wheels).arg(".");
    wheel.env("SECUREFLOWS_BINDING", bindings("python").join("secureflows.py"));
    wheel.env("SECUREFLOWS_LIBRARY", stripped()?);
    step::quiet("pip wheel", wheel)?;
    let mut made = fs::read_dir(&wheels)?;
    let made = made.next().context("pip made no wheel")??.path();
    let mut install = pip("install");
    install.arg("--force-reinstall").arg(made);
    step::quiet("pip install, of the wheel", install)
}

/// pip, without the network: the package needs nothing else.
fn pip(command: &str) -> Command {
    let mut pip = python("pip");
    pip.args([command, "--disable-pip-version-check", "--no-index", "--no-deps"]);
    pip
}

fn python(module: &str) -> Command {
    let mut python = Command::new(needs::python());
    python.current_dir(home()).args(["-m", module]);
    python
}

fn home() -> PathBuf {
    workspace::root().join("sdk-mobile/python")
}

fn folder() -> PathBuf {
    workspace::target().join("python")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_is_of_the_version_of_the_workspace() {
        let project = fs::read_to_string(home().join("pyproject.toml")).unwrap();
        assert!(project.contains(&format!("version = \"{}\"", env!("CARGO_PKG_VERSION"))));
    }
}
