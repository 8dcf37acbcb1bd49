#![no_main]

#[path = "../properties.rs"]
#[allow(dead_code, reason = "each target checks one of them")]
mod properties;

libfuzzer_sys::fuzz_target!(|data: (u16, &[u8])| properties::answer_body(data.0, data.1));
