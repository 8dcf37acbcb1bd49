//! The properties that `tests/fuzz` looks for exceptions to, on inputs that proptest draws.

use proptest::prelude::*;
use secureflows_tests::properties;

/// Bytes as they come, and texts that look like what is read.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let texts = prop_oneof![
        "\\PC{0,60}",
        "[?&]{0,1}(sessionToken|state|error|from)=[A-Za-z0-9%+._~-]{0,60}(&state=sf1\\.[A-Za-z0-9_-]{0,30}){0,2}",
        "[0-9]{1,12}",
        "(Mon|Tue|Wed), [0-3][0-9] (Jan|Oct|Dec) 20[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9] GMT",
        "\\{\"(key|error|status|value)\":(\"[a-z]{0,9}\"|[0-9]{0,5}|null)\\}?",
    ];
    prop_oneof![prop::collection::vec(any::<u8>(), 0..200), texts.prop_map(String::into_bytes)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_callback_url_is_too_strange(data in input()) {
        properties::callback_url(&data);
    }

    #[test]
    fn no_answer_is_too_strange(head in any::<[u8; 3]>(), body in input()) {
        properties::answer_body(&[&head[..], &body].concat());
    }

    #[test]
    fn no_retry_header_is_too_strange(data in input()) {
        properties::retry_header(&data);
    }

    #[test]
    fn no_key_is_too_strange(data in input()) {
        properties::key_encoding(&data);
    }
}
