//! The settings of a client, checked as a whole before anything is sent.

use std::time::Duration;

use crate::{
    error::Error,
    protocol::{
        login::{Application, RedirectUri},
        wire::Origin,
    },
};

/// Where the platform lives, unless a client is told otherwise (contract §1).
pub const PRODUCTION: &str = "https://www.secure-flows.com";

/// The longest name of a workspace or an application, in bytes.
const LONGEST_NAME: usize = 255;

/// Settings that passed their checks.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) application: Application,
    pub(crate) attempt_timeout: Duration,
    pub(crate) timeout: Duration,
}

/// Settings as they were given.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) origin: String,
    pub(crate) workspace: Option<String>,
    pub(crate) app_id: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            origin: PRODUCTION.to_owned(),
            workspace: None,
            app_id: None,
            redirect_uri: None,
            attempt_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
        }
    }
}

impl Settings {
    pub(crate) fn check(self) -> Result<Config, Error> {
        let redirect_uri = self.redirect_uri.ok_or_else(|| missing("redirect_uri"))?;
        Ok(Config {
            application: Application {
                origin: Origin::parse(&self.origin)?,
                workspace: name("workspace", self.workspace)?,
                app_id: name("app_id", self.app_id)?,
                redirect_uri: RedirectUri::parse(&redirect_uri)?,
            },
            attempt_timeout: positive("attempt_timeout", self.attempt_timeout)?,
            timeout: positive("timeout", self.timeout)?,
        })
    }
}

fn missing(field: &'static str) -> Error {
    Error::invalid(field, "is missing", "give the one that is registered with the platform")
}

fn name(field: &'static str, value: Option<String>) -> Result<String, Error> {
    let value = value.ok_or_else(|| missing(field))?;
    let problem = if value.is_empty() {
        "is empty"
    } else if value.len() > LONGEST_NAME {
        "is longer than 255 bytes"
    } else if value.trim() != value || value.chars().any(char::is_control) {
        "has a control character, or a space at its ends"
    } else {
        return Ok(value);
    };
    Err(Error::invalid(field, problem, "give the name as it is registered with the platform"))
}

fn positive(field: &'static str, time: Duration) -> Result<Duration, Error> {
    if time.is_zero() {
        return Err(Error::invalid(field, "is zero", "give a time, such as 10 seconds"));
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            workspace: Some("acme".into()),
            app_id: Some("web".into()),
            redirect_uri: Some("https://app.example/".into()),
            ..Settings::default()
        }
    }

    fn field(settings: Settings) -> &'static str {
        match settings.check() {
            Err(Error::Invalid(invalid)) => invalid.field(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn usual_settings_pass() {
        let config = settings().check().unwrap();
        assert_eq!(config.application.origin.as_str(), PRODUCTION);
        assert_eq!(config.attempt_timeout, Duration::from_secs(10));
        assert_eq!(config.timeout, Duration::from_secs(30));
    }

    #[test]
    fn each_refusal_names_its_field() {
        let long = Some("x".repeat(256));
        assert_eq!(field(Settings { origin: "http://a.example".into(), ..settings() }), "origin");
        assert_eq!(field(Settings { workspace: None, ..settings() }), "workspace");
        assert_eq!(field(Settings { workspace: Some(" acme".into()), ..settings() }), "workspace");
        assert_eq!(field(Settings { app_id: Some(String::new()), ..settings() }), "app_id");
        assert_eq!(field(Settings { app_id: long, ..settings() }), "app_id");
        assert_eq!(field(Settings { redirect_uri: None, ..settings() }), "redirect_uri");
        assert_eq!(
            field(Settings { redirect_uri: Some("/cb".into()), ..settings() }),
            "redirect_uri"
        );
        assert_eq!(field(Settings { timeout: Duration::ZERO, ..settings() }), "timeout");
        let attempt_timeout = Duration::ZERO;
        assert_eq!(field(Settings { attempt_timeout, ..settings() }), "attempt_timeout");
    }
}
