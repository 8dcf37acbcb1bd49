//! The session token: held in memory, wiped when dropped, printed never.

use std::{fmt, sync::Arc};

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The longest token that is accepted, in bytes: what common servers take as one header.
const LONGEST_TOKEN: usize = 8 * 1024;
/// What stands where a token stood.
const REDACTED: &str = "[redacted]";

/// The short-lived credential of one signed-in user, bound to the origin that issued it.
///
/// It is opaque: nothing in it is ever decoded. It lives in memory only (contract, ruling 1), is
/// wiped when its last clone goes, has no `Display`, and its `Debug` shows the origin alone. A
/// client refuses a token of any other origin than its own, so that a test can neither leak a real
/// token nor reach production with a fake one.
///
/// ```
/// use secureflows::SessionToken;
///
/// let token = SessionToken::issued_by("https://www.secure-flows.com", "opaque".to_owned()).unwrap();
/// assert!(!format!("{token:?}").contains("opaque"));
/// ```
#[derive(Clone)]
pub struct SessionToken(Arc<Inner>);

#[derive(Zeroize, ZeroizeOnDrop)]
struct Inner {
    #[zeroize(skip)]
    origin: Box<str>,
    value: String,
}

impl SessionToken {
    /// Takes `value`, as it was issued by `origin` (`https://host[:port]`), out of the caller's
    /// hands.
    ///
    /// # Errors
    /// [`MalformedToken`] when `value` is empty, longer than 8 KiB or has a character that no HTTP
    /// header can carry; the value is wiped all the same.
    pub fn issued_by(origin: &str, value: String) -> Result<Self, MalformedToken> {
        let value = Zeroizing::new(value);
        let fits = !value.is_empty()
            && value.len() <= LONGEST_TOKEN
            && value.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(MalformedToken);
        }
        // A copy, so that the caller's buffer is wiped whatever its spare capacity held.
        Ok(Self(Arc::new(Inner { origin: origin.into(), value: String::clone(&value) })))
    }

    /// The origin that issued this token, the only one it may be sent to.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// `text` without this token, should somebody have put it there.
    pub(crate) fn cut_from(&self, text: &str) -> String {
        text.replace(self.expose(), REDACTED)
    }

    /// The token in plain: for the wire, and for nothing else.
    pub(crate) fn expose(&self) -> &str {
        &self.0.value
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionToken").field("origin", &self.0.origin).finish_non_exhaustive()
    }
}

/// Two tokens are equal when they are the same bytes from the same origin.
impl PartialEq for SessionToken {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.origin == other.0.origin && self.0.value == other.0.value)
    }
}

impl Eq for SessionToken {}

/// What was given as a token cannot be one: it is empty, too long, or holds a character that no
/// HTTP header can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedToken;

impl fmt::Display for MalformedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the session token is empty, too long or not visible ASCII")
    }
}

impl std::error::Error for MalformedToken {}

/// `text` from outside, fit for an error: no control characters, at most 300 characters, and
/// nothing left in it that looks like a token.
pub(crate) fn redacted(text: &str) -> String {
    const LONGEST: usize = 300;
    let mut out = String::new();
    for word in text.split_inclusive(|c: char| !is_token_char(c)) {
        let body = word.trim_end_matches(|c: char| !is_token_char(c));
        let (_, rest) = word.split_at(body.len());
        out.push_str(if looks_like_a_token(body) { REDACTED } else { body });
        out.extend(rest.chars().map(|c| if c.is_control() { ' ' } else { c }));
    }
    match out.char_indices().nth(LONGEST) {
        Some((end, _)) => {
            out.truncate(end);
            out.push('…');
            out
        }
        None => out,
    }
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+')
}

/// JWTs and keys are long runs of letters and digits; words and host names are not.
fn looks_like_a_token(word: &str) -> bool {
    const SHORTEST: usize = 24;
    word.len() >= SHORTEST && word.bytes().any(|b| b.is_ascii_digit())
        || word.starts_with("eyJ") && word.len() > 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_its_origin_only() {
        let token = SessionToken::issued_by("https://a.example", "s3cret".into()).unwrap();
        assert_eq!(format!("{token:?}"), "SessionToken { origin: \"https://a.example\", .. }");
    }

    #[test]
    fn refuses_what_no_header_can_carry() {
        for value in ["", "two words", "line\r\nbreak", "töken"] {
            assert_eq!(SessionToken::issued_by("o", value.into()), Err(MalformedToken));
        }
        assert_eq!(SessionToken::issued_by("o", "x".repeat(8 * 1024 + 1)), Err(MalformedToken));
    }

    #[test]
    fn text_from_outside_loses_tokens_and_control_characters() {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl";
        assert_eq!(
            redacted(&format!("bad token \"{jwt}\",\nsorry")),
            "bad token \"[redacted]\", sorry"
        );
        assert_eq!(
            redacted("Firebase user does not own this session"),
            "Firebase user does not own this session"
        );
        assert_eq!(redacted(&"é".repeat(1000)).chars().count(), 301);
    }
}
