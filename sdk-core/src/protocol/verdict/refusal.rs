//! The body of a refusal, in every form that clients must survive (contract §4): the standard
//! `{status, error, code?}`, `{error}`, `{message}`, a page, or nothing at all.

use std::borrow::Cow;

use crate::{protocol::wire::json, secret::redacted};

/// The most that is read of a refusal: larger ones are not the platform's.
const LONGEST: usize = 64 * 1024;

/// What a refusal says.
pub(super) struct Refusal<'a> {
    form: Form,
    error: Option<Cow<'a, str>>,
    code: Option<Cow<'a, str>>,
    #[cfg(feature = "management")]
    details: Option<&'a str>,
}

#[derive(PartialEq, Eq)]
enum Form {
    Empty,
    Object,
    Foreign,
}

impl<'a> Refusal<'a> {
    /// Reads `text`, `None` when the body is not even UTF-8.
    pub(super) fn read(text: Option<&'a str>) -> Self {
        let foreign = Self {
            form: Form::Foreign,
            error: None,
            code: None,
            #[cfg(feature = "management")]
            details: None,
        };
        let Some(text) = text.filter(|text| text.len() <= LONGEST) else { return foreign };
        if text.trim_ascii().is_empty() {
            return Self { form: Form::Empty, ..foreign };
        }
        if json::object(text).is_err() {
            return foreign;
        }
        let member = |name| json::member(text, name).and_then(json::string);
        Self {
            form: Form::Object,
            error: member("error").or_else(|| member("message")),
            code: member("code"),
            #[cfg(feature = "management")]
            details: json::member(text, "details"),
        }
    }

    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// What the refusal adds, as JSON text.
    #[cfg(feature = "management")]
    pub(super) fn details(&self) -> Option<String> {
        self.details.map(str::to_owned)
    }

    /// The refusal speaks of the token, not of the session behind it.
    pub(super) fn is_about_the_token(&self) -> bool {
        matches!(
            self.error.as_deref(),
            Some("Session token expired" | "Invalid token" | "Missing Authorization header")
        )
    }

    /// The refusal says that the session behind the token has ended.
    pub(super) fn is_about_the_session(&self) -> bool {
        matches!(self.error.as_deref(), Some("Session revoked" | "Session expired"))
    }

    /// How older servers say that a token is missing or expired.
    pub(super) fn is_access_denied(&self) -> bool {
        self.form == Form::Empty
            || self.code.is_none() && self.error.as_deref() == Some("Access denied")
    }

    /// The body is neither empty nor a JSON object: somebody else is answering.
    pub(super) fn is_foreign(&self) -> bool {
        self.form == Form::Foreign
    }

    /// The platform's own words, fit for an error.
    pub(super) fn detail(&self) -> String {
        match &self.error {
            Some(text) => redacted(text),
            None => String::from("no reason given"),
        }
    }
}
