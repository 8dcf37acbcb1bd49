//! The ways in which a word may be written down.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The word as it is, in hexadecimal, and what Base64 makes of it wherever it stands; `None` for a word that
/// could be found by chance, or be written in other ways.
pub(super) fn of(canary: &str) -> Option<Vec<String>> {
    let plain = canary.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !plain || !(8..=64).contains(&canary.len()) {
        return None;
    }
    let hex: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut words = vec![canary.to_owned(), hex.to_uppercase(), hex];
    words.extend((0..3).filter_map(|before| in_base64(canary, before)));
    Some(words)
}

/// Base64 of the word behind so many other bytes, without the digits that those, or the bytes behind it, have a
/// share in.
fn in_base64(canary: &str, before: usize) -> Option<String> {
    let bytes: Vec<u8> = std::iter::repeat_n(0, before).chain(canary.bytes()).collect();
    let digits = STANDARD.encode(&bytes);
    let own = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
    digits.get(own).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_wherever_base64_begins() {
        let words = of("canary4711x").unwrap();
        for before in ["", "a", "ab", "abc", "{\"note\":\""] {
            for behind in ["", "\"}", "zz"] {
                let text = STANDARD.encode(format!("{before}canary4711x{behind}"));
                assert!(words.iter().any(|word| text.contains(word.as_str())), "{text}");
            }
        }
    }

    #[test]
    fn a_word_that_proves_nothing_is_refused() {
        for word in ["", "short", "with space", "ca-na-ry-1", &"a".repeat(65)] {
            assert_eq!(of(word), None, "{word}");
        }
    }
}
