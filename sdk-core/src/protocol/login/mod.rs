//! Hosted login and logout as URLs (contract §2): where to send the user, and what comes back.

mod callback;
mod redirect;
mod state;

use std::fmt;

pub use callback::{Arrival, Callback, read};
pub use redirect::RedirectUri;
pub use state::{LONGEST_LOGIN, PendingLogin, State};
use zeroize::Zeroizing;

use crate::{
    error::Invalid,
    protocol::{
        call::json_object,
        wire::{Origin, percent},
    },
    secret::SessionToken,
    text::{cut, decimal},
};

/// What to come back to after signing out.
const PLAIN_PAGE: &str = "give a plain page, such as https://app.example/";
/// The longest lifetime of the data that hosted login takes, in seconds: a week.
const LONGEST_TTL: u32 = 604_800;

/// The application that signs its users in: where, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Where the platform lives.
    pub origin: Origin,
    /// The workspace's unique name.
    pub workspace: String,
    /// The application's id.
    pub app_id: String,
    /// Where hosted login comes back to, exactly as registered.
    pub redirect_uri: RedirectUri,
}

/// What an app may ask of one login.
///
/// ```
/// use secureflows::LoginOptions;
///
/// let options = LoginOptions::new().payload(r#"{"theme":"dark"}"#).ttl_seconds(3600);
/// # let _ = options;
/// ```
#[derive(Clone, Default)]
pub struct LoginOptions {
    ttl_seconds: Option<u32>,
    payload: Option<String>,
    same_user: bool,
}

impl LoginOptions {
    /// A plain login.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The lifetime of data that this login creates, in seconds: 0 for ever, else 60 to 604800. It
    /// has no effect on data that is already there (contract, ruling 4).
    #[must_use]
    pub const fn ttl_seconds(mut self, seconds: u32) -> Self {
        self.ttl_seconds = Some(seconds);
        self
    }

    /// A JSON object that is stored when, and only when, this login creates the user's data.
    #[must_use]
    pub fn payload(mut self, json: impl Into<String>) -> Self {
        self.payload = Some(json.into());
        self
    }

    /// Renews the very session of the token at hand, dead or alive, so that only the same user can
    /// come back.
    ///
    /// The token then travels in the URL; so it is done on request only, and after a sign-out, when
    /// there is no token, not at all (contract, ruling 5).
    #[must_use]
    pub const fn same_user(mut self) -> Self {
        self.same_user = true;
        self
    }

    /// Whether the token at hand is to be renewed.
    pub(crate) const fn wants_same_user(&self) -> bool {
        self.same_user
    }

    fn check(&self, renewing: bool) -> Result<(), Invalid> {
        let refuse = |field, problem, mend| Err(Invalid::new(field, problem, mend));
        match self.ttl_seconds {
            None | Some(0 | 60..=LONGEST_TTL) => {}
            Some(_) => {
                return refuse(
                    "ttl_seconds",
                    "is out of range",
                    "use 0 (for ever) or 60 to 604800",
                );
            }
        }
        match &self.payload {
            None => Ok(()),
            Some(_) if renewing => {
                refuse("payload", "cannot go with a renewal", "leave out `payload` or `same_user`")
            }
            Some(payload) => json_object(payload).map(drop),
        }
    }
}

/// Shows whether there is a payload, never what it holds.
impl fmt::Debug for LoginOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginOptions")
            .field("ttl_seconds", &self.ttl_seconds)
            .field("payload", &self.payload.as_ref().map(|_| "…"))
            .field("same_user", &self.same_user)
            .finish()
    }
}

/// A URL that may hold a credential: to be opened by the user's browser, and kept out of logs.
#[derive(Clone)]
pub struct PrivateUrl(Zeroizing<String>);

impl PrivateUrl {
    /// The URL, to navigate to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows the URL without its query.
impl fmt::Debug for PrivateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}?…", self.0.split('?').next().unwrap_or_default())
    }
}

/// The hosted login page of `application` for one attempt, named by `state`.
///
/// `renew` is the token of the session to renew.
///
/// # Errors
/// [`Invalid`], field `ttl_seconds` or `payload`: the problem and its mend.
pub fn login_url(
    application: &Application,
    state: &State,
    options: &LoginOptions,
    renew: Option<&SessionToken>,
) -> Result<PrivateUrl, Invalid> {
    options.check(renew.is_some())?;
    let mut url = room_for(renew);
    url.extend([application.origin.as_str(), "/app/sessions/login"]);
    percent::append_pair(&mut url, "app_id", &application.app_id);
    percent::append_pair(&mut url, "workspace_name", &application.workspace);
    percent::append_pair(&mut url, "redirect_uri", application.redirect_uri.as_str());
    percent::append_pair(&mut url, "state", state.as_str());
    if let Some(seconds) = options.ttl_seconds {
        percent::append_pair(&mut url, "ttl_seconds", &decimal(seconds.into()));
    }
    if let Some(payload) = &options.payload {
        percent::append_pair(&mut url, "payload", payload);
    }
    if let Some(token) = renew {
        percent::append_pair(&mut url, "session_token", token.expose());
    }
    Ok(PrivateUrl(Zeroizing::new(url)))
}

/// Where a browser signs out by a top-level navigation; it comes back to `post_logout_uri`.
///
/// # Errors
/// [`Invalid`], field `post_logout_uri`: when that is no URI, is the callback, or carries a token.
pub fn logout_url(
    application: &Application,
    token: &SessionToken,
    post_logout_uri: &str,
) -> Result<PrivateUrl, Invalid> {
    let field = "post_logout_uri";
    let target = RedirectUri::parse_field(field, post_logout_uri)?;
    if target == application.redirect_uri {
        return Err(Invalid::new(field, "is the callback of the login", PLAIN_PAGE));
    }
    let query = cut(target.as_str(), b'?').map(|(_, query)| query).unwrap_or_default();
    let carries = |wanted| percent::pairs(query).any(|(name, _)| name.as_deref() == Some(wanted));
    if carries("session_token") || carries("sessionToken") {
        return Err(Invalid::new(field, "carries a session token", PLAIN_PAGE));
    }
    let mut url = room_for(Some(token));
    url.extend([application.origin.as_str(), "/api/v1/auth/logout"]);
    percent::append_pair(&mut url, "session_token", token.expose());
    percent::append_pair(&mut url, "redirect_uri", target.as_str());
    Ok(PrivateUrl(Zeroizing::new(url)))
}

/// A string that a URL with `token` fits in, so that growing leaves no copy of it behind.
fn room_for(token: Option<&SessionToken>) -> String {
    const EVERYTHING_ELSE: usize = 8 * 1024;
    String::with_capacity(token.map_or(0, |token| 3 * token.expose().len() + EVERYTHING_ELSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application() -> Application {
        Application {
            origin: Origin::parse("https://p.example").unwrap(),
            workspace: "acme & co".into(),
            app_id: "web".into(),
            redirect_uri: RedirectUri::parse("https://a.example/cb?x=1").unwrap(),
        }
    }

    fn token() -> SessionToken {
        SessionToken::issued_by("https://p.example", "t+k".into()).unwrap()
    }

    #[test]
    fn a_login_names_the_application_and_the_attempt() {
        let state = State::draw([7; 16]);
        let options = LoginOptions::new().ttl_seconds(60).payload("{\"a\":1}");
        let url = login_url(&application(), &state, &options, None).unwrap();
        let parsed = url::Url::parse(url.as_str()).unwrap();
        assert_eq!(parsed.path(), "/app/sessions/login");
        let pairs: Vec<_> =
            parsed.query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
        let expected = [
            ("app_id", "web"),
            ("workspace_name", "acme & co"),
            ("redirect_uri", "https://a.example/cb?x=1"),
            ("state", state.as_str()),
            ("ttl_seconds", "60"),
            ("payload", "{\"a\":1}"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs, expected);
    }

    #[test]
    fn a_token_goes_along_only_for_a_renewal() {
        let state = State::draw([7; 16]);
        let plain = login_url(&application(), &state, &LoginOptions::new(), None).unwrap();
        assert!(!plain.as_str().contains("session_token"));
        let renewal =
            login_url(&application(), &state, &LoginOptions::new(), Some(&token())).unwrap();
        assert!(renewal.as_str().ends_with("&session_token=t%2Bk"));
        assert_eq!(format!("{renewal:?}"), "https://p.example/app/sessions/login?…");
    }

    #[test]
    fn bad_options_name_their_field() {
        let state = State::draw([7; 16]);
        let try_with = |options: LoginOptions, renew: Option<&SessionToken>| {
            login_url(&application(), &state, &options, renew).unwrap_err().field()
        };
        for seconds in [1, 59, 604_801, u32::MAX] {
            assert_eq!(try_with(LoginOptions::new().ttl_seconds(seconds), None), "ttl_seconds");
        }
        assert_eq!(try_with(LoginOptions::new().payload("[1]"), None), "payload");
        assert_eq!(try_with(LoginOptions::new().payload("{}"), Some(&token())), "payload");
    }

    #[test]
    fn a_logout_comes_back_to_a_plain_page() {
        let url = logout_url(&application(), &token(), "https://a.example/").unwrap();
        assert_eq!(
            url.as_str(),
            "https://p.example/api/v1/auth/logout?session_token=t%2Bk&redirect_uri=https%3A%2F%2Fa.example%2F"
        );
        for bad in [
            "/",
            "https://a.example/?session_token=x",
            "https://a.example/?sessionToken=x",
            "https://a.example/cb?x=1",
        ] {
            assert_eq!(
                logout_url(&application(), &token(), bad).unwrap_err().field(),
                "post_logout_uri"
            );
        }
    }
}
