//! Where the platform may send a browser: only where an application said so, compared exactly.

use std::net::Ipv6Addr;

/// Schemes that run or reveal something instead of leading back to an application.
const FORBIDDEN: [&str; 8] =
    ["about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"];

/// Why a redirect URI cannot be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRedirectUri {
    /// No scheme in front, such as `https:` or `com.example.app:`.
    #[error("it needs a scheme, such as https: or com.example.app:")]
    NoScheme,
    /// A scheme that does not lead back to an application, such as `javascript:`.
    #[error("its scheme cannot lead back to an application")]
    ForbiddenScheme,
    /// An `http` or `https` URI without a host.
    #[error("an http or https URI needs a host")]
    NoHost,
    /// A user or password before the host, which people take for the host.
    #[error("it must not name a user before the host (user@…); leave out what stands before the @")]
    UserInfo,
    /// A host of other characters than those of host names, or a port that is none.
    #[error(
        "its host may hold letters, digits, dots, hyphens and underscores, or be an IPv6 address in brackets; its \
         port is a number up to 65535"
    )]
    Host,
    /// A backslash, which browsers read as a slash.
    #[error("an http or https URI must not have a backslash; write / or %5C")]
    Backslash,
    /// A fragment, which could swallow the parameters that are appended.
    #[error("it must not have a fragment (#…)")]
    Fragment,
    /// Whitespace, control characters or characters beyond ASCII.
    #[error("it may hold printable ASCII only; percent-encode the rest")]
    Characters,
}

/// Whether `uri` may be registered (contract ruling 9: web addresses, custom schemes, app links).
pub(crate) fn check(uri: &str) -> Result<(), BadRedirectUri> {
    if !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(BadRedirectUri::Characters);
    }
    if uri.contains('#') {
        return Err(BadRedirectUri::Fragment);
    }
    let (scheme, rest) = uri.split_once(':').ok_or(BadRedirectUri::NoScheme)?;
    let mut letters = scheme.bytes();
    let named = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !named {
        return Err(BadRedirectUri::NoScheme);
    }
    if FORBIDDEN.iter().any(|forbidden| scheme.eq_ignore_ascii_case(forbidden)) {
        return Err(BadRedirectUri::ForbiddenScheme);
    }
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    if is_web { check_web(rest) } else { Ok(()) }
}

/// What follows `http:` or `https:`. Browsers read a backslash there as a slash, so that another host than
/// the one people see could be meant.
fn check_web(rest: &str) -> Result<(), BadRedirectUri> {
    if rest.contains('\\') {
        return Err(BadRedirectUri::Backslash);
    }
    let after = rest.strip_prefix("//").ok_or(BadRedirectUri::NoHost)?;
    let authority = after.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(BadRedirectUri::UserInfo);
    }
    if authority.is_empty() || authority.starts_with(':') {
        return Err(BadRedirectUri::NoHost);
    }
    if is_host_and_port(authority) { Ok(()) } else { Err(BadRedirectUri::Host) }
}

/// Only what browsers leave as it is: they decode `%6c`, map capitals of other scripts, and refuse the rest.
fn is_host_and_port(authority: &str) -> bool {
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (is_host, port) = match bracketed {
        Some((address, port)) => (address.parse::<Ipv6Addr>().is_ok(), port),
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            let (host, port) = authority.split_at_checked(end).unwrap_or((authority, ""));
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
            (host.bytes().all(is_plain), port)
        }
    };
    is_host && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

/// `http://host:port` of a web address as written; `None` for any other scheme.
pub(crate) fn web_origin(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once("://")?;
    if scheme != "http" && scheme != "https" {
        return None;
    }
    let authority = rest.find(['/', '?']).unwrap_or(rest.len());
    uri.get(..scheme.len() + "://".len() + authority)
}

/// The origin of a web address as browsers write it: lower case, without a user or the scheme's own port.
pub(crate) fn browser_origin(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let own_port = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
    let host = host.strip_suffix(own_port).unwrap_or(&host);
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_custom_schemes_and_app_links_register() {
        for uri in [
            "http://127.0.0.1:3999/callback",
            "https://app.example.com/cb?from=login",
            "com.example.app:/callback",
            "myapp://callback",
            "http://[::1]:3000/cb",
            "https://a.example/@ada?to=a@b.example",
            "https://xn--bcher-kva.example:8443",
            "http://my_host.localhost:5173?x",
            "com.example.app:/call\\back",
        ] {
            assert_eq!(check(uri), Ok(()), "{uri}");
        }
    }

    #[test]
    fn what_cannot_lead_back_is_refused() {
        for (uri, why) in [
            ("/callback", BadRedirectUri::NoScheme),
            ("", BadRedirectUri::NoScheme),
            ("1a:b", BadRedirectUri::NoScheme),
            ("JavaScript:alert(1)", BadRedirectUri::ForbiddenScheme),
            ("data:text/html,x", BadRedirectUri::ForbiddenScheme),
            ("http:///path", BadRedirectUri::NoHost),
            ("https:", BadRedirectUri::NoHost),
            ("https://good.example@evil.example/", BadRedirectUri::UserInfo),
            ("http://user:word@a/cb", BadRedirectUri::UserInfo),
            ("HTTPS://@a", BadRedirectUri::UserInfo),
            ("https://evil.example\\@good.example/", BadRedirectUri::Backslash),
            ("https:\\\\a/cb", BadRedirectUri::Backslash),
            ("https://a/cb\\d", BadRedirectUri::Backslash),
            ("https://ex%61mple.com/", BadRedirectUri::Host),
            ("https://a;sandbox/", BadRedirectUri::Host),
            ("https://a:b/", BadRedirectUri::Host),
            ("https://a:/", BadRedirectUri::Host),
            ("https://a:65536/", BadRedirectUri::Host),
            ("https://a:+80/", BadRedirectUri::Host),
            ("https://a:1:2/", BadRedirectUri::Host),
            ("https://[::1/", BadRedirectUri::Host),
            ("https://[a]/", BadRedirectUri::Host),
            ("https://[::1]a/", BadRedirectUri::Host),
            ("https://a/#b", BadRedirectUri::Fragment),
            ("https://a/ b", BadRedirectUri::Characters),
            ("https://é/", BadRedirectUri::Characters),
        ] {
            assert_eq!(check(uri), Err(why), "{uri}");
        }
    }

    #[test]
    fn browsers_write_an_origin_in_one_way() {
        for (uri, origin) in [
            ("http://127.0.0.1:3999/cb", "http://127.0.0.1:3999"),
            ("HTTPS://A.example:443/cb", "https://a.example"),
            ("http://u@a.example:80?x", "http://a.example"),
            ("http://a.example:8080", "http://a.example:8080"),
            ("http://[::1]:3000/cb", "http://[::1]:3000"),
        ] {
            assert_eq!(browser_origin(uri).as_deref(), Some(origin), "{uri}");
        }
        assert_eq!(browser_origin("com.example.app:/callback"), None);
        assert_eq!(browser_origin("myapp://callback"), None);
    }

    #[test]
    fn an_origin_ends_where_the_path_begins() {
        assert_eq!(web_origin("http://a:1/b?c"), Some("http://a:1"));
        assert_eq!(web_origin("https://a?c"), Some("https://a"));
        assert_eq!(web_origin("com.example.app:/callback"), None);
        assert_eq!(web_origin("myapp://callback"), None);
    }
}
