//! `bindgen MODULE FOLDER`: writes the JavaScript and the declarations of a built module, and the module
//! that goes with them.

use std::env;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args_os().skip(1);
    let (Some(module), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bindgen MODULE FOLDER".into());
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("core");
    bindgen.web(true)?.typescript(true).remove_name_section(true);
    bindgen.remove_producers_section(true);
    // The package hands the bytes over itself.
    bindgen.omit_default_module_path(true);
    Ok(bindgen.generate(folder)?)
}
