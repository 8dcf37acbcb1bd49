//! The properties that the fuzz targets check, on inputs drawn by `proptest`.

#[path = "../fuzz/properties.rs"]
mod properties;

use proptest::prelude::*;

/// Text that is often nearly a callback.
fn nearly_callback() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "https://app\\.example/callback[?&#]?(state|sessionToken|error|code)?=?[a-zA-Z0-9%&=.]{0,60}",
        "(https://app\\.example/callback)?\\?sessionToken=[ -~]{0,20}&state=sf1\\.[0-9a-f]{32}",
    ]
}

/// Bodies that are often nearly an answer.
fn nearly_body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "\\{\"(error|code|message|sessionToken|value|key|userId|revoked)\":(\"[ -~&&[^\"\\\\]]{0,30}\"|[0-9]{1,3}|null|true)\\}"
            .prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn callback_url(url in nearly_callback()) {
        properties::callback_url(&url);
    }

    #[test]
    fn answer_body(status in 100_u16..600, body in nearly_body()) {
        properties::answer_body(status, &body);
    }

    #[test]
    fn retry_header(header in "\\PC{0,20}|[0-9]{1,22}|(Mon|Wed), [0-3][0-9] (Oct|Nov) 20[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9] GMT", now in any::<u64>()) {
        properties::retry_header(&header, now);
    }

    #[test]
    fn key_encoding(key in "(?s).{0,40}|\\.{1,3}|[%./?#]{1,8}") {
        properties::key_encoding(&key);
    }
}
