//! A bounded JSON scanner: checks a text once, without allocating or recursing, and hands out the
//! top-level members of an object as raw slices.
//!
//! It accepts what RFC 8259 does, nested [`MAX_DEPTH`] deep at most. An escaped lone surrogate is
//! JSON, though no text: [`string`] refuses it, and a key shows U+FFFD in its place.

use std::{borrow::Cow, fmt};

pub use super::size::{size, size_of_member, size_of_object};
use crate::{
    protocol::wire::percent,
    text::{decimal, has, until},
};

/// How deep arrays and objects may be nested.
pub const MAX_DEPTH: u32 = 127;

/// Why a text is not JSON that can be used, and where (a byte offset).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The byte at which reading stopped.
    pub at: usize,
    /// What is wrong there.
    pub problem: &'static str,
}

impl JsonError {
    /// `problem`, and what this error says of it.
    pub(crate) fn as_problem(self, problem: &str) -> String {
        [problem, ": ", self.problem, " at byte ", &decimal(self.at as u64)].concat()
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.problem, self.at)
    }
}

impl std::error::Error for JsonError {}

/// Checks that `text` is one JSON value, and returns it without the white space around it.
///
/// # Errors
/// [`JsonError`] with the place and the problem.
pub fn value(text: &str) -> Result<&str, JsonError> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.space();
    let value = scanner.value()?;
    scanner.space();
    if scanner.at == text.len() { Ok(value) } else { Err(scanner.error("text after the value")) }
}

/// Checks that `text` is one JSON object, and hands out its members in order, duplicates included.
///
/// # Errors
/// [`JsonError`] with the place and the problem.
///
/// ```
/// # use secureflows::protocol::wire::json;
/// let members: Vec<_> = json::object(r#" {"a": [1, 2], "b\n": null} "#).unwrap().collect();
/// assert_eq!(members[0], ("a".into(), "[1, 2]"));
/// assert_eq!(members[1], ("b\n".into(), "null"));
/// ```
pub fn object(text: &str) -> Result<Members<'_>, JsonError> {
    let text = value(text)?;
    let mut scanner = Scanner { text, at: 0 };
    if scanner.eat(b'{') { Ok(Members { scanner }) } else { Err(scanner.error("not an object")) }
}

/// The raw value of the member `name` of the object `text`: the last one, where there are several.
///
/// `None` when there is none, or `text` is not a JSON object.
#[must_use]
pub fn member<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    object(text).ok()?.filter(|(key, _)| key == name).last().map(|(_, raw)| raw)
}

/// The text of a raw JSON string.
///
/// `None` when `raw` is not a JSON string.
#[must_use]
pub fn string(raw: &str) -> Option<Cow<'_, str>> {
    text_of(raw, |_| None)
}

/// As [`string`], with `mend` for lone surrogates.
fn text_of(raw: &str, mend: fn(LoneSurrogate) -> Option<char>) -> Option<Cow<'_, str>> {
    let inner = value(raw).ok()?.strip_prefix('"')?.strip_suffix('"')?;
    if !has(inner, b"\\") {
        return Some(Cow::Borrowed(inner));
    }
    unescape(inner, mend).map(Cow::Owned)
}

/// Appends `text` to `out` as a JSON string.
pub fn quote_into(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\x1f' => {
                out.push_str("\\u00");
                out.extend(percent::hex_digits(c as u8));
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}

/// The members of a JSON object: the decoded key and the raw value.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    scanner: Scanner<'a>,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        // The text was checked as a whole, so the scanner meets no error here.
        self.scanner.space();
        let raw = self.scanner.string().ok()?;
        let key = text_of(raw, |_| Some(char::REPLACEMENT_CHARACTER))?;
        self.scanner.space();
        self.scanner.eat(b':');
        self.scanner.space();
        let value = self.scanner.value().ok()?;
        self.scanner.space();
        self.scanner.eat(b',');
        Some((key, value))
    }
}

#[derive(Clone, Debug)]
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// One value, from here to its end.
    fn value(&mut self) -> Result<&'a str, JsonError> {
        let start = self.at;
        let mut open = Nesting::default();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.enter(&mut open, true)?;
                    if !self.eat(b'}') {
                        self.key()?;
                        continue;
                    }
                    open.leave();
                }
                Some(b'[') => {
                    self.enter(&mut open, false)?;
                    if !self.eat(b']') {
                        continue;
                    }
                    open.leave();
                }
                Some(b'"') => drop(self.string()?),
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                Some(b'n') => self.word("null")?,
                _ => return Err(self.error("a value is missing")),
            }
            if self.after_value(&mut open)? {
                return Ok(self.since(start));
            }
        }
    }

    fn enter(&mut self, open: &mut Nesting, object: bool) -> Result<(), JsonError> {
        if open.depth == MAX_DEPTH {
            return Err(self.error("nested too deep"));
        }
        open.enter(object);
        self.at += 1;
        self.space();
        Ok(())
    }

    /// Behind a value: closes what ends here; true when nothing is open any more, false when
    /// another value follows.
    fn after_value(&mut self, open: &mut Nesting) -> Result<bool, JsonError> {
        while open.depth > 0 {
            self.space();
            if self.eat(b',') {
                self.space();
                if open.in_object() {
                    self.key()?;
                }
                return Ok(false);
            }
            if !self.eat(if open.in_object() { b'}' } else { b']' }) {
                return Err(self.error("a comma or an end is missing"));
            }
            open.leave();
        }
        Ok(true)
    }

    fn key(&mut self) -> Result<(), JsonError> {
        self.string()?;
        self.space();
        if !self.eat(b':') {
            return Err(self.error("a colon is missing"));
        }
        self.space();
        Ok(())
    }

    /// A string with its quotes.
    fn string(&mut self) -> Result<&'a str, JsonError> {
        let start = self.at;
        if !self.eat(b'"') {
            return Err(self.error("a string is missing"));
        }
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(self.since(start));
                }
                Some(b'\\') => self.escape()?,
                Some(0..=0x1f) => return Err(self.error("a control character in a string")),
                Some(_) => self.at += 1,
                None => return Err(self.error("the text ends in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match read_escape(rest) {
            Some((_, length)) => {
                self.at += length;
                Ok(())
            }
            None => Err(self.error("a broken escape")),
        }
    }

    fn number(&mut self) -> Result<(), JsonError> {
        self.eat(b'-');
        if !self.eat(b'0') && self.digits() == 0 {
            return Err(self.error("a digit is missing"));
        }
        if self.eat(b'.') && self.digits() == 0 {
            return Err(self.error("a digit is missing"));
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _signed = self.eat(b'+') || self.eat(b'-');
            if self.digits() == 0 {
                return Err(self.error("a digit is missing"));
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn word(&mut self, word: &str) -> Result<(), JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.error("an unknown word"));
        }
        self.at += word.len();
        Ok(())
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn error(&self, problem: &'static str) -> JsonError {
        JsonError { at: self.at, problem }
    }
}

/// The open arrays and objects, a bit each, innermost lowest: set for an object.
#[derive(Default)]
struct Nesting {
    bits: u128,
    depth: u32,
}

impl Nesting {
    fn enter(&mut self, object: bool) {
        self.bits = self.bits << 1 | u128::from(object);
        self.depth += 1;
    }

    fn leave(&mut self) {
        self.bits >>= 1;
        self.depth -= 1;
    }

    fn in_object(&self) -> bool {
        self.bits & 1 == 1
    }
}

/// Half of a character.
struct LoneSurrogate;

fn unescape(mut text: &str, mend: fn(LoneSurrogate) -> Option<char>) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    loop {
        let (plain, rest) = text.split_at_checked(until(text, b"\\"))?;
        out.push_str(plain);
        if rest.is_empty() {
            return Some(out);
        }
        let (c, length) = read_escape(rest)?;
        out.push(c.map_or_else(mend, Some)?);
        text = rest.get(length..)?;
    }
}

/// The character of the escape that `text` starts with, and the escape's length in bytes.
fn read_escape(text: &str) -> Option<(Result<char, LoneSurrogate>, usize)> {
    let plain = match text.as_bytes().get(1)? {
        b'u' => return read_unicode_escape(text),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        _ => return None,
    };
    Some((Ok(plain), 2))
}

/// `\uXXXX`, or two of them that make one character beyond the basic plane.
fn read_unicode_escape(text: &str) -> Option<(Result<char, LoneSurrogate>, usize)> {
    let first = code_unit(text)?;
    if let Some(c) = char::from_u32(first) {
        return Some((Ok(c), 6));
    }
    let second = text.get(6..).and_then(code_unit).unwrap_or_default();
    let pair = (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second);
    let scalar = || char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
    Some(match pair.then(scalar).flatten() {
        Some(c) => (Ok(c), 12),
        None => (Err(LoneSurrogate), 6),
    })
}

fn code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let digit = |sum: u32, byte| Some(sum << 4 | u32::from(percent::hex_value(byte)?));
    digits.bytes().try_fold(0, digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<i32>().prop_map(|n| Value::from(f64::from(n) / 8.0)),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Another reader's word on whether `text`, not nested deep, is JSON.
    fn accepted_elsewhere(text: &str) -> bool {
        serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
    }

    proptest! {
        #[test]
        fn members_are_what_another_reader_finds(map in prop::collection::hash_map(any::<String>(), any_json(), 0..8), pretty: bool) {
            let object = Value::Object(map.into_iter().collect());
            let text = if pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) }.unwrap();
            let ours: serde_json::Map<_, _> = super::object(&text).unwrap()
                .map(|(key, raw)| (key.into_owned(), serde_json::from_str(raw).unwrap()))
                .collect();
            prop_assert_eq!(Value::Object(ours), object);
        }

        #[test]
        fn a_damaged_text_is_judged_as_elsewhere(json in any_json(), at: prop::sample::Index, with in "[\\[\\]{},:\"0-9eE+.\\\\utrn \u{0}é-]{0,3}", cut in 0usize..3) {
            let mut text: Vec<char> = json.to_string().chars().collect();
            let at = at.index(text.len() + 1);
            let end = (at + cut).min(text.len());
            text.splice(at..end, with.chars());
            let text: String = text.into_iter().collect();
            prop_assert_eq!(value(&text).is_ok(), accepted_elsewhere(&text), "{}", text);
        }

        #[test]
        fn any_text_is_judged_as_elsewhere(text in "[\\[\\]{},:\"0-9eE+.\\\\utrnfalse \n-]{0,12}") {
            prop_assert_eq!(value(&text).is_ok(), accepted_elsewhere(&text), "{}", text);
        }

        #[test]
        fn strings_survive_quoting(text in any::<String>()) {
            let mut quoted = String::new();
            quote_into(&mut quoted, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text.clone());
            prop_assert_eq!(string(&quoted).unwrap(), text.clone());
            let theirs = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(string(&theirs).unwrap(), text);
        }
    }

    #[test]
    fn nesting_is_bounded_where_other_readers_bound_it() {
        for depth in [1, 126, 127, 128, 100_000] {
            let text = "[".repeat(depth) + &"]".repeat(depth);
            assert_eq!(value(&text).is_ok(), depth <= 127, "{depth}");
            assert_eq!(value(&text).is_ok(), serde_json::from_str::<Value>(&text).is_ok());
        }
    }

    #[test]
    fn surrogates_must_come_in_pairs() {
        assert_eq!(string(r#""\ud83d\ude00\u00e9""#).unwrap(), "😀é");
        for lone in [r#""\ud83d""#, r#""\ude00""#, r#""\ud83dx""#, r#""\ud83d\u0041""#, r#""\u12""#]
        {
            assert_eq!(string(lone), None, "{lone}");
        }
        let text = r#"{"a":"\ud83d","\ude00":1}"#;
        let members: Vec<_> = object(text).unwrap().collect();
        assert_eq!(members, [("a".into(), r#""\ud83d""#), ("\u{fffd}".into(), "1")]);
    }

    #[test]
    fn the_last_of_two_members_counts() {
        assert_eq!(member(r#"{"a":1,"b":2,"\u0061":3}"#, "a"), Some("3"));
        assert_eq!(member(r#"{"a":1}"#, "b"), None);
        assert_eq!(member("[1]", "a"), None);
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(object("[]").unwrap_err().to_string(), "not an object at byte 0");
        assert_eq!(
            value("{\"a\" 1}").unwrap_err(),
            JsonError { at: 5, problem: "a colon is missing" }
        );
    }
}
