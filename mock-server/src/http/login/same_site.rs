//! Whether a form was sent by our own page. Cookies alone cannot tell: they ignore ports, so every page on
//! this host is "same-site".

use http::{HeaderMap, header};

/// `Sec-Fetch-Site` decides where the browser sends it; `Origin` where it does not. A client that sends
/// neither is no browser, and no browser can be made to look like one.
pub(in crate::http) fn is_own_form(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some_and(|host| text(header::HOST.as_str()) == Some(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(headers: &[(&'static str, &'static str)]) -> bool {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        is_own_form(&headers.collect())
    }

    #[test]
    fn only_our_own_page_and_programs_may_post() {
        assert!(own(&[]));
        assert!(own(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(own(&[("origin", "http://127.0.0.1:1"), ("host", "127.0.0.1:1")]));
        assert!(!own(&[("sec-fetch-site", "same-site")]));
        assert!(!own(&[("sec-fetch-site", "cross-site")]));
        assert!(!own(&[("origin", "http://127.0.0.1:2"), ("host", "127.0.0.1:1")]));
        assert!(!own(&[("origin", "null"), ("host", "127.0.0.1:1")]));
    }
}
