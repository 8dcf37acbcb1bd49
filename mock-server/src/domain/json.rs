//! What JSON text we keep: compact, not too deep, and without half characters. Numbers stay as written.

/// Deeper nesting than this is refused, so that no client's parser meets more than it can take.
pub(crate) const MAX_DEPTH: usize = 64;

/// Why a JSON text is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadJson {
    #[error("JSON nested deeper than {MAX_DEPTH} levels; flatten it")]
    TooDeep,
    #[error("JSON string with half of a surrogate pair; write the character whole")]
    LoneSurrogate,
}

/// `json` without the whitespace between its tokens. It must be valid JSON already; nothing else is
/// changed, so that numbers beyond a double's precision come back as they were written.
pub(crate) fn compact(json: &str) -> Result<String, BadJson> {
    let mut out = String::with_capacity(json.len());
    let mut depth = 0_usize;
    let mut rest = json;
    while let Some(at) = rest.find(['"', '{', '[', '}', ']', ' ', '\t', '\n', '\r']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let (token, after) = match from.as_bytes().first() {
            Some(b'"') => {
                let end = string_end(from);
                let (token, after) = from.split_at_checked(end).unwrap_or((from, ""));
                whole_characters(token)?;
                (token, after)
            }
            first => {
                match first {
                    Some(b'{' | b'[') => depth += 1,
                    Some(b'}' | b']') => depth = depth.saturating_sub(1),
                    _ => {}
                }
                let (token, after) = from.split_at_checked(1).unwrap_or((from, ""));
                (token.trim_ascii(), after)
            }
        };
        if depth > MAX_DEPTH {
            return Err(BadJson::TooDeep);
        }
        out.push_str(token);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Whether `json`, valid or not, is nested deeper than `most` levels.
pub(crate) fn is_deeper(json: &str, most: usize) -> bool {
    let (mut depth, mut rest) = (0_usize, json);
    while let Some(at) = rest.find(['"', '{', '[', '}', ']']) {
        let from = rest.get(at..).unwrap_or_default();
        let end = match from.as_bytes().first() {
            Some(b'"') => string_end(from),
            Some(b'{' | b'[') => {
                depth += 1;
                1
            }
            _ => {
                depth = depth.saturating_sub(1);
                1
            }
        };
        if depth > most {
            return true;
        }
        rest = from.get(end..).unwrap_or_default();
    }
    false
}

/// The length of the string literal that `text` begins with, quotes included.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Every `\u` escape of a high surrogate is followed by a low one, and none stands alone.
fn whole_characters(literal: &str) -> Result<(), BadJson> {
    let mut parts = literal.split('\\').skip(1);
    let mut wants_low = false;
    while let Some(escape) = parts.next() {
        let unit = escape.strip_prefix('u').and_then(|rest| {
            let digits = rest.get(..4)?;
            let unit = u16::from_str_radix(digits, 16).ok()?;
            // Text after the four digits separates this escape from the next.
            Some((unit, rest.len() == 4))
        });
        // `\\` splits into an empty part and the text behind the second backslash.
        if escape.is_empty() {
            parts.next();
        }
        wants_low = match (wants_low, unit) {
            (false, Some((0xD800..=0xDBFF, true))) => true,
            (false, Some((0xD800..=0xDFFF, _))) => return Err(BadJson::LoneSurrogate),
            (true, Some((0xDC00..=0xDFFF, _))) | (false, _) => false,
            (true, _) => return Err(BadJson::LoneSurrogate),
        };
    }
    if wants_low { Err(BadJson::LoneSurrogate) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whitespace_between_tokens_goes() {
        let json = " { \"a b\" : [ 1e400 , 9007199254740993 , -0.0 , \" \\\" } \" ] }\n";
        assert_eq!(compact(json).unwrap(), r#"{"a b":[1e400,9007199254740993,-0.0," \" } "]}"#);
        assert_eq!(compact(" \t12 \r\n").unwrap(), "12");
        assert_eq!(compact(r#""\\""#).unwrap(), r#""\\""#);
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(compact(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(compact(&nested(MAX_DEPTH + 1)), Err(BadJson::TooDeep));
        assert!(compact(&format!("[{}]", vec!["[]"; 500].join(","))).is_ok());
        assert!(compact(&format!("\"{}\"", "[".repeat(500))).is_ok());
        assert!(!is_deeper(&nested(MAX_DEPTH), MAX_DEPTH) && is_deeper(&nested(65), MAX_DEPTH));
        assert!(!is_deeper(&format!("\"{}\\\"[\"", "[".repeat(500)), 1));
    }

    #[test]
    fn half_characters_are_refused() {
        for whole in [r#""\ud83d\ude00""#, r#""\\ud83d""#, r#""é\u00e9\n""#, r#""\\\\ud83d x""#] {
            assert_eq!(compact(whole).as_deref(), Ok(whole));
        }
        for half in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83d\ud83d""#,
            r#""\ud83dx\ude00""#,
            r#""\ud83d\n""#,
            r#""\\\ud83d""#,
            r#""\ud83d\\ude00""#,
        ] {
            assert_eq!(compact(half), Err(BadJson::LoneSurrogate), "{half}");
        }
    }
}
