//! The settings of a client, checked as a whole before anything is sent.

use std::time::Duration;

use crate::{
    error::Error,
    protocol::{
        login::{Application, RedirectUri},
        retry::RetryPolicy,
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
    pub(crate) origin: Origin,
    #[cfg(feature = "headless")]
    pub(crate) workspace: String,
    pub(crate) app_id: String,
    /// Only clients without pages go without.
    application: Option<Application>,
    pub(crate) limits: Limits,
    #[cfg(feature = "budget")]
    pub(crate) payload_limit: Option<usize>,
    pub(crate) backends: Vec<Origin>,
}

impl Config {
    /// The application as hosted login knows it.
    ///
    /// # Errors
    /// When there is no redirect URI for hosted login to come back to.
    pub(crate) fn application(&self) -> Result<&Application, Error> {
        self.application.as_ref().ok_or_else(|| missing("redirect_uri"))
    }
}

/// How long and how often a call is tried.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) attempt_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attempt_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            retry: RetryPolicy::default(),
        }
    }
}

impl Limits {
    pub(crate) fn check(&self) -> Result<(), Error> {
        positive("attempt_timeout", self.attempt_timeout)?;
        positive("timeout", self.timeout)?;
        self.retry.check()
    }
}

/// Settings as they were given.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) origin: String,
    pub(crate) workspace: Option<String>,
    pub(crate) app_id: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) limits: Limits,
    #[cfg(feature = "budget")]
    pub(crate) payload_limit: Option<usize>,
    pub(crate) backends: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            origin: PRODUCTION.to_owned(),
            workspace: None,
            app_id: None,
            redirect_uri: None,
            limits: Limits::default(),
            #[cfg(feature = "budget")]
            payload_limit: None,
            backends: Vec::new(),
        }
    }
}

impl Settings {
    /// The settings, if they are good; `headless` when nobody is sent to hosted login.
    pub(crate) fn check(self, headless: bool) -> Result<Config, Error> {
        let redirect_uri = match &self.redirect_uri {
            Some(uri) => Some(RedirectUri::parse(uri)?),
            None if headless => None,
            None => return Err(missing("redirect_uri")),
        };
        let origin = Origin::parse(&self.origin)?;
        let workspace = name("workspace", self.workspace.as_deref())?;
        let app_id = name("app_id", self.app_id.as_deref())?;
        self.limits.check()?;
        let mut backends = Vec::new();
        for backend in &self.backends {
            backends.push(Origin::parse_field("backends", backend)?);
        }
        Ok(Config {
            application: redirect_uri.map(|redirect_uri| Application {
                origin: origin.clone(),
                workspace: workspace.to_owned(),
                app_id: app_id.to_owned(),
                redirect_uri,
            }),
            origin,
            #[cfg(feature = "headless")]
            workspace: workspace.to_owned(),
            app_id: app_id.to_owned(),
            backends,
            limits: self.limits,
            #[cfg(feature = "budget")]
            payload_limit: self.payload_limit,
        })
    }
}

fn missing(field: &'static str) -> Error {
    Error::invalid(field, "is missing", "give the one that is registered with the platform")
}

fn name<'a>(field: &'static str, value: Option<&'a str>) -> Result<&'a str, Error> {
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

fn positive(field: &'static str, time: Duration) -> Result<(), Error> {
    if time.is_zero() {
        return Err(Error::invalid(field, "is zero", "give a time, such as 10 seconds"));
    }
    Ok(())
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
        match settings.check(false) {
            Err(Error::Invalid(invalid)) => invalid.field(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn usual_settings_pass() {
        let config = settings().check(false).unwrap();
        assert_eq!(config.origin.as_str(), PRODUCTION);
        assert_eq!(config.limits.attempt_timeout, Duration::from_secs(10));
        assert_eq!(config.limits.timeout, Duration::from_secs(30));
    }

    #[test]
    fn only_headless_clients_go_without_a_redirect_uri() {
        let headless = Settings { redirect_uri: None, ..settings() }.check(true).unwrap();
        let Err(Error::Invalid(invalid)) = headless.application() else { panic!() };
        assert_eq!(invalid.field(), "redirect_uri");
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
        let limits = Limits { timeout: Duration::ZERO, ..Limits::default() };
        assert_eq!(field(Settings { limits, ..settings() }), "timeout");
        let limits = Limits { attempt_timeout: Duration::ZERO, ..Limits::default() };
        assert_eq!(field(Settings { limits, ..settings() }), "attempt_timeout");
        let limits = Limits { retry: RetryPolicy::new().attempts(0), ..Limits::default() };
        assert_eq!(field(Settings { limits, ..settings() }), "retry");
        let backends = vec!["https://api.example/".into()];
        assert_eq!(field(Settings { backends, ..settings() }), "backends");
    }
}
