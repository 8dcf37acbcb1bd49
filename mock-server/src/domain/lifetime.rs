//! How long tokens and payloads live (contract §2, §6).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A session token's life unless its application says otherwise: a week.
pub(crate) const DEFAULT_TOKEN_TTL: Duration = Duration::from_secs(604_800);

/// An identity token's life, that of the platform's identity provider: an hour.
pub(crate) const IDENTITY_TTL: Duration = Duration::from_secs(3_600);

/// How long a payload lives after its creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayloadTtl {
    Unlimited,
    After(Duration),
}

/// A lifetime outside what the platform takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 0 (unlimited) or 60 to 604800 seconds")]
pub(crate) struct BadTtl;

impl PayloadTtl {
    /// Hosted login's `ttl_seconds`: 0 for unlimited, or a minute to a week.
    pub(crate) fn parse_seconds(text: &str) -> Result<Self, BadTtl> {
        match text.parse() {
            Ok(0) => Ok(Self::Unlimited),
            Ok(seconds @ 60..=604_800) => Ok(Self::After(Duration::from_secs(seconds))),
            _ => Err(BadTtl),
        }
    }

    pub(crate) fn expires_at(self, created: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Unlimited => None,
            Self::After(life) => Some(later(created, life)),
        }
    }
}

/// `at` plus `by`, at most the end of the calendar.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosted_login_takes_zero_or_a_minute_to_a_week() {
        assert_eq!(PayloadTtl::parse_seconds("0"), Ok(PayloadTtl::Unlimited));
        for good in ["60", "604800"] {
            assert!(PayloadTtl::parse_seconds(good).is_ok(), "{good}");
        }
        for bad in ["59", "604801", "-1", "", "1.5", "60s", "99999999999999999999"] {
            assert_eq!(PayloadTtl::parse_seconds(bad), Err(BadTtl), "{bad}");
        }
    }
}
