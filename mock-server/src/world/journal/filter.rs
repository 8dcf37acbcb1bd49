//! Which entries of a journal somebody wants.

use super::Entry;
use crate::{domain::parse_email, http::Row};

/// Which entries are wanted; all of them unless said.
///
/// ```
/// use secureflows_mock::Filter;
///
/// let refused = Filter::default().operation("sessions.set").status(410).user("ada@example.com");
/// # let _ = refused;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    operation: Option<String>,
    status: Option<u16>,
    user: Option<String>,
    after: u64,
}

impl Filter {
    /// Only requests of this operation.
    #[must_use]
    pub fn operation(self, operation: impl Into<String>) -> Self {
        Self { operation: Some(operation.into()), ..self }
    }

    /// Only requests that were answered with this status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Only requests of this user: an e-mail, or a user's number.
    #[must_use]
    pub fn user(self, user: impl Into<String>) -> Self {
        Self { user: Some(user.into()), ..self }
    }

    /// Only entries after the one with this number.
    #[must_use]
    pub fn after(self, id: u64) -> Self {
        Self { after: id, ..self }
    }

    /// Whether a row is wanted, whoever called.
    pub(super) fn wants(&self, row: &Row) -> bool {
        let operation = || row.operation.map(|(name, _)| name);
        row.id > self.after
            && self.operation.as_deref().is_none_or(|wanted| operation() == Some(wanted))
            && self.status.is_none_or(|wanted| row.status == Some(wanted))
    }

    /// Whether it is of the caller that is wanted.
    pub(super) fn takes(&self, entry: &Entry) -> bool {
        self.user.as_deref().is_none_or(|user| is_of(entry, user))
    }
}

fn is_of(entry: &Entry, user: &str) -> bool {
    let number = entry.user_id.is_some_and(|id| user.parse() == Ok(id.0));
    number || entry.email.as_ref().is_some_and(|email| parse_email(user).as_ref() == Ok(email))
}
