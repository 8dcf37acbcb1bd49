//! What holds for every input, as functions that end when it does not. The fuzz targets in `tests/fuzz` and
//! the property tests in `tests/properties` run the same ones.

#![expect(clippy::unwrap_used, reason = "a property that does not hold ends the run")]

use std::time::Duration;

use secureflows::{
    Key,
    protocol::{
        call::{self, Auth},
        login::{self, Callback, RedirectUri, State},
        retry,
        session::Generation,
        verdict::{Reply, Verdict, judge},
        wire::percent,
    },
};

const ORIGIN: &str = "https://www.secure-flows.com";
const REDIRECTS: [&str; 3] =
    ["https://a.example/cb", "https://a.example/cb?from=login", "com.example.app:/cb"];

/// Whatever URL an app gives us: it is read as ours only with a state of our form.
pub fn callback_url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for uri in REDIRECTS {
        let redirect_uri = RedirectUri::parse(uri).unwrap();
        for url in [
            text.to_string(),
            format!("{uri}{text}"),
            format!("{uri}?{text}"),
            format!("{uri}&{text}"),
        ] {
            if let Ok(Callback::Came { state, .. }) = login::read(&url, &redirect_uri, ORIGIN) {
                assert!(State::recognise(state.as_str()).is_some(), "{url}");
                assert!(url.contains("state="), "{url}");
            }
        }
    }
}

/// Whatever comes back from whatever call: only a refusal of a session token signs out.
pub fn answer_body(data: &[u8]) {
    let [high, low, which, body @ ..] = data else { return };
    let status = 100 + u16::from_be_bytes([*high, *low]) % 500;
    let endpoint = call::ALL.get(usize::from(*which) % call::ALL.len()).unwrap();
    let reply = Reply { status, retry_after: None, body };
    match judge(endpoint, Generation::default(), reply) {
        Verdict::Dead(_) => {
            assert!(matches!(status, 401 | 403 | 404 | 410) && endpoint.auth == Auth::Session);
        }
        Verdict::Accepted(_) => assert!(matches!(status, 200 | 204), "{status}"),
        Verdict::Absent => assert_eq!(status, 404),
        Verdict::RateLimited(_) => assert_eq!(status, 429),
        Verdict::Refused(_) => assert!(status >= 400, "{status}"),
        // What is not in the platform's words says nothing, whatever its status.
        Verdict::Transient(_) => {}
    }
}

/// Whatever a `Retry-After` header says: a number of seconds is just that, and nothing waits for the past.
pub fn retry_header(data: &[u8]) {
    const NOON: u64 = 1_792_584_000_000;
    let text = String::from_utf8_lossy(data);
    let wait = retry::retry_after(&text, NOON);
    let digits = text.trim();
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        // Of more digits than anybody waits for it says nothing.
        let seconds = digits.parse().ok().map(Duration::from_secs);
        assert_eq!(wait, seconds, "{text}");
    } else {
        // At the end of time every date has passed.
        let late = retry::retry_after(&text, u64::MAX);
        assert!(late.is_none_or(|wait| wait.is_zero()), "{text}");
    }
    assert!(wait.is_none() || text.bytes().any(|byte| byte.is_ascii_digit()), "{text}");
}

/// Whatever text a key is: it is refused, or one segment of the path that reads back as itself.
pub fn key_encoding(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut encoded = String::new();
    percent::encode_into(&mut encoded, &text);
    assert_eq!(percent::decode(&encoded).as_deref(), Some(&*text));
    let Ok(key) = Key::parse(&text) else {
        assert!(matches!(&*text, "" | "." | "..") || text.len() > 1024, "{text:?}");
        return;
    };
    assert_eq!(key.as_str(), text);
    assert!(!encoded.contains(['/', '?', '#', '\\']), "{encoded}");
    let url = url::Url::parse(&format!("https://a.example/get/{encoded}")).unwrap();
    assert_eq!(url.path_segments().unwrap().count(), 2, "{encoded}");
    assert_eq!(url.query(), None);
}
