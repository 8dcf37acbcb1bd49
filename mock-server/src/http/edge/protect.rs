//! Headers that protect a browser from an answer.

use http::{HeaderMap, HeaderValue, header};

const NO_FRAMES: &str = "frame-ancestors 'none'";

/// No guessing of types, no addresses told to others and, once seen over TLS, never without it again.
pub(super) fn harden(headers: &mut HeaderMap, secure: bool) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if secure {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

/// No framing, whatever else the answer's own policy says.
pub(super) fn unframe(headers: &mut HeaderMap) {
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // Of several policies a browser keeps them all.
    headers.append(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(NO_FRAMES));
}
