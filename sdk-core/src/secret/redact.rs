//! What keeps secrets out of texts that come from outside: no error and no span shows such a text
//! before it went through here.

use crate::text::has;

/// What stands where a secret stood.
pub(crate) const REDACTED: &str = "[redacted]";

/// The longest text that is shown, in characters.
const LONGEST: usize = 300;

/// Headers, parameters and members whose value is a secret, in lower case and without `-` and `_`.
const SECRET_NAMES: [&str; 20] = [
    "accesstoken",
    "apikey",
    "authorization",
    "clientsecret",
    "cookie",
    "firebasetoken",
    "idtoken",
    "identitytoken",
    "key",
    "passwd",
    "password",
    "payload",
    "privatekey",
    "proxyauthorization",
    "refreshtoken",
    "secret",
    "secretkey",
    "sessiontoken",
    "setcookie",
    "token",
];

/// `text` from outside, fit for an error: no control characters, at most 300 characters, and
/// nothing left in it that is, or looks like, a secret: bearer headers, cookies, JWTs, keys, values
/// of parameters that are named like secrets, query strings.
pub(crate) fn redacted(text: &str) -> String {
    let mut out = String::new();
    let mut hide = Hide::Nothing;
    for (word, gap) in (Words { rest: text }) {
        let secret = match hide {
            Hide::Nothing => looks_like_a_secret(word),
            Hide::Next | Hide::Line => !word.is_empty(),
        };
        out.push_str(if secret && !is_scheme(word) { REDACTED } else { word });
        out.extend(gap.chars().map(|c| if c.is_control() { ' ' } else { c }));
        hide = hide.after(word, gap);
    }
    shortened(out)
}

/// What of the words to come is secret because of those before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hide {
    Nothing,
    /// The next word.
    Next,
    /// Everything to the end of the line.
    Line,
}

impl Hide {
    fn after(self, word: &str, gap: &str) -> Self {
        if has(gap, b"\n\r") {
            return Self::Nothing;
        }
        let sign = gap.bytes().find(|byte| !b"\"' ".contains(byte));
        let names_it = matches!(sign, Some(b':' | b'='));
        let space = char::is_whitespace;
        match self {
            Self::Line => Self::Line,
            _ if has(gap, b"?") && !gap.chars().next_back().is_some_and(space) => Self::Line,
            _ if is_scheme(word) && gap.chars().all(space) => Self::Next,
            _ if names_it && is_header(word) => Self::Line,
            _ if names_it && is_secret_name(word) => Self::Next,
            // What was to be hidden has not come yet.
            Self::Next if word.is_empty() => Self::Next,
            _ => Self::Nothing,
        }
    }
}

/// Splits a text into words of a token's characters, each with what stands behind it.
struct Words<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Words<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let word =
            self.rest.bytes().position(|byte| !is_of_a_token(byte)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(word)?;
        let gap = rest.bytes().position(is_of_a_token).unwrap_or(rest.len());
        let (gap, rest) = rest.split_at_checked(gap)?;
        self.rest = rest;
        Some((word, gap))
    }
}

const fn is_of_a_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'+')
}

fn is_scheme(word: &str) -> bool {
    word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic")
}

/// A header whose whole line is secret.
fn is_header(word: &str) -> bool {
    matches!(plain(word).as_str(), "cookie" | "setcookie" | "authorization" | "proxyauthorization")
}

fn is_secret_name(word: &str) -> bool {
    SECRET_NAMES.contains(&plain(word).as_str())
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}

/// JWTs and keys are long runs of letters and digits; words and host names are not.
fn looks_like_a_secret(word: &str) -> bool {
    const SHORTEST: usize = 24;
    word.len() >= SHORTEST && word.bytes().any(|b| b.is_ascii_digit())
        || word.starts_with("eyJ") && word.len() > 8
        || ["sk_", "pk_", "sk-", "ghp_", "AIza"].iter().any(|key| word.starts_with(key))
}

fn shortened(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl";

    #[test]
    fn plain_words_stay() {
        for text in [
            "Firebase user does not own this session",
            "workspace concurrent session limit reached (max 20)",
            "Cannot downgrade plan; revoke sessions or shrink payloads and retry.",
            "Invalid for parameter; use self-service or workspace-management",
            "is it? yes: it is",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    #[test]
    fn secrets_go() {
        for (text, shown) in [
            (format!("bad token \"{JWT}\",\nsorry"), "bad token \"[redacted]\", sorry"),
            (
                "Authorization: Bearer abc def\nnext".into(),
                "Authorization: Bearer [redacted] [redacted] next",
            ),
            ("sent Bearer short, sorry".into(), "sent Bearer [redacted], sorry"),
            (
                "Cookie: a=b; c=d\nok".into(),
                "Cookie: [redacted]=[redacted]; [redacted]=[redacted] ok",
            ),
            ("set-cookie: id=7".into(), "set-cookie: [redacted]=[redacted]"),
            (
                "{\"sessionToken\":\"x1\",\"a\":1}".into(),
                "{\"sessionToken\":\"[redacted]\",\"a\":1}",
            ),
            ("session_token=x1 left".into(), "session_token=[redacted] left"),
            ("password: hunter2".into(), "password: [redacted]"),
            ("key sk_live_1 is bad".into(), "key [redacted] is bad"),
            (
                "GET https://a.example/x?code=1&b=2\nok".into(),
                "GET https://a.example/x?[redacted]=[redacted]&[redacted]=[redacted] ok",
            ),
        ] {
            assert_eq!(redacted(&text), shown);
        }
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(redacted(&"é".repeat(1000)).chars().count(), 301);
    }

    proptest! {
        /// Whatever stands around it, a token is gone.
        #[test]
        fn a_token_is_never_shown(before in "\\PC{0,40}[ :=\"/?]", after in "[ ,;\"&]\\PC{0,40}") {
            let bare = redacted(&format!("{before}{JWT}{after}"));
            prop_assert!(!bare.contains(JWT));
            let header = redacted(&format!("{before} Bearer s3cr3tw0rd{after}"));
            prop_assert!(!header.contains("s3cr3tw0rd"));
        }

        #[test]
        fn nothing_shown_has_a_control_character(text in any::<String>()) {
            prop_assert!(!redacted(&text).contains(char::is_control));
        }
    }
}
