//! A fault that was laid: checked, and counting.

use std::time::Duration;

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Effect, Fault, FaultId, Firing, Person};
use crate::http::routes::Operation;

/// Every operation.
const ANY: &str = "*";

/// A fault of a world, and how far it has come.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(super) id: FaultId,
    pub(super) person: Option<Person>,
    /// The operations that can be struck; all of them when empty.
    only: Vec<&'static str>,
    fault: Fault,
    to_skip: u32,
    fired: u32,
}

/// A fault, and how often it struck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FaultReport {
    /// Its number.
    pub id: FaultId,
    /// The fault.
    pub fault: Fault,
    /// How many calls it struck.
    pub fired: u32,
    /// How many calls it will still strike.
    pub left: u32,
}

/// Why a fault was not laid. Each says what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// The platform has no such operation; use one of those named.
    #[error("there is no operation `{operation}`; did you mean {}?", near.join(", "))]
    OperationUnknown {
        /// What was asked for.
        operation: String,
        /// Names like it, or all there are when none is.
        near: Vec<&'static str>,
    },
    /// Nobody has this e-mail or number; add the user first.
    #[error("there is no user `{user}`; give the e-mail or the number of one that is there")]
    UserUnknown {
        /// What was asked for.
        user: String,
    },
    /// The operation is called without a token, so there is no user to tell; leave the user out.
    #[error("`{operation}` is called without a token: leave the user out")]
    NoCaller {
        /// The operation.
        operation: String,
    },
    /// The operation needs no payload, so the key service is nothing to it; choose one that does.
    #[error("`{operation}` works without the key service; those that need it are {}", others.join(", "))]
    NoPayload {
        /// The operation.
        operation: String,
        /// Those that do.
        others: Vec<&'static str>,
    },
    /// The operation leaves no audit event, so the trail is nothing to it; choose one that does.
    #[error("`{operation}` leaves no audit event; those that do are {}", others.join(", "))]
    NoEvent {
        /// The operation.
        operation: String,
        /// Those that do.
        others: Vec<&'static str>,
    },
    /// No such error: give 400 to 599, for a page also 200 and up.
    #[error("{status} is no status of a fault; give 400 to 599, or for a page 200 to 599")]
    Status {
        /// What was asked for.
        status: u16,
    },
    /// It would strike no call; give `times` at least 1.
    #[error("a fault that strikes no call is none; give `times` at least 1")]
    Never,
}

impl Plan {
    pub(crate) fn new(
        id: FaultId,
        fault: Fault,
        person: Option<Person>,
        operations: &[Operation],
    ) -> Self {
        let only = fault.effect.within(operations);
        Self { id, person, only, to_skip: fault.skip, fired: 0, fault }
    }

    pub(super) fn covers(&self, operation: &str) -> bool {
        let named = self.fault.operation.as_str();
        let can_be_struck = self.only.is_empty() || self.only.contains(&operation);
        can_be_struck && (named == ANY || named == operation)
    }

    /// Counts a call; whether the fault wants to strike it.
    pub(super) fn is_due(&mut self) -> bool {
        if self.to_skip > 0 {
            self.to_skip -= 1;
            return false;
        }
        self.is_left()
    }

    pub(super) fn is_left(&self) -> bool {
        self.fired < self.fault.times
    }

    pub(super) fn fire(&mut self) -> Firing {
        self.fired += 1;
        let delay = Duration::from_millis(self.fault.delay_ms);
        Firing { id: self.id, delay, effect: self.fault.effect.clone() }
    }

    pub(super) fn report(&self) -> FaultReport {
        let (fired, left) = (self.fired, self.fault.times - self.fired);
        FaultReport { id: self.id, fault: self.fault.clone(), fired, left }
    }
}

impl Fault {
    /// Whether it can strike any call of a platform with these operations.
    pub(crate) fn check(&self, operations: &[Operation]) -> Result<(), FaultError> {
        let name = self.operation.as_str();
        let known = if name == ANY { None } else { Some(named(name, operations)?) };
        if self.user.is_some() && known.is_some_and(|operation| operation.is_public) {
            return Err(FaultError::NoCaller { operation: name.to_owned() });
        }
        if self.times == 0 {
            return Err(FaultError::Never);
        }
        let valid = match self.effect {
            Effect::KeyServiceDown if known.is_some_and(|known| !known.seals) => {
                let others = self.effect.within(operations);
                return Err(FaultError::NoPayload { operation: name.to_owned(), others });
            }
            Effect::AuditDown if known.is_some_and(|known| !known.audits) => {
                let others = self.effect.within(operations);
                return Err(FaultError::NoEvent { operation: name.to_owned(), others });
            }
            Effect::Status { status, .. } => (400..600).contains(&status).then_some(status),
            Effect::Html { status } => (200..600).contains(&status).then_some(status),
            _ => Some(StatusCode::OK.as_u16()),
        };
        match (valid, &self.effect) {
            (None, Effect::Status { status, .. } | Effect::Html { status }) => {
                Err(FaultError::Status { status: *status })
            }
            _ => Ok(()),
        }
    }
}

impl Effect {
    /// The operations that the effect means anything to; none in particular when empty.
    fn within(&self, operations: &[Operation]) -> Vec<&'static str> {
        let wanted = |operation: &&Operation| match self {
            Self::KeyServiceDown => operation.seals,
            Self::AuditDown => operation.audits,
            _ => false,
        };
        operations.iter().filter(wanted).map(|operation| operation.name).collect()
    }
}

/// The operation of this name.
pub(crate) fn named<'a>(
    name: &str,
    operations: &'a [Operation],
) -> Result<&'a Operation, FaultError> {
    operations.iter().find(|operation| operation.name == name).ok_or_else(|| {
        FaultError::OperationUnknown { operation: name.to_owned(), near: near(name, operations) }
    })
}

/// The operations that somebody who wrote `name` may have meant.
fn near(name: &str, operations: &[Operation]) -> Vec<&'static str> {
    let wanted = name.to_ascii_lowercase();
    let all = || operations.iter().map(|operation| operation.name);
    let mut ranked: Vec<_> = all().map(|known| (distance(&wanted, known), known)).collect();
    ranked.sort_unstable();
    ranked.dedup();
    let like = ranked.iter().filter(|(distance, known)| {
        let last = known.rsplit('.').next().unwrap_or_default();
        *distance <= 3 || wanted == last
    });
    let like: Vec<_> = like.map(|(_, known)| *known).take(3).collect();
    if like.is_empty() { ranked.into_iter().map(|(_, known)| known).collect() } else { like }
}

/// How many letters to insert, remove or change to make one name of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.bytes().enumerate() {
        let (mut left, mut diagonal) = (at + 1, at);
        for (cell, known) in row.iter_mut().skip(1).zip(other.bytes()) {
            let changed = diagonal + usize::from(letter != known);
            diagonal = *cell;
            *cell = changed.min(left + 1).min(diagonal + 1);
            left = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_by_letters() {
        for (one, other, far) in [
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("abd", "abc", 1),
            ("ac", "abc", 1),
            ("xabc", "abc", 1),
        ] {
            assert_eq!(distance(one, other), far, "{one} {other}");
        }
    }
}
