//! How the native library is linked.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let os = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    // Android 15 has devices with pages of 16 KB, and loads nothing that is aligned to less. Linux is
    // linked alike, so that what is checked on a host holds for a phone.
    if ["android", "linux"].contains(&os.as_str()) {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,max-page-size=16384");
    }
}
