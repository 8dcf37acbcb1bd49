//! What is repeated, when, and how long it waits.
//!
//! | the request | no connection | edge `429` | timeout, cut, `502` `503` `504` | anything else |
//! | --- | --- | --- | --- | --- |
//! | reads, `set`, `delete`, logout | yes | yes | yes | no |
//! | `revoke`, `POST /sessions`, renewal | no | no | no | no |
//!
//! `set` and `delete` name the value they leave behind, so a second one does no harm of its own; but
//! repeated after an answer was lost, it can overwrite a newer write from another device.

use std::time::Duration;

use crate::error::Cause;

/// How often one call goes out at most, the first time included.
const ATTEMPTS: u32 = 3;
/// The longest first wait; it doubles with every attempt.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// The longest wait between two attempts, also when the platform asks for more.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Whether a request may be repeated when its outcome is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It changes nothing.
    Read,
    /// It changes something, and the same however often it is done.
    AbsoluteWrite,
    /// It must not go out twice.
    Never,
}

/// A failure that may pass by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transient {
    /// No useful answer.
    NoAnswer(Cause),
    /// The edge's rate limit, with the wait that it asks for.
    RateLimited(Option<Duration>),
}

/// How long to wait before the next attempt, or `None` when there is none.
///
/// `attempt` counts from 1, the attempt that failed; `chance` is 32 random bits: the wait is drawn
/// between nothing and a bound that doubles (full jitter), and at least what the platform asks for.
#[must_use]
pub fn next_wait(
    repeat: Repeat,
    failure: Transient,
    attempt: u32,
    chance: u32,
) -> Option<Duration> {
    if repeat == Repeat::Never || attempt >= ATTEMPTS {
        return None;
    }
    let asked = match failure {
        Transient::NoAnswer(cause) => passes_by_itself(cause).then_some(Duration::ZERO)?,
        Transient::RateLimited(asked) => asked.unwrap_or_default(),
    };
    if asked > LONGEST_WAIT {
        return None;
    }
    let bound = FIRST_WAIT.saturating_mul(1 << (attempt - 1).min(16));
    let jitter = bound.mul_f64(f64::from(chance) / f64::from(u32::MAX));
    Some(asked.saturating_add(jitter).min(LONGEST_WAIT))
}

/// The wait that a `Retry-After` header asks for, where it is given in seconds.
#[must_use]
pub fn retry_after(header: &str) -> Option<Duration> {
    let header = header.trim();
    let plain = !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| header.parse().ok().map(Duration::from_secs)).flatten()
}

const fn passes_by_itself(cause: Cause) -> bool {
    match cause {
        Cause::Unreachable | Cause::TimedOut | Cause::Interrupted => true,
        Cause::Server(status) => matches!(status, 502..=504),
        Cause::AnswerTooLarge | Cause::RateLimited | Cause::Refused | Cause::NotThePlatform(_) => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAUSES: [(Cause, bool); 8] = [
        (Cause::Unreachable, true),
        (Cause::TimedOut, true),
        (Cause::Interrupted, true),
        (Cause::Server(502), true),
        (Cause::Server(503), true),
        (Cause::Server(500), false),
        (Cause::AnswerTooLarge, false),
        (Cause::NotThePlatform(200), false),
    ];

    #[test]
    fn the_table_holds() {
        for (cause, passes) in CAUSES {
            let failure = Transient::NoAnswer(cause);
            for repeat in [Repeat::Read, Repeat::AbsoluteWrite] {
                assert_eq!(next_wait(repeat, failure, 1, 0).is_some(), passes, "{cause:?}");
            }
            assert_eq!(next_wait(Repeat::Never, failure, 1, 0), None);
        }
        assert_eq!(next_wait(Repeat::Never, Transient::RateLimited(None), 1, 0), None);
    }

    #[test]
    fn waits_grow_and_end() {
        let failure = Transient::NoAnswer(Cause::TimedOut);
        let longest = |attempt| next_wait(Repeat::Read, failure, attempt, u32::MAX);
        assert_eq!(longest(1), Some(Duration::from_millis(200)));
        assert_eq!(longest(2), Some(Duration::from_millis(400)));
        assert_eq!(longest(3), None);
        assert_eq!(next_wait(Repeat::Read, failure, 2, 0), Some(Duration::ZERO));
    }

    #[test]
    fn the_platform_is_waited_for_up_to_a_bound() {
        let asked = |seconds| Transient::RateLimited(Some(Duration::from_secs(seconds)));
        assert_eq!(next_wait(Repeat::Read, asked(3), 1, 0), Some(Duration::from_secs(3)));
        assert_eq!(next_wait(Repeat::Read, asked(11), 1, 0), None);
    }

    #[test]
    fn retry_after_is_read_strictly() {
        assert_eq!(retry_after(" 7 "), Some(Duration::from_secs(7)));
        for header in
            ["", "-1", "1.5", "soon", "99999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT"]
        {
            assert_eq!(retry_after(header), None, "{header}");
        }
    }
}
