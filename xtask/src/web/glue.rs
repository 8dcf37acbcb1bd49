//! The module that a browser loads, and the JavaScript that goes with it.

use std::fs;
use std::path::PathBuf;

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

/// Where `core.js`, `core.d.ts` and `core_bg.wasm` lie.
pub(super) fn folder() -> PathBuf {
    workspace::target().join("web/glue")
}

pub(super) fn build() -> Result<()> {
    let toolchain = wasm::toolchain()?;
    let crate_ = ["--package", "secureflows-wasm"];
    let mut compile = toolchain.cargo(&["build", "--profile", "wasm", "--target", TARGET]);
    compile.args(crate_);
    step::quiet("cargo build --profile wasm", compile)?;
    let module = toolchain.target_directory().join(TARGET).join("wasm/secureflows_wasm.wasm");
    fs::create_dir_all(folder())?;
    let mut bindgen = workspace::cargo(&["run", "--features", "bindgen", "--bin", "bindgen"]);
    bindgen.args(crate_).arg("--").arg(module).arg(folder());
    step::quiet("wasm-bindgen", bindgen)?;
    package::install_tools()?;
    let mut optimise = package::tool("wasm-opt");
    let module = folder().join("core_bg.wasm");
    optimise.args(["-Oz", "--converge", "--traps-never-happen"]).args(FEATURES);
    optimise.arg(&module).arg("--output").arg(&module);
    step::quiet("wasm-opt -Oz", optimise)
}
