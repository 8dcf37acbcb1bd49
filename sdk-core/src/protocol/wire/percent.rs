//! Percent-encoding of one path segment or one query component (RFC 3986).

use std::borrow::Cow;

use crate::text::{cut, has, parts};

/// Appends `text` to `out`, every byte but the unreserved ones (`A-Z a-z 0-9 - . _ ~`) escaped.
///
/// ```
/// # use secureflows::protocol::wire::percent;
/// let mut url = String::from("/get/");
/// percent::encode_into(&mut url, "note/1 é");
/// assert_eq!(url, "/get/note%2F1%20%C3%A9");
/// ```
pub fn encode_into(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend(hex_digits(byte).map(|digit| digit.to_ascii_uppercase()));
        }
    }
}

/// Appends `name=value` to a query, both escaped, behind the right separator: `?` for the first
/// parameter of a URL, `&` for the others and at the start of nothing.
pub fn append_pair(url: &mut String, name: &str, value: &str) {
    if !matches!(url.bytes().next_back(), None | Some(b'?' | b'&')) {
        url.push(if has(url, b"?") { '&' } else { '?' });
    }
    encode_into(url, name);
    url.push('=');
    encode_into(url, value);
}

/// Reads one query component: `+` is a space, `%XX` a byte.
///
/// `None` when an escape is cut or the bytes are not UTF-8.
#[must_use]
pub fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !has(text, b"%+") {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = hex_value(bytes.next()?)?;
                high << 4 | hex_value(bytes.next()?)?
            }
            plain => plain,
        });
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

/// The pairs of a query string (without its `?`), in order; a component that cannot be decoded
/// gives `None` in its place.
pub fn pairs(query: &str) -> impl Iterator<Item = (Option<Cow<'_, str>>, Option<Cow<'_, str>>)> {
    parts(query, b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = cut(pair, b'=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// The two lower-case hexadecimal digits of `byte`.
pub(crate) fn hex_digits(byte: u8) -> impl Iterator<Item = char> {
    [byte >> 4, byte & 15].into_iter().filter_map(|nibble| char::from_digit(nibble.into(), 16))
}

pub(super) fn hex_value(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(text in any::<String>()) {
            let mut encoded = String::new();
            encode_into(&mut encoded, &text);
            prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
            prop_assert_eq!(decode(&encoded), Some(text.into()));
        }

        #[test]
        fn a_key_is_one_path_segment_to_other_readers(key in "\\PC{1,40}") {
            prop_assume!(key != "." && key != "..");
            let mut url = String::from("https://a.example/get/");
            encode_into(&mut url, &key);
            let parsed = url::Url::parse(&url).unwrap();
            prop_assert_eq!(parsed.as_str(), url.as_str());
            prop_assert_eq!(parsed.path_segments().unwrap().count(), 2);
        }

        #[test]
        fn pairs_read_as_other_readers_do(query in "[a-z%+=&0-9]{0,40}") {
            let ours: Option<Vec<_>> = pairs(&query).map(|(n, v)| Some((n?, v?))).collect();
            if let Some(ours) = ours {
                // The standard reader keeps a broken escape as it is; ours refuses it.
                let theirs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
                prop_assert_eq!(ours, theirs);
            }
        }
    }

    #[test]
    fn broken_escapes_are_refused() {
        for text in ["%", "%4", "%zz", "%+1", "%ff", "a%C3"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn pairs_are_appended_behind_what_is_there() {
        for (url, expected) in [
            ("https://a/b", "https://a/b?k=v%26"),
            ("https://a/b?x=1", "https://a/b?x=1&k=v%26"),
            ("https://a/b?", "https://a/b?k=v%26"),
            ("", "k=v%26"),
        ] {
            let mut url = url.to_owned();
            append_pair(&mut url, "k", "v&");
            assert_eq!(url, expected);
        }
    }
}
