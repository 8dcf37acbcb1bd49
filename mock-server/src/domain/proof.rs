//! How somebody proved who they are, and when: what identity tokens say about a sign-in.

use jiff::Timestamp;

use super::{Account, Provider};

/// A sign-in that took place. Continuing or refreshing it later proves nothing new.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) method: Method,
    pub(crate) at: Timestamp,
}

/// The way in.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Password,
    Anonymous,
    Social(Provider),
}

impl Method {
    /// What identity tokens call it.
    pub(crate) fn claim(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Anonymous => "anonymous",
            Self::Social(provider) => provider.claim(),
        }
    }

    /// The way that an account's owner would take: for sign-ins that tests make without any.
    pub(crate) fn usual_of(account: &Account) -> Self {
        match (account.is_anonymous(), &account.password, account.social.first()) {
            (true, ..) => Self::Anonymous,
            (false, None, Some(identity)) => Self::Social(identity.provider),
            (false, ..) => Self::Password,
        }
    }
}
