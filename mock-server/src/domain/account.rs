//! An account of the platform's identity provider: who somebody is, in whatever workspace.

use super::SocialIdentity;
use crate::crypto::PasswordHash;

/// What the identity provider keeps about somebody. Without an e-mail the account is anonymous.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    pub(crate) uid: String,
    pub(crate) email: Option<String>,
    /// Whether it is known that the e-mail is theirs.
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
    pub(crate) password: Option<PasswordHash>,
    /// Who they are at other providers.
    pub(crate) social: Vec<SocialIdentity>,
}

impl Account {
    pub(crate) fn is_anonymous(&self) -> bool {
        self.email.is_none()
    }
}

/// A text that is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub(crate) struct BadEmail;

/// An e-mail address as accounts are found by: trimmed, lower case.
pub(crate) fn parse_email(text: &str) -> Result<String, BadEmail> {
    let email = text.trim().to_lowercase();
    let (name, host) = email.rsplit_once('@').ok_or(BadEmail)?;
    let plain = |part: &str| {
        !part.is_empty()
            && !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@')
    };
    if plain(name) && plain(host) && email.len() <= 254 { Ok(email) } else { Err(BadEmail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_are_found_whatever_their_case() {
        assert_eq!(parse_email("  Ada@Example.com ").as_deref(), Ok("ada@example.com"));
        for bad in ["", "ada", "@b", "a@", "a b@c", "a@b@c", "a@b\n.c", &"a".repeat(300)] {
            assert_eq!(parse_email(bad), Err(BadEmail), "{bad}");
        }
    }
}
