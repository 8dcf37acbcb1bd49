//! Whole numbers of a body.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de, de::Visitor};

/// An `integer` of JSON Schema: `60.0` is one too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whole(pub(super) i64);

impl From<Whole> for i64 {
    fn from(whole: Whole) -> Self {
        whole.0
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(WholeVisitor).map(Self)
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<i64, E> {
        let unexpected = de::Unexpected::Unsigned(number);
        i64::try_from(number).map_err(|_| E::invalid_value(unexpected, &self))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<i64, E> {
        // Beyond 2⁵³ not every whole number can be written with a fraction: which is meant is unknown.
        let is_whole = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
        let whole = is_whole.then(|| format!("{number:.0}").parse().ok()).flatten();
        whole.ok_or_else(|| E::invalid_value(de::Unexpected::Float(number), &self))
    }
}

impl JsonSchema for Whole {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        i64::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        i64::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_without_a_fraction_is_whole_however_it_is_written() {
        for (text, number) in
            [("60", 60), ("-1", -1), ("60.0", 60), ("6e1", 60), ("-0.0", 0), ("0", 0)]
        {
            assert_eq!(serde_json::from_str::<Whole>(text).unwrap(), Whole(number), "{text}");
        }
        for text in ["60.5", "1e300", "9223372036854775808", "9007199254740993.0", "\"60\"", "true"]
        {
            let error = serde_json::from_str::<Whole>(text).unwrap_err().to_string();
            assert!(error.contains("expected a whole number"), "{text}: {error}");
        }
    }
}
