#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| secureflows_tests::properties::callback_url(data));
