//! Redirect URIs: web addresses and an app's own schemes, matched exactly (contract, ruling 9).

use crate::{
    error::Invalid,
    protocol::wire::Origin,
    text::{cut, find, has, parts, replace, until},
};

/// Schemes that a browser keeps for itself: nothing comes back through them, or script runs.
const RESERVED_SCHEMES: [&str; 14] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "javascript",
    "mailto",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// Where hosted login comes back to: a web address (`https`, or `http` on loopback) or a URI of the
/// app's own scheme, such as `com.example.app:/callback`.
///
/// ```
/// use secureflows::protocol::login::RedirectUri;
///
/// assert!(RedirectUri::parse("com.example.app:/callback").is_ok());
/// let error = RedirectUri::parse("https://app.example/#/done").unwrap_err();
/// assert_eq!(error.to_string(), "`redirect_uri` has a fragment: leave out the # and what follows");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri(Box<str>);

impl RedirectUri {
    /// Reads a redirect URI; it is kept byte for byte, since the platform matches exactly.
    ///
    /// # Errors
    /// [`Invalid`], field `redirect_uri`: the problem and its mend.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::parse_field("redirect_uri", text)
    }

    /// [`parse`](Self::parse) for an argument of another name.
    pub(super) fn parse_field(field: &'static str, text: &str) -> Result<Self, Invalid> {
        let refuse = |problem, mend| Err(Invalid::new(field, problem, mend));
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte)) {
            return refuse("has a character that no URI has", "percent-encode it");
        }
        if has(text, b"#") {
            return refuse("has a fragment", "leave out the # and what follows");
        }
        match cut(text, b':') {
            Some(("http" | "https", _)) => {
                let origin = origin_of(text);
                if Origin::parse_field(field, origin)?.as_str() != origin {
                    return refuse("names the port that its scheme implies", "leave the port out");
                }
                if has_dot_segment(text) {
                    return refuse("has a `.` or `..` in its path", "write the path it leads to");
                }
            }
            Some((scheme, rest)) if is_scheme(scheme) && !rest.is_empty() => {
                if RESERVED_SCHEMES.contains(&scheme) {
                    return refuse(
                        "has a scheme that browsers keep for themselves",
                        "use https, or a scheme of your own such as com.example.app",
                    );
                }
            }
            _ => {
                return refuse(
                    "is no absolute URI",
                    "use https://…, or a scheme of your own such as com.example.app:/callback",
                );
            }
        }
        Ok(Self(text.into()))
    }

    /// The URI, byte for byte as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The query that hosted login added to this URI in `url`, where `url` is this URI at all.
    #[must_use]
    pub fn added_query<'a>(&self, url: &'a str) -> Option<&'a str> {
        let url = url.get(..until(url, b"#"))?;
        Self::added_to(&self.0, url).or_else(|| Self::added_to(&self.with_root()?, url))
    }

    fn added_to<'a>(spelling: &str, url: &'a str) -> Option<&'a str> {
        let rest = url.strip_prefix(spelling)?;
        if rest.is_empty() || matches!(spelling.bytes().next_back(), Some(b'?' | b'&')) {
            return Some(rest);
        }
        rest.strip_prefix(if has(spelling, b"?") { "&" } else { "?" })
    }

    /// A web address without a path, as browsers write it: with a slash.
    fn with_root(&self) -> Option<String> {
        let origin = origin_of(&self.0);
        let rest = self.0.strip_prefix(origin)?;
        let web = ["http://", "https://"].iter().any(|scheme| origin.starts_with(scheme));
        let bare = web && !rest.starts_with('/');
        bare.then(|| [origin, "/", rest].concat())
    }
}

/// The origin that the web address `text` starts with.
fn origin_of(text: &str) -> &str {
    let authority = find(text, "://").map_or(text.len(), |at| at + 3);
    let rest = text.get(authority..).unwrap_or_default();
    text.get(..authority + until(rest, b"/?")).unwrap_or(text)
}

/// Browsers resolve these, so that what comes back is another URL.
fn has_dot_segment(text: &str) -> bool {
    let path = text.get(..until(text, b"?")).unwrap_or_default();
    let plain = |segment: &str| replace(&segment.to_ascii_lowercase(), "%2e", ".");
    parts(path, b'/').any(|segment| matches!(plain(segment).as_str(), "." | ".."))
}

fn is_scheme(text: &str) -> bool {
    text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_and_own_schemes_are_taken() {
        for text in [
            "https://app.example",
            "https://app.example/callback?tenant=a%20b",
            "http://localhost:5173/",
            "http://127.0.0.1/cb",
            "com.example.app:/callback",
            "myapp://callback",
        ] {
            assert_eq!(RedirectUri::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "/callback",
            "app.example/callback",
            "http://app.example/callback",
            "https://App.example/callback",
            "https://me@app.example/",
            "https://app.example\\@evil.example/",
            "https://app.example/a b",
            "https://app.example/ü",
            "https://app.example/#top",
            "https://app.example:443/callback",
            "https://app.example/a/../callback",
            "https://app.example/%2E/callback",
            "javascript:alert(1)",
            "data:text/html,x",
            "com.example.app:",
            "1app:/x",
            "Com.example:/x",
        ] {
            assert_eq!(RedirectUri::parse(text).expect_err(text).field(), "redirect_uri");
        }
    }

    #[test]
    fn only_the_very_uri_is_recognised() {
        let added =
            |uri: &str, url: &'static str| RedirectUri::parse(uri).unwrap().added_query(url);
        assert_eq!(added("https://a.example/cb", "https://a.example/cb?state=1"), Some("state=1"));
        assert_eq!(added("https://a.example/cb", "https://a.example/cb"), Some(""));
        assert_eq!(
            added("https://a.example/cb", "https://a.example/cb?a=1#sessionToken=x"),
            Some("a=1")
        );
        assert_eq!(added("https://a.example/cb?x=1", "https://a.example/cb?x=1&a=1"), Some("a=1"));
        assert_eq!(added("https://a.example/cb?", "https://a.example/cb?a=1"), Some("a=1"));
        assert_eq!(added("https://a.example", "https://a.example/?a=1"), Some("a=1"));
        assert_eq!(added("https://a.example", "https://a.example?a=1"), Some("a=1"));
        assert_eq!(added("https://a.example?x=1", "https://a.example/?x=1&a=1"), Some("a=1"));
        for url in [
            "https://a.example/cb2?a=1",
            "https://a.example/cb/?a=1",
            "https://a.example/CB?a=1",
            "https://a.example/c",
            "https://b.example/cb?a=1",
            "https://a.example/cb&a=1",
        ] {
            assert_eq!(added("https://a.example/cb", url), None, "{url}");
        }
        assert_eq!(added("https://a.example/cb?x=1", "https://a.example/cb?x=12&a=1"), None);
        assert_eq!(added("com.example:/cb", "com.example:/cb/?a=1"), None);
    }
}
