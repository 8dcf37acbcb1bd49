//! The records of logins under way, in memory: for hosts whose users come back to the same process.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many logins may be under way; the oldest gives way.
const MOST: usize = 16;

/// Keeps the records of the last sixteen logins begun, for [`Host::keep`](super::Host::keep) and
/// [`Host::take`](super::Host::take).
///
/// ```
/// use secureflows::host::LoginRecords;
///
/// let records = LoginRecords::default();
/// records.keep("state", "record");
/// assert_eq!(records.take("state").as_deref(), Some("record"));
/// assert_eq!(records.take("state"), None);
/// ```
#[derive(Debug, Default)]
pub struct LoginRecords(Mutex<VecDeque<(String, String)>>);

impl LoginRecords {
    /// Keeps `record` by the name `state`.
    pub fn keep(&self, state: &str, record: &str) {
        let mut records = self.lock();
        if records.len() == MOST {
            records.pop_front();
        }
        records.push_back((state.to_owned(), record.to_owned()));
    }

    /// Hands out the record by the name `state`, and forgets it.
    pub fn take(&self, state: &str) -> Option<String> {
        let mut records = self.lock();
        let at = records.iter().position(|(kept, _)| kept == state)?;
        records.remove(at).map(|(_, record)| record)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_handed_out_once_and_the_oldest_give_way() {
        let records = LoginRecords::default();
        for n in 0..20 {
            records.keep(&format!("s{n}"), &format!("r{n}"));
        }
        assert_eq!(records.take("s3"), None);
        assert_eq!(records.take("s4").as_deref(), Some("r4"));
        assert_eq!(records.take("s4"), None);
        assert_eq!(records.take("s19").as_deref(), Some("r19"));
    }
}
