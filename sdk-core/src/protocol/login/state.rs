//! The `state` of one login and the record of it that a host keeps until the user comes back
//! (contract, ruling 3).

use std::time::Duration;

use crate::{
    error::CallbackProblem,
    protocol::{login::Application, wire::percent},
    text::{decimal, find, number},
};

/// How long a login may take.
pub const LONGEST_LOGIN: Duration = Duration::from_secs(10 * 60);
/// How a state of ours starts, so that another library's is left alone.
const PREFIX: &str = "sf1.";

/// The name of one login attempt: 128 random bits that travel to hosted login and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(String);

impl State {
    /// The state made of 16 random bytes.
    #[must_use]
    pub fn draw(random: [u8; 16]) -> Self {
        let digits = random.into_iter().flat_map(percent::hex_digits);
        Self(PREFIX.chars().chain(digits).collect())
    }

    /// The state in `text`, if it is of our making by its looks.
    #[must_use]
    pub fn recognise(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let ours =
            digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        ours.then(|| Self(text.to_owned()))
    }

    /// What the record of this login of `application` is kept by: clients of several applications
    /// may share one keeper, and must not take each other's.
    #[must_use]
    pub fn name_for(&self, application: &Application) -> String {
        let mut name = self.0.clone();
        for part in [&application.workspace, &application.app_id] {
            name.push('/');
            percent::encode_into(&mut name, part);
        }
        name
    }

    /// The state as it stands in a URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The record of a login under way: no secret, plain text, so that it can outlive the page or the
/// process in whatever its host has to keep it in.
///
/// A host hands it out once only, and the client takes it for ten minutes only.
///
/// ```
/// use secureflows::protocol::login::PendingLogin;
/// # use secureflows::protocol::{login::{Application, RedirectUri, State}, wire::Origin};
/// # let application = Application {
/// #     origin: Origin::parse("https://www.secure-flows.com").unwrap(),
/// #     workspace: "acme".into(), app_id: "web".into(),
/// #     redirect_uri: RedirectUri::parse("https://app.example/").unwrap(),
/// # };
/// let pending = PendingLogin::begin(&State::draw([0; 16]), &application, 1_000);
/// let kept: String = pending.to_record();
/// assert_eq!(PendingLogin::from_record(&kept), Some(pending));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingLogin {
    /// Which login of which application, as the record begins.
    binding: String,
    begun_at: u64,
}

impl PendingLogin {
    /// A login of `application` that begins at `now`, in milliseconds since 1970.
    #[must_use]
    pub fn begin(state: &State, application: &Application, now: u64) -> Self {
        Self { binding: binding(state, application), begun_at: now }
    }

    /// The text to keep.
    #[must_use]
    pub fn to_record(&self) -> String {
        [&self.binding, BEGUN, &decimal(self.begun_at)].concat()
    }

    /// Reads a kept text back; `None` when it is not one that this version wrote.
    #[must_use]
    pub fn from_record(record: &str) -> Option<Self> {
        let at = find(record, BEGUN)?;
        let binding = record.get(..at)?;
        let begun_at = number(record.get(at + BEGUN.len()..)?)?;
        binding.starts_with(FIRST).then(|| Self { binding: binding.to_owned(), begun_at })
    }

    /// Checks that a callback that carried `state` and came to `application` at `now` (milliseconds
    /// since 1970) belongs to this login.
    ///
    /// # Errors
    /// [`CallbackProblem`]: why it does not.
    pub fn check(
        &self,
        state: &State,
        application: &Application,
        now: u64,
    ) -> Result<(), CallbackProblem> {
        if self.binding != binding(state, application) {
            let same_state = self.binding.starts_with(&[FIRST, state.as_str(), "&"].concat());
            return Err(match same_state {
                true => CallbackProblem::StateForeign,
                false => CallbackProblem::StateUnknown,
            });
        }
        // A clock that was set back makes an age of no sense; better one more login than one too old.
        match now.checked_sub(self.begun_at) {
            Some(age) if age <= LONGEST_LOGIN.as_millis() as u64 => Ok(()),
            _ => Err(CallbackProblem::StateExpired),
        }
    }
}

/// How a record of this version begins, before the state.
const FIRST: &str = "v=1&state=";
/// What stands between all else and the time; nowhere else, since values are escaped.
const BEGUN: &str = "&begun=";

fn binding(state: &State, application: &Application) -> String {
    let mut text = [FIRST, state.as_str()].concat();
    for (name, value) in [
        ("origin", application.origin.as_str()),
        ("workspace", &application.workspace),
        ("app", &application.app_id),
        ("redirect", application.redirect_uri.as_str()),
    ] {
        text.push('&');
        percent::append_pair(&mut text, name, value);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{login::RedirectUri, wire::Origin};

    fn application() -> Application {
        Application {
            origin: Origin::parse("https://p.example").unwrap(),
            workspace: "acme & co".into(),
            app_id: "wéb=1".into(),
            redirect_uri: RedirectUri::parse("https://a.example/cb?x=1&y=2").unwrap(),
        }
    }

    proptest! {
        #[test]
        fn a_record_is_read_back_as_it_was(random: [u8; 16], workspace: String, app_id: String, now: u64) {
            let application = Application { workspace, app_id, ..application() };
            let pending = PendingLogin::begin(&State::draw(random), &application, now);
            prop_assert_eq!(PendingLogin::from_record(&pending.to_record()), Some(pending));
        }

        #[test]
        fn no_record_is_too_strange(record: String) {
            prop_assert_eq!(PendingLogin::from_record(&record), None);
        }

        #[test]
        fn every_state_is_recognised(random: [u8; 16]) {
            let state = State::draw(random);
            prop_assert_eq!(State::recognise(state.as_str()), Some(state));
        }
    }

    #[test]
    fn other_states_are_not_ours() {
        let ours = State::draw([0xab; 16]);
        assert_eq!(ours.as_str(), "sf1.abababababababababababababababab");
        for text in [
            "",
            "xyz",
            "sf1.",
            "sf1.ab",
            &ours.as_str().to_uppercase(),
            &format!("{}0", ours.as_str()),
        ] {
            assert_eq!(State::recognise(text), None, "{text}");
        }
    }

    #[test]
    fn a_login_is_bound_and_lasts_ten_minutes() {
        let (ours, other) = (State::draw([1; 16]), State::draw([2; 16]));
        let pending = PendingLogin::begin(&ours, &application(), 1_000);
        let check =
            |state: &State, application: &Application, now| pending.check(state, application, now);
        assert_eq!(check(&ours, &application(), 1_000), Ok(()));
        assert_eq!(check(&ours, &application(), 601_000), Ok(()));
        assert_eq!(check(&ours, &application(), 601_001), Err(CallbackProblem::StateExpired));
        assert_eq!(check(&ours, &application(), 999), Err(CallbackProblem::StateExpired));
        assert_eq!(check(&other, &application(), 1_000), Err(CallbackProblem::StateUnknown));
        for foreign in [
            Application { workspace: "other".into(), ..application() },
            Application { app_id: "other".into(), ..application() },
            Application { origin: Origin::parse("https://q.example").unwrap(), ..application() },
            Application {
                redirect_uri: RedirectUri::parse("https://a.example/cb").unwrap(),
                ..application()
            },
        ] {
            assert_eq!(check(&ours, &foreign, 1_000), Err(CallbackProblem::StateForeign));
        }
    }
}
