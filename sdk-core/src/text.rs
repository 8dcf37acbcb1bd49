//! Texts in texts. The standard library's way is quick in long ones, at a price in bytes that a browser pays;
//! these are short.

/// Where `needle`, which is not empty, first stands in `text`.
pub(crate) fn find(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes().windows(needle.len()).position(|window| window == needle.as_bytes())
}

/// `number` in decimal digits.
pub(crate) fn decimal(number: u64) -> String {
    let (mut rest, mut digits) = (number, Vec::new());
    loop {
        digits.push(char::from(b'0' + (rest % 10) as u8));
        rest /= 10;
        if rest == 0 {
            return digits.into_iter().rev().collect();
        }
    }
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
