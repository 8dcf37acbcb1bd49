//! The records of logins under way, in memory.

use std::collections::VecDeque;

/// How many logins may be under way; the oldest gives way.
const MOST: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Pending(VecDeque<(String, String)>);

impl Pending {
    pub(super) fn keep(&mut self, state: &str, record: &str) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back((state.to_owned(), record.to_owned()));
    }

    pub(super) fn take(&mut self, state: &str) -> Option<String> {
        let at = self.0.iter().position(|(kept, _)| kept == state)?;
        self.0.remove(at).map(|(_, record)| record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_handed_out_once_and_the_oldest_give_way() {
        let mut pending = Pending::default();
        for n in 0..20 {
            pending.keep(&format!("s{n}"), &format!("r{n}"));
        }
        assert_eq!(pending.take("s3"), None);
        assert_eq!(pending.take("s4").as_deref(), Some("r4"));
        assert_eq!(pending.take("s4"), None);
        assert_eq!(pending.take("s19").as_deref(), Some("r19"));
    }
}
