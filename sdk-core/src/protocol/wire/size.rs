//! How many bytes JSON takes, counted as the platform counts: compact, in UTF-8 (contract §5).

use super::json;

/// The bytes of `raw`, one JSON value, without the white space between its parts.
///
/// ```
/// use secureflows::protocol::wire::json;
///
/// assert_eq!(json::size("[ 1, \"a b\" ]"), "[1,\"a b\"]".len());
/// ```
#[must_use]
pub fn size(raw: &str) -> usize {
    let (mut size, mut in_string, mut escaped) = (0, false, false);
    for byte in raw.bytes() {
        let space = !in_string && matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        size += usize::from(!space);
        if byte == b'"' && !escaped {
            in_string = !in_string;
        }
        escaped = in_string && byte == b'\\' && !escaped;
    }
    size
}

/// The bytes of one member of an object: its key, the colon, its value.
#[must_use]
pub fn size_of_member(key: &str, raw: &str) -> usize {
    let mut quoted = String::with_capacity(key.len() + 2);
    json::quote_into(&mut quoted, key);
    quoted.len() + 1 + size(raw)
}

/// The bytes of the object of these members.
pub fn size_of_object<'a>(members: impl Iterator<Item = (&'a str, &'a str)>) -> usize {
    let (count, sizes) = members
        .fold((0_usize, 0), |(count, sum), (key, raw)| (count + 1, sum + size_of_member(key, raw)));
    2 + sizes + count.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sizes_are_those_of_compact_json(
            members in prop::collection::btree_map("\\PC{0,8}", "\\PC{0,20}|[ \"\\\\]{0,6}", 0..6),
        ) {
            let object = serde_json::json!(members);
            let texts: Vec<_> =
                members.iter().map(|(key, value)| (key.as_str(), serde_json::json!([value]).to_string())).collect();
            let pretty = serde_json::to_string_pretty(&object).unwrap();
            prop_assert_eq!(size(&pretty), object.to_string().len());
            let wrapped = serde_json::json!(members.iter().map(|(k, v)| (k, [v])).collect::<std::collections::BTreeMap<_, _>>());
            let counted = size_of_object(texts.iter().map(|(key, raw)| (*key, raw.as_str())));
            prop_assert_eq!(counted, wrapped.to_string().len());
        }
    }
}
