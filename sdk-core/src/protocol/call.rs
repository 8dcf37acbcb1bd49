//! Each endpoint of the session API as data, and one request to it as a value (contract §2 and §3).

use std::fmt;

#[cfg(feature = "headless")]
use crate::secret::SessionToken;
use crate::{
    error::Invalid,
    protocol::{
        retry::Repeat,
        wire::{Origin, json, percent},
    },
    text::cut,
};

/// The longest key, in bytes of UTF-8.
const LONGEST_KEY: usize = 1024;

/// An HTTP method of the session API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The method as it stands on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Which credential an endpoint takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// The session token: when it is dead, the user is signed out.
    Session,
    /// An identity token of the platform's identity provider, which automation and tests may hold.
    Identity,
    /// A USER token of an operator.
    User,
    /// None at all.
    Public,
}

/// What the body of a success holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `{sessionToken}`
    #[cfg(feature = "headless")]
    Token,
    /// `{sessionToken, payload}`
    #[cfg(feature = "headless")]
    TokenAndPayload,
    /// The whole payload, a flat object.
    Payload,
    /// `{userId, email}`, both nullable.
    Identity,
    /// `{key, value}`; nothing there is `404` and no error.
    Value,
    /// A bare `true` or `false`.
    Existed,
    /// `{revoked, sessionId}`
    Revoked,
    /// `{loggedOut}`
    LoggedOut,
    /// JSON that the verdict leaves unread.
    #[cfg(feature = "management")]
    Json,
    /// Nothing that matters.
    #[cfg(feature = "management")]
    Nothing,
}

/// What the platform offers at one path, and how a client may treat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path below `/api/v1`; `{…}` stands for one escaped segment.
    pub path: &'static str,
    /// The credential it takes.
    pub auth: Auth,
    /// What a success holds.
    pub answer: Answer,
    /// Whether a request may be repeated.
    pub repeat: Repeat,
}

const fn endpoint(
    method: Method,
    path: &'static str,
    auth: Auth,
    answer: Answer,
    repeat: Repeat,
) -> Endpoint {
    Endpoint { method, path, auth, answer, repeat }
}

use Method::{Delete, Get, Post};

/// A new session for the holder of an identity token.
#[cfg(feature = "headless")]
pub const CREATE: Endpoint =
    endpoint(Post, "/sessions", Auth::Identity, Answer::Token, Repeat::Never);
/// The newest active session of the holder of an identity token, or a new one.
#[cfg(feature = "headless")]
pub const GET_OR_CREATE: Endpoint =
    endpoint(Post, "/sessions/get-or-create", Auth::Identity, Answer::Token, Repeat::Idempotent);
/// A fresh token for the session of an expired one.
#[cfg(feature = "headless")]
pub const RENEW: Endpoint = endpoint(
    Post,
    "/sessions/renew/{sessionToken}",
    Auth::Identity,
    Answer::TokenAndPayload,
    Repeat::Idempotent,
);
/// The whole payload.
pub const PAYLOAD: Endpoint =
    endpoint(Get, "/sessions", Auth::Session, Answer::Payload, Repeat::Read);
/// Who is signed in.
pub const IDENTITY: Endpoint =
    endpoint(Get, "/sessions/identity", Auth::Session, Answer::Identity, Repeat::Read);
/// One value.
pub const READ: Endpoint =
    endpoint(Get, "/sessions/get/{key}", Auth::Session, Answer::Value, Repeat::Read);
/// Stores one value.
pub const WRITE: Endpoint =
    endpoint(Post, "/sessions/set/{key}", Auth::Session, Answer::Payload, Repeat::AbsoluteWrite);
/// Removes one value.
pub const REMOVE: Endpoint = endpoint(
    Delete,
    "/sessions/delete/{key}",
    Auth::Session,
    Answer::Existed,
    Repeat::AbsoluteWrite,
);
/// Destroys the session and its data.
pub const REVOKE: Endpoint =
    endpoint(Post, "/sessions/revoke", Auth::Session, Answer::Revoked, Repeat::Never);
/// Ends the token; the data stays.
pub const LOGOUT: Endpoint =
    endpoint(Post, "/auth/logout", Auth::Session, Answer::LoggedOut, Repeat::Idempotent);

/// Every endpoint above.
#[cfg(feature = "headless")]
pub const ALL: [Endpoint; 10] =
    [CREATE, GET_OR_CREATE, RENEW, PAYLOAD, IDENTITY, READ, WRITE, REMOVE, REVOKE, LOGOUT];

/// The name of a stored value: any text of 1 to 1024 bytes but `.` and `..`, which URL readers
/// would take for directories.
///
/// ```
/// use secureflows::protocol::call::Key;
///
/// assert!(Key::parse("notes/2026 ✓").is_ok());
/// assert_eq!(Key::parse("..").unwrap_err().field(), "key");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Box<str>);

impl Key {
    /// Reads a key.
    ///
    /// # Errors
    /// [`Invalid`], field `key`: the problem and its mend.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let problem = match text {
            "" => "is empty",
            "." | ".." => "would be taken for a directory of the URL",
            long if long.len() > LONGEST_KEY => "is longer than 1024 bytes",
            _ => return Ok(Self(text.into())),
        };
        let mend = "use 1 to 1024 bytes of text, other than `.` and `..`";
        Err(Invalid::new("key", problem, mend))
    }

    /// The key as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows how long it is: apps put all sorts of things into keys.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} bytes)", self.0.len())
    }
}

/// One request to an endpoint: everything but the credential.
#[derive(Clone)]
pub struct Call {
    endpoint: &'static Endpoint,
    segment: Segment,
    query: Option<String>,
    body: Option<String>,
}

#[derive(Clone)]
enum Segment {
    None,
    Key(Key),
    #[cfg(feature = "headless")]
    Token(SessionToken),
    #[cfg(feature = "management")]
    Text(String),
}

impl Call {
    /// `GET /sessions`: the whole payload.
    #[must_use]
    pub const fn payload() -> Self {
        Self::plain(&PAYLOAD)
    }

    /// `GET /sessions/identity`: who is signed in.
    #[must_use]
    pub const fn identity() -> Self {
        Self::plain(&IDENTITY)
    }

    /// `POST /sessions/revoke`: destroys the session and its data.
    #[must_use]
    pub const fn revoke() -> Self {
        Self::plain(&REVOKE)
    }

    /// `POST /auth/logout`: ends the token.
    #[must_use]
    pub const fn logout() -> Self {
        Self::plain(&LOGOUT)
    }

    /// `GET /sessions/get/{key}`: one value.
    #[must_use]
    pub const fn read(key: Key) -> Self {
        Self { endpoint: &READ, segment: Segment::Key(key), query: None, body: None }
    }

    /// `DELETE /sessions/delete/{key}`: removes one value.
    #[must_use]
    pub const fn remove(key: Key) -> Self {
        Self { endpoint: &REMOVE, segment: Segment::Key(key), query: None, body: None }
    }

    /// `POST /sessions/set/{key}`: stores `value`, one JSON value, always wrapped as
    /// `{"value": …}` so that the platform never mistakes it for a wrapper.
    ///
    /// # Errors
    /// [`Invalid`], field `value`, when `value` is not JSON.
    pub fn write(key: Key, value: &str) -> Result<Self, Invalid> {
        let invalid = |error: json::JsonError| {
            let mend = "give one JSON value, nested 126 deep at most";
            Invalid::new("value", error.as_problem("is not JSON"), mend)
        };
        let value = json::value(value).map_err(invalid)?;
        let body = ["{\"value\":", value, "}"].concat();
        // What comes back is nested as deep as what goes out here.
        json::value(&body).map_err(invalid)?;
        Ok(Self { endpoint: &WRITE, segment: Segment::Key(key), query: None, body: Some(body) })
    }

    /// `POST /sessions`: a new session. `payload`, a JSON object, is its first data.
    ///
    /// # Errors
    /// [`Invalid`], field `payload`, when that is not a JSON object.
    #[cfg(feature = "headless")]
    pub fn create(
        workspace: &str,
        app_id: Option<&str>,
        payload: Option<&str>,
    ) -> Result<Self, Invalid> {
        Self::session(&CREATE, workspace, app_id, payload)
    }

    /// `POST /sessions/get-or-create`: the newest session, or a new one that starts with `payload`.
    ///
    /// # Errors
    /// [`Invalid`], field `payload`, when that is not a JSON object.
    #[cfg(feature = "headless")]
    pub fn get_or_create(
        workspace: &str,
        app_id: Option<&str>,
        payload: Option<&str>,
    ) -> Result<Self, Invalid> {
        Self::session(&GET_OR_CREATE, workspace, app_id, payload)
    }

    /// `POST /sessions/renew/{sessionToken}`: a fresh token for the session of `token`.
    #[cfg(feature = "headless")]
    #[must_use]
    pub const fn renew(token: SessionToken) -> Self {
        Self { endpoint: &RENEW, segment: Segment::Token(token), query: None, body: None }
    }

    /// One request to an endpoint of the operators' API.
    #[cfg(feature = "management")]
    pub(crate) const fn to(endpoint: &'static Endpoint) -> Self {
        Self::plain(endpoint)
    }

    /// The text in the place of the path's `{…}`.
    #[cfg(feature = "management")]
    pub(crate) fn at(mut self, segment: impl std::fmt::Display) -> Self {
        self.segment = Segment::Text(segment.to_string());
        self
    }

    /// With these parameters behind the path.
    #[cfg(feature = "management")]
    pub(crate) fn query<'a>(
        mut self,
        pairs: impl IntoIterator<Item = (&'static str, &'a str)>,
    ) -> Self {
        let mut query = String::from("?");
        pairs.into_iter().for_each(|(name, value)| percent::append_pair(&mut query, name, value));
        self.query = (query.len() > 1).then_some(query);
        self
    }

    /// With this JSON text as its body.
    #[cfg(feature = "management")]
    pub(crate) fn with_body(mut self, json: String) -> Self {
        self.body = Some(json);
        self
    }

    /// The key that the call reads or writes, where there is one.
    #[must_use]
    pub const fn key(&self) -> Option<&Key> {
        match &self.segment {
            Segment::Key(key) => Some(key),
            _ => None,
        }
    }

    /// The endpoint this goes to.
    #[must_use]
    pub const fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }

    /// The JSON body, where the call has one.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// The full URL at `origin`. That of a renewal holds a token: never log it.
    pub(crate) fn url(&self, origin: &Origin) -> String {
        let template = self.endpoint.path;
        let (fixed, rest) = cut(template, b'{').unwrap_or((template, ""));
        let behind = cut(rest, b'}').map_or("", |(_, behind)| behind);
        let segment = match &self.segment {
            Segment::None => "",
            Segment::Key(key) => key.as_str(),
            #[cfg(feature = "headless")]
            Segment::Token(token) => token.expose(),
            #[cfg(feature = "management")]
            Segment::Text(text) => text,
        };
        // Room for all of it, so that growing leaves no copy of a token behind.
        let mut url = String::with_capacity(origin.as_str().len() + 64 + 3 * segment.len());
        url.extend([origin.as_str(), "/api/v1", fixed]);
        percent::encode_into(&mut url, segment);
        url.push_str(behind);
        url.push_str(self.query.as_deref().unwrap_or_default());
        url
    }

    const fn plain(endpoint: &'static Endpoint) -> Self {
        Self { endpoint, segment: Segment::None, query: None, body: None }
    }

    #[cfg(feature = "headless")]
    fn session(
        endpoint: &'static Endpoint,
        workspace: &str,
        app_id: Option<&str>,
        payload: Option<&str>,
    ) -> Result<Self, Invalid> {
        let mut body = String::from("{\"workspaceName\":");
        json::quote_into(&mut body, workspace);
        if let Some(app_id) = app_id {
            body.push_str(",\"app_id\":");
            json::quote_into(&mut body, app_id);
        }
        if let Some(payload) = payload {
            body.push_str(",\"payload\":");
            body.push_str(json_object(payload)?);
        }
        body.push('}');
        Ok(Self { endpoint, segment: Segment::None, query: None, body: Some(body) })
    }
}

/// Shows where the call goes, never a key, a value or a token.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.endpoint.method.as_str(), self.endpoint.path)
    }
}

/// `text`, if it is a JSON object.
pub(crate) fn json_object(text: &str) -> Result<&str, Invalid> {
    match json::object(text) {
        Ok(_) => Ok(text),
        Err(error) => Err(Invalid::new(
            "payload",
            error.as_problem("is not a JSON object"),
            "give an object such as {\"theme\":\"dark\"}",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::parse(text).unwrap()
    }

    fn origin() -> Origin {
        Origin::parse("https://a.example").unwrap()
    }

    #[test]
    fn hostile_keys_stay_one_segment() {
        for (text, path) in [
            ("a", "a"),
            ("a/b?c#d", "a%2Fb%3Fc%23d"),
            ("%2e%2e", "%252e%252e"),
            ("…", "%E2%80%A6"),
            ("\0\r\n", "%00%0D%0A"),
        ] {
            let url = Call::read(key(text)).url(&origin());
            assert_eq!(url, format!("https://a.example/api/v1/sessions/get/{path}"));
        }
    }

    #[test]
    fn keys_are_bounded() {
        for text in ["", ".", "..", &"x".repeat(1025), &"é".repeat(513)] {
            assert_eq!(Key::parse(text).unwrap_err().field(), "key");
        }
        for text in ["...", " ", &"x".repeat(1024)] {
            assert_eq!(key(text).as_str(), text);
        }
    }

    #[test]
    fn values_are_always_wrapped() {
        for (value, body) in [
            ("1", r#"{"value":1}"#),
            (r#" {"value":2} "#, r#"{"value":{"value":2}}"#),
            ("null", r#"{"value":null}"#),
        ] {
            assert_eq!(Call::write(key("k"), value).unwrap().body(), Some(body));
        }
        let error = Call::write(key("k"), "{oops}").err().unwrap();
        assert_eq!(
            error.to_string(),
            "`value` is not JSON: a string is missing at byte 1: give one JSON value, nested 126 deep at most"
        );
    }

    #[cfg(feature = "headless")]
    #[test]
    fn sessions_are_asked_for_by_name() {
        let call = Call::create("a\"b", Some("web"), Some(r#"{"x":1}"#)).unwrap();
        assert_eq!(
            call.body(),
            Some(r#"{"workspaceName":"a\"b","app_id":"web","payload":{"x":1}}"#)
        );
        let call = Call::get_or_create("acme", None, None).unwrap();
        assert_eq!(call.body(), Some(r#"{"workspaceName":"acme"}"#));
        assert_eq!(Call::create("acme", None, Some("[]")).err().unwrap().field(), "payload");
    }

    #[cfg(feature = "headless")]
    #[test]
    fn a_renewal_names_the_session_by_its_old_token() {
        let token = SessionToken::issued_by("https://a.example", "a.b/c".into()).unwrap();
        assert_eq!(
            Call::renew(token).url(&origin()),
            "https://a.example/api/v1/sessions/renew/a.b%2Fc"
        );
    }

    #[cfg(feature = "headless")]
    #[test]
    fn paths_are_those_of_the_contract() {
        let listed: Vec<_> =
            ALL.iter().map(|e| format!("{} {}", e.method.as_str(), e.path)).collect();
        assert_eq!(
            listed,
            [
                "POST /sessions",
                "POST /sessions/get-or-create",
                "POST /sessions/renew/{sessionToken}",
                "GET /sessions",
                "GET /sessions/identity",
                "GET /sessions/get/{key}",
                "POST /sessions/set/{key}",
                "DELETE /sessions/delete/{key}",
                "POST /sessions/revoke",
                "POST /auth/logout",
            ]
        );
    }
}
