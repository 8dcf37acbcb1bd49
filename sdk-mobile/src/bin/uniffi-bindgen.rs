//! Generates the bindings of the library beside it.

fn main() {
    uniffi::uniffi_bindgen_main();
}
