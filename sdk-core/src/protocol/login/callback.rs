//! Reading the URL that hosted login came back with. Nothing is believed of it here: the state must
//! still be matched with the record of a login under way.

use std::borrow::Cow;

use crate::{
    error::CallbackProblem,
    protocol::{
        login::{RedirectUri, State},
        wire::percent,
    },
    secret::{SessionToken, redacted},
};

/// The most characters of a refusal's `error` word.
const LONGEST_ERROR: usize = 64;

/// What a URL is to a client that waits for its callback.
#[derive(Debug, PartialEq, Eq)]
pub enum Callback {
    /// Another page, or another library's callback: none of our business.
    NotOurs,
    /// Hosted login came back, in the login named by `state`.
    Came {
        /// The login it claims to belong to.
        state: State,
        /// What it brought.
        arrival: Arrival,
    },
}

/// What a callback brings.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A token.
    Token(SessionToken),
    /// A refusal: the machine-readable word, and a sentence where there is one.
    Refused {
        /// The machine-readable word, such as `access_denied`.
        error: String,
        /// A sentence for a person.
        description: Option<String>,
    },
}

/// Reads `url` as a callback to `redirect_uri` from hosted login at `origin`.
///
/// # Errors
/// [`CallbackProblem`] when a token, or a refusal of ours, came in a form that cannot be accepted.
pub fn read(
    url: &str,
    redirect_uri: &RedirectUri,
    origin: &str,
) -> Result<Callback, CallbackProblem> {
    let Some(query) = redirect_uri.added_query(url) else { return Ok(Callback::NotOurs) };
    let [mut state, mut token, mut error, mut description] = [const { Parameter::Absent }; 4];
    for (name, value) in percent::pairs(query) {
        match name.as_deref() {
            Some("state") => state.add(value),
            Some("sessionToken") => token.add(value),
            Some("error") => error.add(value),
            Some("error_description") => description.add(value),
            _ => {}
        }
    }
    let ours = state.once().and_then(State::recognise);
    if token.is_absent() && ours.is_none() {
        return Ok(Callback::NotOurs);
    }
    if state.is_absent() {
        return Err(CallbackProblem::StateMissing);
    }
    state.once().ok_or(CallbackProblem::Malformed)?;
    let state = ours.ok_or(CallbackProblem::StateUnknown)?;
    let arrival = match (token.is_absent(), error.is_absent()) {
        (false, true) => {
            let Parameter::Once(token) = token else { return Err(CallbackProblem::Malformed) };
            let token = SessionToken::issued_by(origin, token.into_owned());
            Arrival::Token(token.map_err(|_| CallbackProblem::Malformed)?)
        }
        (true, false) => Arrival::Refused {
            error: word(error.once().ok_or(CallbackProblem::Malformed)?),
            description: description.once().map(redacted),
        },
        _ => return Err(CallbackProblem::Malformed),
    };
    Ok(Callback::Came { state, arrival })
}

/// The values of one name in a query.
enum Parameter<'a> {
    Absent,
    Once(Cow<'a, str>),
    /// It stands there twice, or cannot be decoded.
    Unclear,
}

impl<'a> Parameter<'a> {
    fn add(&mut self, value: Option<Cow<'a, str>>) {
        *self = match (&self, value) {
            (Self::Absent, Some(value)) => Self::Once(value),
            _ => Self::Unclear,
        };
    }

    const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    fn once(&self) -> Option<&str> {
        match self {
            Self::Once(value) => Some(value),
            _ => None,
        }
    }
}

/// An error word: letters, digits and `_ - .`, bounded.
fn word(text: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.chars().filter(plain).take(LONGEST_ERROR).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STATE: &str = "sf1.00000000000000000000000000000000";

    fn read_at(uri: &str, url: &str) -> Result<Callback, CallbackProblem> {
        read(url, &RedirectUri::parse(uri).unwrap(), "https://p.example")
    }

    fn read_query(query: &str) -> Result<Callback, CallbackProblem> {
        read_at("https://a.example/cb", &format!("https://a.example/cb?{query}"))
    }

    fn token(value: &str) -> Arrival {
        Arrival::Token(SessionToken::issued_by("https://p.example", value.into()).unwrap())
    }

    fn came(arrival: Arrival) -> Result<Callback, CallbackProblem> {
        Ok(Callback::Came { state: State::recognise(STATE).unwrap(), arrival })
    }

    #[test]
    fn a_token_comes_with_our_state() {
        assert_eq!(
            read_query(&format!("sessionToken=a.b-c_d&state={STATE}")),
            came(token("a.b-c_d"))
        );
        let url = format!("https://a.example/cb?x=1&sessionToken=t%2B&state={STATE}#frag");
        assert_eq!(read_at("https://a.example/cb?x=1", &url), came(token("t+")));
    }

    #[test]
    fn a_refusal_is_made_printable() {
        let query =
            format!("error=access_denied%0A&error_description=no+thanks%0d%0a&state={STATE}");
        assert_eq!(
            read_query(&query),
            came(Arrival::Refused {
                error: "access_denied".into(),
                description: Some("no thanks  ".into())
            })
        );
    }

    #[test]
    fn other_pages_and_other_libraries_are_left_alone() {
        for query in ["", "code=1&state=xyz", "error=x&state=xyz", "error=x", "page=2"] {
            assert_eq!(read_query(query), Ok(Callback::NotOurs), "{query}");
        }
        let elsewhere = format!("https://a.example/other?sessionToken=t&state={STATE}");
        assert_eq!(read_at("https://a.example/cb", &elsewhere), Ok(Callback::NotOurs));
    }

    #[test]
    fn a_token_without_our_state_is_refused() {
        assert_eq!(read_query("sessionToken=t"), Err(CallbackProblem::StateMissing));
        assert_eq!(read_query("sessionToken=t&state=xyz"), Err(CallbackProblem::StateUnknown));
        assert_eq!(read_query("sessionToken=t&state="), Err(CallbackProblem::StateUnknown));
    }

    #[test]
    fn what_is_unclear_is_refused() {
        for query in [
            format!("sessionToken=t&sessionToken=u&state={STATE}"),
            format!("sessionToken=t&state={STATE}&state={STATE}"),
            format!("sessionToken=t&error=x&state={STATE}"),
            format!("sessionToken=&state={STATE}"),
            format!("sessionToken=a%20b&state={STATE}"),
            format!("sessionToken=%ff&state={STATE}"),
            format!("state={STATE}"),
        ] {
            assert_eq!(read_query(&query), Err(CallbackProblem::Malformed), "{query}");
        }
    }

    proptest! {
        #[test]
        fn no_url_is_too_strange(tail in "\\PC{0,80}", query in "[a-zA-Z=&%0-9+.]{0,60}") {
            let _ = read_query(&tail);
            let _ = read_at("com.example:/cb", &tail);
            if let Ok(Callback::Came { state, .. }) = read_query(&format!("state={STATE}&{query}")) {
                prop_assert_eq!(state.as_str(), STATE);
            }
        }

        #[test]
        fn a_token_survives_any_encoding(value in "[!-~]{1,200}") {
            let mut url = String::from("https://a.example/cb");
            percent::append_pair(&mut url, "sessionToken", &value);
            percent::append_pair(&mut url, "state", STATE);
            prop_assert_eq!(read_at("https://a.example/cb", &url), came(token(&value)));
        }
    }
}
