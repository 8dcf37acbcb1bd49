//! Requests that an address has spent. For each there is one number: when its last request will have
//! come back (the generic cell rate algorithm).

use std::{collections::HashMap, net::IpAddr};

use jiff::Timestamp;

use super::RateLimit;

/// More addresses than this are looked through for those that owe nothing any more.
const MANY: usize = 1_024;

#[derive(Debug, Clone, Default)]
pub(super) struct Spent {
    /// In microseconds since the epoch.
    free_at: HashMap<Option<IpAddr>, i64>,
}

impl Spent {
    /// Spends a request of `client`, or says in how many seconds there will be one again.
    pub(super) fn take(
        &mut self,
        client: Option<IpAddr>,
        limit: RateLimit,
        now: Timestamp,
    ) -> Result<(), u64> {
        let now = now.as_microsecond();
        let window = i64::from(limit.per_seconds.get()) * 1_000_000;
        let one = window / i64::from(limit.requests.get());
        if self.free_at.len() > MANY {
            self.free_at.retain(|_, free_at| *free_at > now);
        }
        let free_at = self.free_at.entry(client).or_insert(now);
        // A clock that was set back leaves nobody waiting for longer than the window.
        let next = (*free_at).clamp(now, now.saturating_add(window)).saturating_add(one);
        let over = next.saturating_sub(now.saturating_add(window));
        if over > 0 {
            return Err(u64::try_from(over).unwrap_or_default().div_ceil(1_000_000));
        }
        *free_at = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn requests_come_back_evenly() {
        let (mut spent, limit) = (Spent::default(), RateLimit::new(3, Duration::from_secs(9)));
        let at = |second| Timestamp::from_second(second).unwrap();
        for _ in 0..3 {
            assert_eq!(spent.take(None, limit, at(100)), Ok(()));
        }
        assert_eq!(spent.take(None, limit, at(100)), Err(3));
        assert_eq!(spent.take(None, limit, at(102)), Err(1));
        assert_eq!(spent.take(None, limit, at(103)), Ok(()));
        assert_eq!(spent.take(None, limit, at(103)), Err(3));
        let other = Some(IpAddr::from([127, 0, 0, 2]));
        assert_eq!(spent.take(other, limit, at(103)), Ok(()));
        assert_eq!(spent.take(None, limit, at(10)), Err(3), "the clock was set back");
        assert_eq!(spent.take(None, limit, at(200)), Ok(()));
    }

    #[test]
    fn addresses_that_owe_nothing_are_forgotten() {
        let (mut spent, limit) = (Spent::default(), RateLimit::new(1, Duration::from_secs(1)));
        for n in 0..5_000_u32 {
            let now = Timestamp::from_second(i64::from(n)).unwrap();
            spent.take(Some(IpAddr::from(n.to_be_bytes())), limit, now).unwrap();
        }
        assert!(spent.free_at.len() <= MANY + 1);
    }
}
