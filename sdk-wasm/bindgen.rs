//! `bindgen MODULE FOLDER`: writes the JavaScript and the declarations of a built module, and the module
//! that goes with them, without what a browser would load in vain.

use std::{env, fs, path::Path};

use walrus::{FunctionBuilder, FunctionKind, Module};
use wasm_bindgen_cli_support::Bindgen;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1);
    let (Some(path), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bindgen MODULE FOLDER".into());
    };
    let mut module = Module::from_file(path)?;
    silence_panics(&mut module);
    let mut bindgen = Bindgen::new();
    bindgen.input_module("core", module).out_name("core");
    bindgen.web(true)?.typescript(true).remove_name_section(true).remove_producers_section(true);
    // The package hands the bytes over itself.
    bindgen.omit_default_module_path(true);
    let mut output = bindgen.generate_output()?;
    let js = output.js().to_owned();
    let js = shorten_names(output.wasm_mut(), js);
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    fs::write(folder.join("core.js"), js)?;
    fs::write(folder.join("core.d.ts"), output.ts().unwrap_or_default())?;
    fs::write(folder.join("core_bg.wasm"), output.wasm_mut().emit_wasm())?;
    Ok(())
}

/// Makes a panic a bare trap: nobody would see its message, since a browser has no standard error. What would
/// have written it is needed no more then, and the names of the source files that it would have told are blanked.
fn silence_panics(module: &mut Module) {
    let all = module.funcs.iter();
    let found = all.filter(|it| it.name.as_deref().is_some_and(is_of_a_panic));
    for id in found.map(walrus::Function::id).collect::<Vec<_>>() {
        let kind = module.types.get(module.funcs.get(id).ty());
        let (params, results) = (kind.params().to_vec(), kind.results().to_vec());
        let mut trap = FunctionBuilder::new(&mut module.types, &params, &results);
        trap.func_body().unreachable();
        let arguments = params.iter().map(|kind| module.locals.add(*kind)).collect();
        module.funcs.get_mut(id).kind = FunctionKind::Local(trap.local_func(arguments));
    }
    for id in module.data.iter().map(walrus::Data::id).collect::<Vec<_>>() {
        blank_source_files(&mut module.data.get_mut(id).value);
    }
}

/// Whether a function begins a panic, or writes a part of its message: `core::fmt` is there for nothing else here.
fn is_of_a_panic(name: &str) -> bool {
    let begins = name.contains("panicking") && name.contains("panic_fmt");
    // In both of the ways in which the compiler mangles names.
    let writes = ["7Display3fmt", "5Debug3fmt", "Display$GT$3fmt", "Debug$GT$3fmt"];
    begins || writes.iter().any(|end| name.contains(end))
}

/// Zeroes every text that ends in `.rs`, as the compiler writes the paths of source files: between zeros.
fn blank_source_files(data: &mut [u8]) {
    for text in data.split_mut(|byte| *byte == 0) {
        let from = text.iter().rposition(|byte| !byte.is_ascii_graphic()).map_or(0, |at| at + 1);
        if let Some(path) = text.get_mut(from..).filter(|path| path.ends_with(b".rs")) {
            path.fill(0);
        }
    }
}

/// Gives imports and exports short names, in the module and in its JavaScript: half of each is a hash, which does
/// not compress.
fn shorten_names(module: &mut Module, mut js: String) -> String {
    for (number, import) in module.imports.iter_mut().enumerate() {
        let short = format!("i{number}");
        js = js.replace(&format!("{}:", import.name), &format!("{short}:"));
        import.name = short;
    }
    // From the longest, since a name may begin like another.
    let mut exports: Vec<_> = module.exports.iter_mut().collect();
    exports.sort_by_key(|export| std::cmp::Reverse(export.name.len()));
    for (number, export) in exports.into_iter().enumerate() {
        let short = format!("e{number}");
        js = js.replace(&format!("wasm.{}", export.name), &format!("wasm.{short}"));
        export.name = short;
    }
    js
}
