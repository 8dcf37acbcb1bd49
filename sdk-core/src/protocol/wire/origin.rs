//! Origins, by a grammar strict enough that every URL reader agrees on what is meant.

use std::fmt;

use crate::{
    error::Invalid,
    text::{decimal, has, number, parts},
};

/// Where the platform lives: `https://host[:port]`, or `http` on this machine's loopback.
///
/// ```
/// use secureflows::protocol::wire::Origin;
///
/// assert_eq!(Origin::parse("https://www.secure-flows.com").unwrap().as_str(), "https://www.secure-flows.com");
/// assert!(Origin::parse("http://127.0.0.1:8080").is_ok());
/// let error = Origin::parse("http://www.secure-flows.com").unwrap_err();
/// assert_eq!(error.to_string(), "`origin` is plain http: use https (http is for loopback only)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(Box<str>);

impl Origin {
    /// Reads an origin: a scheme, a lower-case host and an optional port, with nothing behind.
    ///
    /// The port that the scheme implies is left out of the result, as browsers do.
    ///
    /// # Errors
    /// [`Invalid`], field `origin`: the problem and its mend.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::parse_field("origin", text)
    }

    /// [`parse`](Self::parse) for a setting of another name.
    pub(crate) fn parse_field(field: &'static str, text: &str) -> Result<Self, Invalid> {
        let refuse = |problem, mend| Invalid::new(field, problem, mend);
        if text.is_empty() {
            return Err(refuse(
                "is empty",
                "give the platform's address, such as https://www.secure-flows.com",
            ));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refuse(
                "has a space, a control character or a letter beyond ASCII",
                "write the host in its ASCII form (xn--…)",
            ));
        }
        let (secure, authority) =
            match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
                (Some(rest), _) => (true, rest),
                (_, Some(rest)) => (false, rest),
                _ => return Err(refuse("has no known scheme", "start it with https://")),
            };
        if has(authority, b"/?#\\") {
            return Err(refuse(
                "has something behind its host",
                "leave out the path and the final slash",
            ));
        }
        if has(authority, b"@") {
            return Err(refuse("carries a user name", "leave out everything before the @"));
        }
        let (host, port) = split_port(authority).ok_or_else(|| {
            refuse("has a port that cannot be one", "use 1 to 65535, without leading zeros")
        })?;
        if !is_host(host) {
            return Err(refuse(
                "has a host that cannot be one",
                "use a lower-case DNS name or an IPv4 address",
            ));
        }
        if !secure && !is_loopback(host) {
            return Err(refuse("is plain http", "use https (http is for loopback only)"));
        }
        let scheme = if secure { "https" } else { "http" };
        Ok(Self(match port.filter(|&port| port != if secure { 443 } else { 80 }) {
            Some(port) => [scheme, "://", host, ":", &decimal(port.into())].concat().into(),
            None => [scheme, "://", host].concat().into(),
        }))
    }

    /// The origin as a browser writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Splits the port off; `None` when what stands there is no port.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let colon = authority.bytes().rposition(|byte| byte == b':');
    let Some(colon) = colon.filter(|_| !authority.ends_with(']')) else {
        return Some((authority, None));
    };
    let port = plain_number(authority.get(colon + 1..)?)?;
    Some((authority.get(..colon)?, Some(port.try_into().ok()?)))
}

/// A DNS name, an IPv4 address in its one usual form, or `[::1]`.
fn is_host(host: &str) -> bool {
    let last = parts(host, b'.').last().unwrap_or_default();
    if last.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
        // URL readers take a host that ends in a number for an address, in many spellings.
        return is_ipv4(host);
    }
    host == "[::1]" || host.len() <= 253 && parts(host, b'.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
        // Encoded labels must be well-formed punycode, which only an IDNA table can tell.
        && label.strip_prefix("xn--").is_none_or(|code| !code.is_empty())
}

fn is_ipv4(host: &str) -> bool {
    let usual = |part| plain_number(part).is_some_and(|number| number < 256) || part == "0";
    parts(host, b'.').count() == 4 && parts(host, b'.').all(usual)
}

/// A number above zero, written as usual.
fn plain_number(text: &str) -> Option<u64> {
    number(text).filter(|_| !text.starts_with('0'))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.starts_with("127.") && is_ipv4(host)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_accepted_is_what_other_readers_mean(text in "https?://[a-z0-9.:@\\\\/\\-\\[\\]A-Zé%_]{0,16}(:[0-9]{0,6})?") {
            if let Ok(origin) = Origin::parse(&text) {
                let theirs = url::Url::parse(&text).unwrap();
                prop_assert_eq!(theirs.origin().ascii_serialization(), origin.as_str());
                prop_assert_eq!(theirs.path(), "/");
                prop_assert!(theirs.username().is_empty() && theirs.query().is_none());
            }
        }

        #[test]
        fn usual_origins_are_accepted(host in "[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?(\\.[a-z]{2,5}){1,2}", port in prop::option::of(1u16..)) {
            let text = port.map_or(format!("https://{host}"), |port| format!("https://{host}:{port}"));
            let theirs = url::Url::parse(&text).unwrap().origin().ascii_serialization();
            let ours = Origin::parse(&text).unwrap();
            prop_assert_eq!(ours.as_str(), theirs);
        }
    }

    #[test]
    fn loopback_may_be_plain() {
        for text in
            ["http://localhost:3000", "http://127.0.0.1", "http://127.1.2.3:80", "http://[::1]:9"]
        {
            assert!(Origin::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://127.0.0.1.example",
            "http://localhost.example",
            "http://10.0.0.1",
            "http://[::2]",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn each_refusal_says_what_is_wrong() {
        for (text, problem) in [
            ("", "is empty"),
            ("https://exämple.com", "beyond ASCII"),
            ("https:// a.example", "has a space"),
            ("ftp://a.example", "no known scheme"),
            ("HTTPS://a.example", "no known scheme"),
            ("https://a.example/", "behind its host"),
            ("https:\\\\a.example", "no known scheme"),
            ("https://a.example\\@b", "behind its host"),
            ("https://a.example?x", "behind its host"),
            ("https://me@a.example", "user name"),
            ("https://a.example:0", "a port"),
            ("https://a.example:080", "a port"),
            ("https://a.example:65536", "a port"),
            ("https://a.example:", "a port"),
            ("https://A.example", "a host"),
            ("https://a..example", "a host"),
            ("https://-a.example", "a host"),
            ("https://0x7f.1", "a host"),
            ("https://127.1", "a host"),
            ("https://1.2.3.04", "a host"),
            ("https://", "a host"),
            ("http://a.example", "plain http"),
        ] {
            let error = Origin::parse(text).expect_err(text);
            assert!(error.problem().contains(problem), "{text}: {error}");
            assert_eq!(error.field(), "origin");
        }
    }

    #[test]
    fn the_implied_port_is_left_out() {
        assert_eq!(Origin::parse("https://a.example:443").unwrap().as_str(), "https://a.example");
        assert_eq!(Origin::parse("http://localhost:80").unwrap().as_str(), "http://localhost");
        assert_eq!(Origin::parse("https://a.example:80").unwrap().as_str(), "https://a.example:80");
    }
}
