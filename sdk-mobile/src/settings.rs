//! What an app says of itself, and of a login.

use std::{sync::Arc, time::Duration};

use secureflows::{Client, ClientBuilder, LoginOptions};

use crate::host::Bridge;

/// The settings of a client, checked as a whole before anything is sent.
#[derive(uniffi::Record)]
pub struct Settings {
    /// The workspace's unique name.
    pub workspace: String,
    /// The application's id.
    pub app_id: String,
    /// Where hosted login comes back to, byte for byte as it is registered.
    pub redirect_uri: String,
    /// Where the platform lives; production unless given.
    #[uniffi(default)]
    pub origin: Option<String>,
    /// How long one attempt may take; 10 seconds unless given.
    #[uniffi(default)]
    pub attempt_timeout_milliseconds: Option<u64>,
    /// How long a call may take with all its attempts; 30 seconds unless given.
    #[uniffi(default)]
    pub timeout_milliseconds: Option<u64>,
    /// The most bytes that the user's data may take: a write beyond it is refused unsent.
    #[uniffi(default)]
    pub payload_limit: Option<u64>,
    /// The app's own backends, by their exact origins: `authorize` is for these and for nobody else.
    #[uniffi(default)]
    pub backends: Vec<String>,
    /// Whether the presenter is asked when a call meets a dead token. Without that, such calls fail
    /// signed out.
    #[uniffi(default = true)]
    pub sign_in_again: bool,
}

impl Settings {
    pub(crate) fn builder(self, host: Bridge) -> ClientBuilder {
        let mut builder = Client::builder()
            .workspace(self.workspace)
            .app_id(self.app_id)
            .redirect_uri(self.redirect_uri)
            .host(Arc::new(host));
        if let Some(origin) = self.origin {
            builder = builder.origin(origin);
        }
        if let Some(time) = self.attempt_timeout_milliseconds {
            builder = builder.attempt_timeout(Duration::from_millis(time));
        }
        if let Some(time) = self.timeout_milliseconds {
            builder = builder.timeout(Duration::from_millis(time));
        }
        if let Some(bytes) = self.payload_limit {
            builder = builder.payload_limit(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
        self.backends.into_iter().fold(builder, ClientBuilder::backend)
    }
}

/// What an app may ask of one login.
#[derive(Default, uniffi::Record)]
pub struct LoginRequest {
    /// A JSON object that is stored when, and only when, this login creates the user's data.
    #[uniffi(default)]
    pub payload: Option<String>,
    /// The lifetime of data that this login creates, in seconds: 0 for ever, else 60 to 604800.
    #[uniffi(default)]
    pub ttl_seconds: Option<u32>,
    /// Whether the session of the token at hand is renewed, so that only the same user can come back.
    /// The token then travels in the URL.
    #[uniffi(default = false)]
    pub same_user: bool,
}

impl From<LoginRequest> for LoginOptions {
    fn from(request: LoginRequest) -> Self {
        let mut options = Self::new();
        if let Some(payload) = request.payload {
            options = options.payload(payload);
        }
        if let Some(seconds) = request.ttl_seconds {
            options = options.ttl_seconds(seconds);
        }
        if request.same_user { options.same_user() } else { options }
    }
}
