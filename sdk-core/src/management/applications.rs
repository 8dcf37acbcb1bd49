//! Applications: who may send users to hosted login, and where they come back to.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ApplicationFilter, Listing, Management, endpoints};
use crate::{error::Error, protocol::call::Call};

/// An application of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// The application's number.
    pub id: i64,
    /// The workspace it is in.
    pub workspace_id: i64,
    /// The id that its users' clients know.
    pub app_id: String,
    /// The name that its users see.
    pub display_name: String,
    /// Where hosted login may come back to, compared byte for byte.
    pub redirect_uris: Vec<String>,
    /// How long its session tokens live, in seconds; the platform's default when `None`.
    pub session_token_ttl_seconds: Option<u64>,
    /// How long its users' data lives; the platform's default when `None`.
    #[serde(rename = "sessionPayloadTtlSeconds")]
    pub session_payload_ttl: Option<Ttl>,
}

/// How long data lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ttl {
    /// For ever.
    Unlimited,
    /// So many seconds.
    Seconds(u64),
}

impl Ttl {
    pub(super) const fn seconds(self) -> u64 {
        match self {
            Self::Unlimited => 0,
            Self::Seconds(seconds) => seconds,
        }
    }
}

impl Serialize for Ttl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.seconds())
    }
}

impl<'de> Deserialize<'de> for Ttl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match u64::deserialize(deserializer)? {
            0 => Self::Unlimited,
            seconds => Self::Seconds(seconds),
        })
    }
}

/// An application to be registered.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct NewApplication {
    app_id: String,
    display_name: String,
    redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token_ttl_seconds: Option<u64>,
    #[serde(rename = "sessionPayloadTtlSeconds", skip_serializing_if = "Option::is_none")]
    session_payload_ttl: Option<Ttl>,
}

impl NewApplication {
    /// An application that hosted login comes back to at `redirect_uri`.
    pub fn new(
        app_id: impl Into<String>,
        display_name: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> Self {
        Self {
            app_id: app_id.into(),
            display_name: display_name.into(),
            redirect_uris: vec![redirect_uri.into()],
            session_token_ttl_seconds: None,
            session_payload_ttl: None,
        }
    }

    /// One more place to come back to.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// How long its session tokens live, in seconds.
    pub const fn session_token_ttl_seconds(mut self, seconds: u64) -> Self {
        self.session_token_ttl_seconds = Some(seconds);
        self
    }

    /// How long its users' data lives.
    pub const fn session_payload_ttl(mut self, ttl: Ttl) -> Self {
        self.session_payload_ttl = Some(ttl);
        self
    }
}

/// What to change of an application; what is not named stays.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct ApplicationPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token_ttl_seconds: Option<Option<u64>>,
    #[serde(rename = "sessionPayloadTtlSeconds", skip_serializing_if = "Option::is_none")]
    session_payload_ttl: Option<Option<Ttl>>,
}

impl ApplicationPatch {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another name for its users to see.
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// These places to come back to, in place of all there are.
    pub fn redirect_uris<U: Into<String>>(mut self, uris: impl IntoIterator<Item = U>) -> Self {
        self.redirect_uris = Some(uris.into_iter().map(Into::into).collect());
        self
    }

    /// How long its session tokens live, in seconds; `None` for the platform's default.
    pub const fn session_token_ttl_seconds(mut self, seconds: Option<u64>) -> Self {
        self.session_token_ttl_seconds = Some(seconds);
        self
    }

    /// How long its users' data lives; `None` for the platform's default.
    pub const fn session_payload_ttl(mut self, ttl: Option<Ttl>) -> Self {
        self.session_payload_ttl = Some(ttl);
        self
    }
}

/// Whether hosted login would come back to a URI.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RedirectVerdict {
    /// Whether it would.
    pub valid: bool,
    /// The application that was asked about.
    pub app_id: Option<String>,
    /// The URI that was asked about.
    pub redirect_uri: Option<String>,
    /// Why, or why not.
    pub reason: Option<RedirectReason>,
    /// The application's name, when it would.
    pub display_name: Option<String>,
}

/// Why hosted login would come back, or not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum RedirectReason {
    /// It would.
    Ok,
    /// It would not, in the platform's words.
    Other(String),
}

impl From<String> for RedirectReason {
    fn from(reason: String) -> Self {
        if reason == "ok" { Self::Ok } else { Self::Other(reason) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewUri<'a> {
    redirect_uri: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Redirect<'a> {
    app_id: &'a str,
    redirect_uri: &'a str,
}

/// An id that stands in a path as one segment, however URL readers take it.
fn segment(app_id: &str) -> Result<&str, Error> {
    match app_id {
        "" | "." | ".." => Err(Error::invalid(
            "app_id",
            "cannot stand in a URL",
            "give the id as it was registered",
        )),
        id => Ok(id),
    }
}

impl Management {
    /// Registers an application. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 409 when the id is taken, anywhere on the platform.
    pub async fn create_application(&self, new: &NewApplication) -> Result<Application, Error> {
        self.send(Call::to(&endpoints::APPLICATION_CREATE), new).await
    }

    /// The applications of the workspace. For admins and owners.
    pub fn applications(&self, filter: ApplicationFilter) -> Listing<Application> {
        Listing::new(self, &endpoints::APPLICATIONS, filter.pairs())
    }

    /// One application. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 when there is none.
    pub async fn application(&self, app_id: &str) -> Result<Application, Error> {
        self.read(Call::to(&endpoints::APPLICATION).at(segment(app_id)?)).await
    }

    /// Changes an application. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 when there is none.
    pub async fn update_application(
        &self,
        app_id: &str,
        patch: &ApplicationPatch,
    ) -> Result<Application, Error> {
        self.send(Call::to(&endpoints::APPLICATION_PATCH).at(segment(app_id)?), patch).await
    }

    /// Removes an application, with its sessions and their data. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] with status 404 when there is none.
    pub async fn delete_application(&self, app_id: &str) -> Result<(), Error> {
        self.done(Call::to(&endpoints::APPLICATION_DELETE).at(segment(app_id)?)).await
    }

    /// Adds a place to come back to, if it is not there. For admins and owners.
    ///
    /// # Errors
    /// [`Error::Rejected`] when it cannot be one, or there is no such application.
    pub async fn add_redirect_uri(
        &self,
        app_id: &str,
        redirect_uri: &str,
    ) -> Result<Application, Error> {
        let call = Call::to(&endpoints::REDIRECT_URI_ADD).at(segment(app_id)?);
        self.send(call, &NewUri { redirect_uri }).await
    }

    /// Whether hosted login of the application would come back to `redirect_uri`. Anybody may ask.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn validate_redirect(
        &self,
        app_id: &str,
        redirect_uri: &str,
    ) -> Result<RedirectVerdict, Error> {
        let call = Call::to(&endpoints::VALIDATE_REDIRECT);
        self.send(call, &Redirect { app_id, redirect_uri }).await
    }
}
