//! The cookie that remembers a browser's sign-in.

use http::{HeaderMap, HeaderValue, header};

/// Where a browser sends the cookie.
pub(crate) const PATH: &str = "/app";

/// Cookies ignore ports, so the name tells one world from another on the same host.
pub(crate) fn name(world: &str) -> String {
    format!("sf_{world}")
}

/// What the browser brings.
pub(super) fn read<'a>(headers: &'a HeaderMap, world: &str) -> Option<&'a str> {
    let name = name(world);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| {
        let (name, value) = cookie.split_once('=')?;
        Some((name.trim(), value.trim()))
    });
    pairs.find_map(|(known, value)| (known == name).then_some(value))
}

/// What the browser shall keep: unreadable to scripts, not sent along by other sites' requests.
pub(super) fn write(world: &str, value: &str, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{}={value}; Path={PATH}; HttpOnly; SameSite=Lax{secure}", name(world));
    HeaderValue::try_from(cookie).ok()
}
