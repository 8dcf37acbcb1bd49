//! `bindgen MODULE FILE`: writes a built module as a browser loads it, without what it would load in vain. The JavaScript
//! that goes with it is `web/src/page.ts`.

use std::{env, fs};

use walrus::{FunctionBuilder, FunctionKind, Module};
use wasm_bindgen_cli_support::Bindgen;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1);
    let (Some(path), Some(file)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bindgen MODULE FILE".into());
    };
    let mut module = Module::from_file(path)?;
    silence_panics(&mut module);
    let mut bindgen = Bindgen::new();
    bindgen.input_module("core", module).out_name("core");
    bindgen.web(true)?.typescript(false).remove_name_section(true).remove_producers_section(true);
    let mut output = bindgen.generate_output()?;
    trim(output.wasm_mut())?;
    fs::write(file, output.wasm_mut().emit_wasm())?;
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

/// Leaves of the exports and imports what the page knows, by plain names.
fn trim(module: &mut Module) -> Result<()> {
    for id in module.exports.iter().map(walrus::Export::id).collect::<Vec<_>>() {
        let export = module.exports.get_mut(id);
        let name = export.name.trim_start_matches("__wbindgen_");
        match ["memory", "malloc", "give", "ask"].iter().find(|known| **known == name) {
            Some(known) => export.name = (*known).to_owned(),
            None => module.exports.delete(id),
        }
    }
    for id in module.imports.iter().map(walrus::Import::id).collect::<Vec<_>>() {
        let import = module.imports.get_mut(id);
        let name =
            ["put", "page"].into_iter().find(|name| import.name.contains(&format!("_{name}_")));
        match name {
            Some(name) => (import.module, import.name) = ("page".into(), name.into()),
            // Objects do not cross over.
            None if import.name == "__wbindgen_init_externref_table" => module.imports.delete(id),
            None => return Err(format!("the page has no `{}`", import.name).into()),
        }
    }
    Ok(())
}
