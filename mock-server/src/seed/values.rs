//! Values that a seed file may write in more than one way.

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{self, Error as _, value::MapAccessDeserializer},
};
use toml::{Table, Value};

/// A moment: a TOML date and time, or the same as text.
pub(super) struct Time(pub(super) Timestamp);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::Datetime(time) => time.to_string(),
            Value::String(text) => text,
            other => other.type_str().to_owned(),
        };
        let wrong = || {
            D::Error::custom(format!("`{text}` is not a time; write it like 2026-01-01T00:00:00Z"))
        };
        text.parse().map(Self).map_err(|_| wrong())
    }
}

/// A JSON object as text.
pub(super) struct PayloadText(pub(super) String);

impl<'de> Deserialize<'de> for PayloadText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PayloadVisitor).map(Self)
    }
}

struct PayloadVisitor;

impl<'de> de::Visitor<'de> for PayloadVisitor {
    type Value = String;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a table, or a JSON object as text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        match crate::domain::Payload::parse(text) {
            Ok(payload) => Ok(payload.to_json()),
            Err(error) => Err(E::custom(error)),
        }
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<String, A::Error> {
        let table = Table::deserialize(MapAccessDeserializer::new(map))?;
        let mut text = String::new();
        write_object(&table, &mut text).map_err(A::Error::custom)?;
        Ok(text)
    }
}

/// Keys keep the order of the file; dates and times become text.
fn write(value: &Value, out: &mut String) -> Result<(), &'static str> {
    match value {
        Value::String(text) => write_text(text, out),
        Value::Integer(number) => out.push_str(&number.to_string()),
        Value::Float(number) => match serde_json::Number::from_f64(*number) {
            Some(number) => out.push_str(&number.to_string()),
            None => return Err("JSON has no infinity and no NaN; write it as text"),
        },
        Value::Boolean(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Datetime(time) => write_text(&time.to_string(), out),
        Value::Array(values) => {
            out.push('[');
            for (n, value) in values.iter().enumerate() {
                separate(n, out);
                write(value, out)?;
            }
            out.push(']');
        }
        Value::Table(table) => write_object(table, out)?,
    }
    Ok(())
}

fn write_object(table: &Table, out: &mut String) -> Result<(), &'static str> {
    out.push('{');
    for (n, (key, value)) in table.iter().enumerate() {
        separate(n, out);
        write_text(key, out);
        out.push(':');
        write(value, out)?;
    }
    out.push('}');
    Ok(())
}

fn separate(n: usize, out: &mut String) {
    if n > 0 {
        out.push(',');
    }
}

fn write_text(text: &str, out: &mut String) {
    // A text is JSON text once it is quoted: `Display` of a JSON string does that.
    out.push_str(&serde_json::Value::from(text).to_string());
}
