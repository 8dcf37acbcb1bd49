//! The npm package `@secureflows/web`: built, packed, installed as its users install it, tested, measured.

mod module;
mod package;
mod size;

use anyhow::Result;

use crate::{npm_mock, scenarios, step, workspace};

pub(crate) use package::installed;

/// `cargo xtask web`: builds and measures, and packs the mock that goes with it.
pub(crate) fn run() -> Result<()> {
    let built = build();
    size::costs()?;
    built?;
    npm_mock::pack().map(drop)
}

pub(crate) fn build() -> Result<()> {
    module::build()?;
    package::build()?;
    package::install()?;
    size::check()
}

/// `cargo xtask bench web`, beside a mock that is built already.
pub(crate) fn bench() -> Result<()> {
    build()?;
    package::bench()
}

/// The part `web` of `cargo xtask test`.
pub(crate) fn test() -> Result<()> {
    build()?;
    let mock = workspace::cargo(&["build", "--package", "secureflows-mock"]);
    step::quiet("cargo build --package secureflows-mock", mock)?;
    let (node, browser) =
        (scenarios::Report::new("web-node")?, scenarios::Report::new("web-browser")?);
    package::test(&[
        ("SECUREFLOWS_SCENARIO_REPORT", node.path()),
        ("SECUREFLOWS_BROWSER_SCENARIO_REPORT", browser.path()),
    ])?;
    npm_mock::pack()?;
    step::check("every listed scenario was run in Node", || node.check())?;
    step::check("every listed scenario was run in Chromium", || browser.check())
}
