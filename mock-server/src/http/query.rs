//! `name=value&…`, from an address or a form: decoded to bytes, since `state` may be any.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::error::ApiError;

/// Parameters in the order they came.
#[derive(Debug)]
pub(super) struct Query(Vec<(Vec<u8>, Vec<u8>)>);

/// A parameter that cannot be read, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadParameter {
    pub(super) name: &'static str,
    pub(super) mend: Cow<'static, str>,
}

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self(pairs.map(|(name, value)| (decode(name), decode(value))).collect())
    }

    /// The parameter's bytes. Given twice it is refused: two readers could take different ones.
    pub(super) fn bytes(&self, name: &'static str) -> Result<Option<Vec<u8>>, BadParameter> {
        let mut found = self.0.iter().filter(|(known, _)| known == name.as_bytes());
        let value = found.next().map(|(_, value)| value.clone());
        match found.next() {
            None => Ok(value),
            Some(_) => Err(BadParameter { name, mend: "it is given more than once".into() }),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name.as_bytes())
    }

    /// A parameter for which anything unreadable counts as not given.
    pub(super) fn lenient(&self, name: &'static str) -> Option<String> {
        self.text(name).ok().flatten().filter(|value| !value.is_empty())
    }

    pub(super) fn text(&self, name: &'static str) -> Result<Option<String>, BadParameter> {
        let text = self.bytes(name)?.map(String::from_utf8).transpose();
        text.map_err(|_| BadParameter { name, mend: "it is not valid UTF-8".into() })
    }

    /// A parameter that must be there.
    pub(super) fn required(&self, name: &'static str) -> Result<String, BadParameter> {
        let value = self.text(name)?.filter(|value| !value.is_empty());
        value.ok_or(BadParameter { name, mend: "it is required".into() })
    }
}

impl From<BadParameter> for ApiError {
    fn from(bad: BadParameter) -> Self {
        Self::bad_request(format!("Invalid {}: {}", bad.name, bad.mend))
    }
}

fn decode(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_decode_to_bytes() {
        let query = Query::parse("a=1+2%2B&b=%ff&&c&a%20b=x=y");
        assert_eq!(query.text("a"), Ok(Some("1 2+".to_owned())));
        assert_eq!(query.bytes("b"), Ok(Some(vec![0xff])));
        assert!(query.text("b").is_err());
        assert_eq!(query.text("c"), Ok(Some(String::new())));
        assert!(query.required("c").is_err());
        assert_eq!(query.text("a b"), Ok(Some("x=y".to_owned())));
        assert_eq!(query.text("d"), Ok(None));
    }

    #[test]
    fn a_parameter_counts_once() {
        assert!(Query::parse("a=1&a=1").bytes("a").is_err());
    }
}
