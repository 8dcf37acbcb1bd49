//! Between JSON text and Rust types.

use std::any::type_name;

use serde::{Serialize, de::DeserializeOwned};

use crate::error::{Error, Invalid};

pub(crate) fn write<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    let json = serde_json::to_string(value).map_err(|_| {
        let mend = "use text for the keys of maps, and no failing `Serialize`";
        Invalid::new("value", "has no JSON form", mend)
    });
    Ok(json?)
}

/// The parser's own words may quote the value, so only the place is told.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|error| Error::WrongType {
        detail: format!(
            "expected `{}`, stopped at line {} column {}",
            type_name::<T>(),
            error.line(),
            error.column()
        ),
    })
}
