//! One note through all packages, on one world: a browser writes it, Kotlin changes it, Python reads it, Rust
//! checks them all.
//!
//! The hops are in `tests/e2e`, Kotlin's beside the program that tries its package out. Each tells in a file of
//! its own what it read or wrote.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{mobile, needs, step, web, workspace};

pub(crate) fn run() -> Result<()> {
    web::build()?;
    mobile::install_kotlin()?;
    mobile::install_python()?;
    let mock = Mock::start(mobile::mock()?)?;
    let told = empty_folder()?;

    let mut browser = needs::node("node");
    browser.arg("tests/e2e/browser.js").current_dir(workspace::root());
    browser.env("SECUREFLOWS_WEB_PACKAGE", web::installed()).env("CHROMIUM", needs::chromium());
    browser.env("SECUREFLOWS_CONTROL_URL", &mock.control_url).env(TOLD, &told);
    step::quiet("examples/web-notes writes a note", browser)?;
    let world = World::of(&told)?;

    let kotlin = mobile::kotlin_program("EndToEndKt");
    step::quiet("Kotlin reads it and changes it", world.with(kotlin, &told))?;
    let mut python = Command::new(needs::python());
    python.arg("tests/e2e/notes.py").current_dir(workspace::root());
    python.env("PYTHONPATH", "sdk-mobile/python/tests").env("PYTHONDONTWRITEBYTECODE", "1");
    step::quiet("Python reads the change", world.with(python, &told))?;
    let rust = ["run", "--package", "secureflows-tests", "--example", "e2e"];
    step::quiet("Rust has what they all had", world.with(workspace::cargo(&rust), &told))
}

/// The environment variable that names the folder of what the hops tell.
const TOLD: &str = "SECUREFLOWS_E2E";

/// What an earlier run told proves nothing.
fn empty_folder() -> Result<PathBuf> {
    let folder = workspace::target().join("e2e");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("what was told before")?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The world that the first hop made, for the address of its own page.
struct World {
    origin: String,
    control_url: String,
}

impl World {
    fn of(told: &Path) -> Result<Self> {
        let told = fs::read_to_string(told.join("browser.json"))?;
        let told: Value = serde_json::from_str(&told)?;
        Ok(Self { origin: text(&told, "origin")?, control_url: text(&told, "controlUrl")? })
    }

    /// `hop` with the names that it has under `secureflows-mock exec`.
    fn with(&self, mut hop: Command, told: &Path) -> Command {
        hop.env("SECUREFLOWS_ORIGIN", &self.origin);
        hop.env("SECUREFLOWS_CONTROL_URL", &self.control_url).env(TOLD, told);
        hop
    }
}

/// The mock, until it is dropped.
struct Mock {
    process: Child,
    control_url: String,
}

impl Mock {
    fn start(mut program: Command) -> Result<Self> {
        program.args(["serve", "--json", "--port", "0"]).stdout(Stdio::piped());
        let process = program.spawn().context("the mock does not start")?;
        let mut mock = Self { process, control_url: String::new() };
        let output = mock.process.stdout.as_mut().context("the mock has no output")?;
        let mut ready = String::new();
        BufReader::new(output).read_line(&mut ready)?;
        let ready = serde_json::from_str(&ready).context("the mock did not become ready")?;
        mock.control_url = text(&ready, "controlUrl")?;
        Ok(mock)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It fails when the mock has ended, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn text(object: &Value, member: &str) -> Result<String> {
    let text = object.get(member).and_then(Value::as_str);
    text.map(str::to_owned).with_context(|| format!("`{member}` is missing"))
}
