//! The module that a browser loads, and the JavaScript that goes with it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

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
pub(super) const LEFT_OUT: [&str; 4] = ["budget", "headless", "http-date", "tracing"];

/// Where `core.js`, `core.d.ts` and `core_bg.wasm` lie.
pub(super) fn folder() -> PathBuf {
    workspace::target().join("web/glue")
}

pub(super) fn build() -> Result<()> {
    build_with(None, &folder())
}

/// The module with a feature of the core that it is without otherwise.
pub(super) fn with_feature(feature: &str) -> Result<PathBuf> {
    let folder = workspace::target().join("web/costs").join(feature);
    build_with(Some(feature), &folder)?;
    Ok(folder.join("core_bg.wasm"))
}

fn build_with(feature: Option<&str>, folder: &Path) -> Result<()> {
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
    fs::create_dir_all(folder)?;
    let mut bindgen = workspace::cargo(&["run", "--features", "bindgen", "--bin", "bindgen"]);
    bindgen.args(package).arg("--").arg(module).arg(folder);
    step::quiet("wasm-bindgen", bindgen)?;
    package::install_tools()?;
    let mut optimise = package::tool("wasm-opt");
    let module = folder.join("core_bg.wasm");
    // Nothing lies in the lowest kilobyte: it is the far end of the stack.
    optimise.args(["-Oz", "--converge", "--traps-never-happen", "--low-memory-unused"]);
    optimise.args(FEATURES);
    optimise.arg(&module).arg("--output").arg(&module);
    step::quiet("wasm-opt -Oz", optimise)
}
