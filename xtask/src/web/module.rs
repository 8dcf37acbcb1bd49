//! The module that a browser loads.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::package;
use crate::wasm::{self, TARGET};
use crate::{step, workspace};

/// What every browser of the last years has, and the compiler makes use of.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What the web has no use for of the core, and leaves out.
pub(super) const LEFT_OUT: [&str; 5] = ["budget", "elsewhere", "headless", "http-date", "tracing"];

/// Where it lies.
pub(super) fn file() -> PathBuf {
    workspace::target().join("web/core.wasm")
}

pub(super) fn build() -> Result<()> {
    build_with(None, &file())
}

/// The module with a feature of the core that it is without otherwise.
pub(super) fn with_feature(feature: &str) -> Result<PathBuf> {
    let file = workspace::target().join("web/costs").join(feature).with_extension("wasm");
    build_with(Some(feature), &file)?;
    Ok(file)
}

fn build_with(feature: Option<&str>, file: &Path) -> Result<()> {
    let toolchain = wasm::toolchain()?;
    let package = ["--package", "secureflows-wasm"];
    let mut compile = toolchain.cargo(&["build", "--profile", "wasm", "--target", TARGET]);
    compile.args(package);
    let mut label = "cargo build --profile wasm".to_owned();
    if let Some(feature) = feature {
        compile.args(["--features", &format!("secureflows/{feature}")]);
        label = format!("{label}, with {feature}");
    }
    step::quiet(&label, compile)?;
    let module = toolchain.target_directory().join(TARGET).join("wasm/secureflows_wasm.wasm");
    fs::create_dir_all(file.parent().context("the module has a folder")?)?;
    let mut bindgen = workspace::cargo(&["run", "--features", "bindgen", "--bin", "bindgen"]);
    bindgen.args(package).arg("--").arg(module).arg(file);
    step::quiet("wasm-bindgen", bindgen)?;
    package::install_tools()?;
    let mut optimise = package::tool("wasm-opt");
    // Nothing lies in the lowest kilobyte: it is the far end of the stack.
    optimise.args(["--traps-never-happen", "--low-memory-unused"]);
    // Rebuilt from its flow, the code of the compiler's state machines is smaller; it takes a second round then.
    optimise.args(["-Oz", "--flatten", "--rereloop", "-Oz", "-Oz", "--converge"]);
    optimise.args(FEATURES);
    optimise.arg(file).arg("--output").arg(file);
    step::quiet("wasm-opt -Oz", optimise)
}
