//! The app's own backends: who they are, and a request to one.

use std::fmt;

use crate::{
    error::Invalid,
    protocol::wire::Origin,
    text::{find, until},
};

/// A request to one of the app's own backends: see [`Client::fetch`](crate::Client::fetch).
///
/// ```
/// use secureflows::BackendRequest;
///
/// let list = BackendRequest::get("https://api.example/notes?limit=5");
/// let add = BackendRequest::post("https://api.example/notes").json(r#"{"text":"milk"}"#);
/// assert_eq!(format!("{add:?}"), "POST a backend");
/// # let _ = list;
/// ```
#[derive(Clone)]
pub struct BackendRequest {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) body: Option<String>,
    pub(crate) tag: Option<u32>,
}

macro_rules! method {
    ($name:ident, $method:literal) => {
        #[doc = concat!("`", $method, "` of `url`, an absolute URL at one of the client's backends.")]
        #[must_use]
        pub fn $name(url: impl Into<String>) -> Self {
            Self { method: $method, url: url.into(), body: None, tag: None }
        }
    };
}

impl BackendRequest {
    method!(get, "GET");
    method!(post, "POST");
    method!(put, "PUT");
    method!(patch, "PATCH");
    method!(delete, "DELETE");

    /// With this JSON text as its body.
    #[must_use]
    pub fn json(mut self, text: impl Into<String>) -> Self {
        self.body = Some(text.into());
        self
    }

    /// With a number of the app's, which its [`Host`](crate::Host) finds at
    /// [`Request::tag`](crate::host::Request::tag): for hosts that hold on their side what Rust has no
    /// type for, such as a form's files.
    #[must_use]
    pub const fn tag(mut self, tag: u32) -> Self {
        self.tag = Some(tag);
        self
    }
}

/// Shows the method, never the URL or the body.
impl fmt::Debug for BackendRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} a backend", self.method)
    }
}

/// Checks that `url` is an absolute URL at one of `backends`, compared as whole origins.
///
/// # Errors
/// [`Invalid`], field `url`. A URL that two readers could understand differently is refused, so that
/// what was checked here is where the request goes.
pub fn is_at_backend(backends: &[Origin], url: &str) -> Result<(), Invalid> {
    let refuse = |problem, mend| Err(Invalid::new("url", problem, mend));
    if !url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return refuse(
            "has a space, a backslash, a control character or a letter beyond ASCII",
            "escape it as %XX",
        );
    }
    let host = find(url, "://").map_or(0, |at| at + 3);
    let after_host = url.get(host..).unwrap_or_default();
    let end = host + until(after_host, b"/?#");
    let origin = Origin::parse_field("url", url.get(..end).unwrap_or_default())?;
    if backends.contains(&origin) {
        return Ok(());
    }
    refuse("is at no backend of this client", "name its origin with `ClientBuilder::backend`")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn backends() -> Vec<Origin> {
        ["https://api.example", "http://127.0.0.1:8080"].map(|it| Origin::parse(it).unwrap()).into()
    }

    #[test]
    fn only_exact_origins_pass() {
        for url in [
            "https://api.example",
            "https://api.example/",
            "https://api.example:443/notes?x=1#y",
            "https://api.example?x=https://evil.example",
            "http://127.0.0.1:8080/notes",
        ] {
            assert_eq!(is_at_backend(&backends(), url), Ok(()), "{url}");
        }
        for url in [
            "",
            "/notes",
            "//api.example/",
            "http://api.example/",
            "https://api.example:8443/",
            "https://api.example.evil.example/",
            "https://evil.example/https://api.example/",
            "https://api.example@evil.example/",
            "https://evil.example\\@api.example/",
            "https://evil.example#@api.example/",
            "https:\\\\api.example/",
            "https://api.example\t/",
            "https://API.example/",
            "https://sub.api.example/",
            "http://127.0.0.1/",
        ] {
            let error = is_at_backend(&backends(), url).expect_err(url);
            assert_eq!(error.field(), "url", "{url}");
        }
    }

    proptest! {
        /// What is accepted goes to a listed origin, however another reader takes the URL apart.
        #[test]
        fn other_readers_agree(url in "(https?:)?[/\\\\]{0,3}[a-z@:\\\\.#?\t ]{0,6}api\\.example[a-zA-Z0-9@:\\\\./#?%&= \t]{0,12}") {
            if is_at_backend(&backends(), &url).is_ok() {
                let theirs = url::Url::parse(&url).unwrap();
                prop_assert_eq!(theirs.origin().ascii_serialization(), "https://api.example");
            }
        }
    }
}
