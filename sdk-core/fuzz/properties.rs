//! What holds for every input from outside. Fuzz targets and property tests check the same functions.

use secureflows::protocol::{
    call::{self, Key},
    login::{self, Callback, RedirectUri},
    retry,
    session::Generation,
    verdict::{Reply, Verdict, judge},
    wire::percent,
};

const ORIGIN: &str = "https://p.example";
const REDIRECT: &str = "https://app.example/callback";

/// Whatever URL comes, reading it ends, and only one of ours brings anything.
pub(crate) fn callback_url(url: &str) {
    let Ok(redirect) = RedirectUri::parse(REDIRECT) else { return };
    if let Ok(Callback::Came { .. }) = login::read(url, &redirect, ORIGIN) {
        assert!(url.starts_with(REDIRECT), "another page was taken for the callback");
    }
}

/// Whatever body comes, it is judged; a failure of the platform never says that a token is dead, and
/// what is accepted came with a success.
pub(crate) fn answer_body(status: u16, body: &[u8]) {
    for endpoint in &call::ALL {
        let reply = Reply { status, retry_after: None, body };
        match judge(endpoint, Generation::default(), reply) {
            Verdict::Dead(_) => assert!((400..500).contains(&status), "{status}"),
            Verdict::Absent => assert!(status < 500, "{status}"),
            Verdict::Accepted(_) => assert!(status == 200 || status == 409, "{status}"),
            Verdict::Refused(error) => assert!(!error.to_string().contains('\u{0}')),
            Verdict::RateLimited(_) | Verdict::Transient(_) => {}
        }
    }
}

/// Whatever the header says, a wait is asked for only where it holds a number, and never the more the
/// later it is.
pub(crate) fn retry_header(header: &str, now: u64) {
    let Some(wait) = retry::retry_after(header, now) else { return };
    assert!(header.bytes().any(|byte| byte.is_ascii_digit()));
    let later = retry::retry_after(header, now.saturating_add(1000));
    assert!(later.is_some_and(|later| later <= wait));
}

/// Whatever key comes, it is one segment of a URL, and is read back as it was.
pub(crate) fn key_encoding(text: &str) {
    let Ok(key) = Key::parse(text) else { return };
    let mut segment = String::new();
    percent::encode_into(&mut segment, key.as_str());
    assert!(segment != "." && segment != "..");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
    assert!(segment.bytes().all(plain), "more than one segment");
    assert_eq!(percent::decode(&segment).as_deref(), Some(text));
}
