//! Texts in texts. The standard library's way is quick in long ones, at a price in bytes that a browser pays;
//! these are short.

/// Where `needle`, which is not empty, first stands in `text`.
pub(crate) fn find(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes().windows(needle.len()).position(|window| window == needle.as_bytes())
}

/// Where the first of these characters, ASCII all, stands in `text`, or where it ends.
pub(crate) fn until(text: &str, ends: &[u8]) -> usize {
    text.bytes().position(|byte| ends.contains(&byte)).unwrap_or(text.len())
}

/// Whether one of these characters, ASCII all, is in `text`.
pub(crate) fn has(text: &str, any: &[u8]) -> bool {
    until(text, any) < text.len()
}

/// `text` before and behind the first `mark`, an ASCII character.
pub(crate) fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = until(text, &[mark]);
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// What of `text` stands before, between and behind every `mark`, an ASCII character.
pub(crate) fn parts(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (part, behind) =
            cut(text, mark).map_or((text, None), |(part, rest)| (part, Some(rest)));
        rest = behind;
        Some(part)
    })
}

/// The number that `text` is, when it is nothing but decimal digits and fits.
pub(crate) fn number(text: &str) -> Option<u64> {
    let digit = |sum: u64, byte: u8| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    };
    text.bytes().try_fold(0, digit).filter(|_| !text.is_empty())
}

/// `number` in decimal digits.
pub(crate) fn decimal(number: u64) -> String {
    let mut digits = if number < 10 { String::new() } else { decimal(number / 10) };
    digits.push(char::from(b'0' + (number % 10) as u8));
    digits
}

/// `text` with `new` in place of every `old`, which is not empty.
pub(crate) fn replace(text: &str, old: &str, new: &str) -> String {
    let (mut rest, mut out) = (text, String::new());
    while let Some(at) = find(rest, old) {
        out.push_str(rest.get(..at).unwrap_or_default());
        out.push_str(new);
        rest = rest.get(at + old.len()..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_taken_apart_as_usual(text in "[aé.?]{0,12}") {
            prop_assert_eq!(cut(&text, b'.'), text.split_once('.'));
            prop_assert_eq!(parts(&text, b'.').collect::<Vec<_>>(), text.split('.').collect::<Vec<_>>());
            prop_assert_eq!(has(&text, b".?"), text.contains(['.', '?']));
            prop_assert_eq!(until(&text, b".?"), text.find(['.', '?']).unwrap_or(text.len()));
        }

        #[test]
        fn numbers_are_read_as_usual(number: u64, text in "[+0-9 ]{0,22}") {
            prop_assert_eq!(super::number(&number.to_string()), Some(number));
            let plain = text.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(super::number(&text), text.parse().ok().filter(|_| plain));
        }

        #[test]
        fn numbers_are_written_as_usual(number in any::<u64>()) {
            prop_assert_eq!(decimal(number), number.to_string());
        }

        #[test]
        fn as_the_standard_library_has_it(text in "[aé.]{0,12}", old in "[aé.]{1,3}") {
            prop_assert_eq!(find(&text, &old), text.find(&old));
            prop_assert_eq!(replace(&text, &old, "-"), text.replace(&old, "-"));
        }
    }
}
