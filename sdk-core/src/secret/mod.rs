//! Tokens: held in memory, wiped when dropped, printed never; and what keeps them out of texts.

mod redact;

use std::{fmt, sync::Arc};

use crate::text::replace;
pub(crate) use redact::{REDACTED, redacted};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The longest token that is accepted, in bytes: what common servers take as one header.
const LONGEST_TOKEN: usize = 8 * 1024;

/// A credential: wiped when its last clone goes, bound to the origin it is for.
#[derive(Clone)]
pub(crate) struct Bearer(Arc<Inner>);

#[derive(Zeroize, ZeroizeOnDrop)]
struct Inner {
    #[zeroize(skip)]
    origin: Box<str>,
    value: String,
}

impl Bearer {
    fn new(origin: &str, value: String) -> Result<Self, MalformedToken> {
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

    pub(crate) fn origin(&self) -> &str {
        &self.0.origin
    }

    /// `text` without this credential, should somebody have put it there.
    pub(crate) fn cut_from(&self, text: &str) -> String {
        replace(text, self.expose(), REDACTED)
    }

    /// The credential in plain: for the wire, and for nothing else.
    pub(crate) fn expose(&self) -> &str {
        &self.0.value
    }
}

impl PartialEq for Bearer {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.origin == other.0.origin && self.0.value == other.0.value)
    }
}

/// One kind of token, which a compiler tells from the others.
macro_rules! token {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq)]
        pub struct $name(Bearer);

        impl $name {
            /// Takes `value`, as it was issued for `origin` (`https://host[:port]`), out of the
            /// caller's hands.
            ///
            /// # Errors
            /// [`MalformedToken`] when `value` is empty, longer than 8 KiB or has a character that
            /// no HTTP header can carry; the value is wiped all the same.
            pub fn issued_by(origin: &str, value: String) -> Result<Self, MalformedToken> {
                Bearer::new(origin, value).map(Self)
            }

            /// The origin of the platform that this token is for, the only one it may be sent to.
            #[must_use]
            pub fn origin(&self) -> &str {
                self.0.origin()
            }

            #[cfg_attr(not(feature = "headless"), allow(dead_code, reason = "not every kind of token is sent by every feature"))]
            pub(crate) const fn bearer(&self) -> &Bearer {
                &self.0
            }
        }

        impl Eq for $name {}

        /// Shows the origin only.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("origin", &self.origin()).finish_non_exhaustive()
            }
        }
    };
}

token! {
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
    SessionToken
}

token! {
    /// What the platform's identity provider issues (contract §1): it opens and renews sessions where
    /// nobody sits at a browser. Held as carefully as a [`SessionToken`], and sent to the platform of
    /// its origin only.
    ///
    /// ```
    /// use secureflows::IdentityToken;
    ///
    /// let token = IdentityToken::issued_by("https://www.secure-flows.com", "opaque".to_owned()).unwrap();
    /// assert!(!format!("{token:?}").contains("opaque"));
    /// ```
    IdentityToken
}

#[cfg(feature = "management")]
token! {
    /// An operator's credential for one workspace, as [`Management`](crate::management::Management)
    /// takes it. Held as carefully as a [`SessionToken`], and sent to the platform of its origin only.
    ///
    /// ```
    /// use secureflows::management::UserToken;
    ///
    /// let token = UserToken::issued_by("https://www.secure-flows.com", "opaque".to_owned()).unwrap();
    /// assert!(!format!("{token:?}").contains("opaque"));
    /// ```
    UserToken
}

impl SessionToken {
    /// The token in plain: for the wire, and for nothing else.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// What was given as a token cannot be one: it is empty, too long, or holds a character that no
/// HTTP header can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedToken;

impl fmt::Display for MalformedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the token is empty, too long or not visible ASCII")
    }
}

impl std::error::Error for MalformedToken {}

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
}
