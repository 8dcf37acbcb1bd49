//! The body of a success, by what the endpoint promises.

use std::fmt;

#[cfg(feature = "headless")]
use zeroize::Zeroizing;

use crate::protocol::{call::Answer, wire::json};

/// What a success holds.
#[derive(PartialEq, Eq)]
pub enum Accepted {
    /// A session token.
    #[cfg(feature = "headless")]
    Token(Zeroizing<String>),
    /// A session token, and the whole payload as JSON text.
    #[cfg(feature = "headless")]
    TokenAndPayload(Zeroizing<String>, String),
    /// The whole payload, the text of a flat JSON object.
    Payload(String),
    /// Who is signed in.
    Identity(Identity),
    /// One value, as JSON text.
    Value(String),
    /// Whether there was something to remove.
    Existed(bool),
    /// The session and its data are destroyed.
    Revoked,
    /// The token is logged out.
    LoggedOut,
    /// Any JSON text.
    #[cfg(feature = "management")]
    Json(String),
    /// Nothing that matters.
    #[cfg(feature = "management")]
    Nothing,
    /// The plan stays, since what is there does not fit the other: the JSON text of the details.
    #[cfg(feature = "management")]
    Blocked(String),
}

impl Accepted {
    /// Reads `text` as what `answer` promises; `None` when it is something else.
    pub(super) fn read(answer: Answer, text: &str) -> Option<Self> {
        let member = |name| json::member(text, name);
        let truth = |name| (member(name)? == "true").then_some(());
        Some(match answer {
            #[cfg(feature = "headless")]
            Answer::Token => Self::Token(token(text)?),
            #[cfg(feature = "headless")]
            Answer::TokenAndPayload => {
                let payload = member("payload")?;
                json::object(payload).ok()?;
                Self::TokenAndPayload(token(text)?, payload.to_owned())
            }
            Answer::Payload => {
                json::object(text).ok()?;
                Self::Payload(json::value(text).ok()?.to_owned())
            }
            Answer::Identity => Self::Identity(Identity {
                user_id: nullable(member("userId")?)?,
                email: nullable(member("email")?)?,
            }),
            Answer::Value => {
                member("key")?;
                Self::Value(member("value")?.to_owned())
            }
            Answer::Existed => Self::Existed(match json::value(text).ok()? {
                "true" => true,
                "false" => false,
                _ => return None,
            }),
            Answer::Revoked => truth("revoked").map(|()| Self::Revoked)?,
            #[cfg(feature = "management")]
            Answer::Json => Self::Json(json::value(text).ok()?.to_owned()),
            #[cfg(feature = "management")]
            Answer::Nothing => Self::Nothing,
            Answer::LoggedOut => truth("loggedOut").map(|()| Self::LoggedOut)?,
        })
    }
}

/// Shows what kind of answer it is, never what it holds.
impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            #[cfg(feature = "headless")]
            Self::Token(_) => "Token",
            #[cfg(feature = "headless")]
            Self::TokenAndPayload(..) => "TokenAndPayload",
            Self::Payload(_) => "Payload",
            Self::Identity(_) => "Identity",
            Self::Value(_) => "Value",
            Self::Existed(_) => "Existed",
            Self::Revoked => "Revoked",
            Self::LoggedOut => "LoggedOut",
            #[cfg(feature = "management")]
            Self::Json(_) => "Json",
            #[cfg(feature = "management")]
            Self::Nothing => "Nothing",
            #[cfg(feature = "management")]
            Self::Blocked(_) => "Blocked",
        })
    }
}

/// Who is signed in (contract §3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The user's id, stable across sessions; a text, since not every language holds 64 bits.
    /// `None` when the platform does not tell.
    pub user_id: Option<String>,
    /// The user's e-mail address, where there is one.
    pub email: Option<String>,
}

#[cfg(feature = "headless")]
fn token(text: &str) -> Option<Zeroizing<String>> {
    let token = json::string(json::member(text, "sessionToken")?)?;
    (!token.is_empty()).then(|| Zeroizing::new(token.into_owned()))
}

/// A string, a number (as it is written) or null; `None` for anything else.
fn nullable(raw: &str) -> Option<Option<String>> {
    match raw.bytes().next()? {
        b'n' => Some(None),
        b'"' => Some(Some(json::string(raw)?.into_owned())),
        b'-' | b'0'..=b'9' => Some(Some(raw.to_owned())),
        _ => None,
    }
}
