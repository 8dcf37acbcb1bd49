//! A session's payload: a flat JSON object (contract ruling 8), kept as the client wrote it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::json::{self, BadJson};

/// Keys in the order they were first written, each with the compact text of its value.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Payload(IndexMap<String, Box<RawValue>>);

/// Why a text is no payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadPayload {
    #[error("payload must be a JSON object")]
    NotAnObject,
    #[error(transparent)]
    Value(#[from] BadJson),
}

impl Payload {
    /// Reads a JSON object.
    pub(crate) fn parse(text: &str) -> Result<Self, BadPayload> {
        let text = json::compact(text)?;
        serde_json::from_str(&text).map_err(|_| BadPayload::NotAnObject)
    }

    /// The value of `key` as JSON text.
    pub(crate) fn value(&self, key: &str) -> Option<&RawValue> {
        self.0.get(key).map(AsRef::as_ref)
    }

    pub(crate) fn set(&mut self, key: String, value: Box<RawValue>) {
        self.0.insert(key, value);
    }

    /// Removes `key`, keeping the order of the others; whether it was there.
    pub(crate) fn remove(&mut self, key: &str) -> bool {
        self.0.shift_remove(key).is_some()
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// The payload as compact JSON.
    pub(crate) fn to_json(&self) -> String {
        // String keys and valid raw values always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The value that a write's body means (contract §3): `{"value": x}` is `x`, also with `workspaceName` and
/// `app_id` beside it; any other JSON is the value itself.
pub(crate) fn written_value(body: &RawValue) -> Result<Box<RawValue>, BadJson> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        value: &'a RawValue,
        #[serde(rename = "workspaceName")]
        _workspace_name: Option<IgnoredAny>,
        #[serde(rename = "app_id")]
        _app_id: Option<IgnoredAny>,
    }
    let is_object = body.get().starts_with('{');
    let wrapped = is_object.then(|| serde_json::from_str::<Wrapped<'_>>(body.get()).ok()).flatten();
    let value = wrapped.map_or(body.get(), |wrapped| wrapped.value.get());
    let text = json::compact(value)?;
    // Compacting valid JSON leaves valid JSON; the original stands in for a case that cannot be.
    Ok(RawValue::from_string(text).unwrap_or_else(|_| body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_of(body: &str) -> String {
        let body: Box<RawValue> = serde_json::from_str(body).unwrap();
        written_value(&body).unwrap().get().to_owned()
    }

    #[test]
    fn a_wrapped_value_is_unwrapped_and_any_other_json_is_the_value() {
        assert_eq!(value_of(r#"{"value": {"a": 1}}"#), r#"{"a":1}"#);
        assert_eq!(value_of(r#"{"value":null}"#), "null");
        assert_eq!(value_of(r#"{"workspaceName":"w","value":[1 ,2],"app_id":"a"}"#), "[1,2]");
        assert_eq!(value_of(r#"{"value": 1, "other": 2}"#), r#"{"value":1,"other":2}"#);
        assert_eq!(value_of(r#"{"app_id": "a"}"#), r#"{"app_id":"a"}"#);
        assert_eq!(value_of("[ 1 ]"), "[1]");
        assert_eq!(value_of(r#"["x"]"#), r#"["x"]"#);
    }

    #[test]
    fn a_payload_keeps_order_and_numbers() {
        let mut payload = Payload::parse(r#" {"z": 1e400, "a": 9007199254740993} "#).unwrap();
        payload.set("m".to_owned(), RawValue::from_string("true".to_owned()).unwrap());
        assert_eq!(payload.to_json(), r#"{"z":1e400,"a":9007199254740993,"m":true}"#);
        assert!(payload.remove("z"));
        assert!(!payload.remove("z"));
        assert_eq!(payload.to_json(), r#"{"a":9007199254740993,"m":true}"#);
    }

    #[test]
    fn only_objects_are_payloads() {
        for text in ["[]", "1", "null", "{", "", r#"{"a":}"#] {
            assert_eq!(Payload::parse(text).err(), Some(BadPayload::NotAnObject), "{text}");
        }
    }
}
