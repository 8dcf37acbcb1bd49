//! Social sign-in: other providers whose word about somebody counts, and the people they know.

use super::{BadEmail, parse_email};
use crate::crypto::Digest;

/// A provider that somebody may sign in with. All three are stand-ins: nobody's real account is asked.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Provider {
    Google,
    GitHub,
    Microsoft,
}

impl Provider {
    pub(crate) const ALL: [Self; 3] = [Self::Google, Self::GitHub, Self::Microsoft];

    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::GitHub => "GitHub",
            Self::Microsoft => "Microsoft",
        }
    }

    /// What addresses call it.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::GitHub => "github",
            Self::Microsoft => "microsoft",
        }
    }

    /// What identity tokens call it.
    pub(crate) fn claim(self) -> &'static str {
        match self {
            Self::Google => "google.com",
            Self::GitHub => "github.com",
            Self::Microsoft => "microsoft.com",
        }
    }

    pub(crate) fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.slug() == slug)
    }
}

/// One person at one provider, who stays the same there whatever becomes of their e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SocialIdentity {
    pub(crate) provider: Provider,
    /// The provider's own name for the person.
    pub(crate) subject: String,
}

/// What a provider says of somebody who signed in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SocialProfile {
    pub(crate) identity: SocialIdentity,
    pub(crate) email: String,
    /// Whether the provider has made sure that the e-mail is theirs.
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
}

impl SocialProfile {
    /// Somebody with an e-mail of one's own choice. A provider knows one person by one verified e-mail; who
    /// only claims it is somebody else.
    pub(crate) fn of_email(
        provider: Provider,
        email: &str,
        email_verified: bool,
    ) -> Result<Self, BadEmail> {
        let email = parse_email(email)?;
        let claimed = if email_verified { "" } else { "/claimed" };
        let subject = Digest::of(&format!("{}/{email}{claimed}", provider.slug())).short_name();
        let identity = SocialIdentity { provider, subject };
        Ok(Self { identity, email, email_verified, name: None })
    }
}

/// Somebody whom every provider knows, to sign in as with one press of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Persona {
    /// What the page's form calls them.
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) email_verified: bool,
}

impl Persona {
    /// Two who have an account in the demo, one who has not, and one whose e-mail nobody verified.
    pub(crate) const ALL: [Self; 4] = [
        Self::new("ada", "Ada Lovelace", "ada@example.com", true),
        Self::new("grace", "Grace Hopper", "grace@example.com", true),
        Self::new("alan", "Alan Turing", "alan@example.com", true),
        Self::new("mallory", "Mallory Quinn", "mallory@example.com", false),
    ];

    const fn new(
        key: &'static str,
        name: &'static str,
        email: &'static str,
        email_verified: bool,
    ) -> Self {
        Self { key, name, email, email_verified }
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|persona| persona.key == key)
    }

    /// What `provider` says of them.
    pub(crate) fn profile(self, provider: Provider) -> Result<SocialProfile, BadEmail> {
        let profile = SocialProfile::of_email(provider, self.email, self.email_verified)?;
        Ok(SocialProfile { name: Some(self.name.to_owned()), ..profile })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_persona_is_somebody_at_every_provider() {
        for provider in Provider::ALL {
            assert_eq!(Provider::from_slug(provider.slug()), Some(provider));
            for persona in Persona::ALL {
                assert_eq!(Persona::from_key(persona.key), Some(persona));
                let profile = persona.profile(provider).unwrap();
                assert_eq!(
                    (profile.email.as_str(), profile.email_verified),
                    (persona.email, persona.email_verified)
                );
            }
        }
        assert_eq!(Provider::from_slug("Google"), None);
        assert_eq!(Persona::from_key(""), None);
    }

    #[test]
    fn one_verified_email_is_one_person_at_one_provider() {
        let subject = |provider, email, verified| {
            SocialProfile::of_email(provider, email, verified).unwrap().identity.subject
        };
        let google = subject(Provider::Google, "a@b", true);
        assert_eq!(subject(Provider::Google, " A@B ", true), google);
        assert_ne!(subject(Provider::GitHub, "a@b", true), google);
        assert_ne!(subject(Provider::Google, "a@b", false), google);
    }
}
