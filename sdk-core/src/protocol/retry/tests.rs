//! The table, the waits, the header, the reserve.

use proptest::prelude::*;

use super::*;

const PASSING: [Cause; 5] = [
    Cause::TimedOut,
    Cause::Interrupted,
    Cause::Server(502),
    Cause::Server(503),
    Cause::Server(504),
];
const UNDONE: [Cause; 2] = [Cause::Unreachable, Cause::RateLimited];
const LASTING: [Cause; 5] = [
    Cause::Server(500),
    Cause::Server(501),
    Cause::AnswerTooLarge,
    Cause::Refused,
    Cause::NotThePlatform(200),
];

fn failure(cause: Cause, attempt: u32) -> Failure {
    Failure { cause, attempt, asked: None }
}

#[test]
fn the_table_holds() {
    for repeat_in_doubt in [true, false] {
        let policy = RetryPolicy::new().repeat_writes_in_doubt(repeat_in_doubt);
        let repeated = |repeat, cause| next_wait(&policy, repeat, failure(cause, 1), 0).is_some();
        for cause in PASSING {
            assert!(repeated(Repeat::Read, cause) && repeated(Repeat::Idempotent, cause));
            assert_eq!(repeated(Repeat::AbsoluteWrite, cause), repeat_in_doubt, "{cause:?}");
            assert!(!repeated(Repeat::Never, cause));
        }
        for cause in UNDONE {
            assert!(repeated(Repeat::Read, cause) && repeated(Repeat::AbsoluteWrite, cause));
            assert!(!repeated(Repeat::Never, cause));
        }
        for cause in LASTING {
            for repeat in [Repeat::Read, Repeat::Idempotent, Repeat::AbsoluteWrite] {
                assert!(!repeated(repeat, cause), "{cause:?}");
            }
        }
    }
}

#[cfg(feature = "headless")]
#[test]
fn each_call_of_a_session_has_its_row() {
    use crate::protocol::call;

    for (endpoint, repeat) in [
        (call::PAYLOAD, Repeat::Read),
        (call::IDENTITY, Repeat::Read),
        (call::READ, Repeat::Read),
        (call::LOGOUT, Repeat::Idempotent),
        (call::GET_OR_CREATE, Repeat::Idempotent),
        (call::RENEW, Repeat::Idempotent),
        (call::WRITE, Repeat::AbsoluteWrite),
        (call::REMOVE, Repeat::AbsoluteWrite),
        (call::REVOKE, Repeat::Never),
        (call::CREATE, Repeat::Never),
    ] {
        assert_eq!(endpoint.repeat, repeat, "{}", endpoint.path);
    }
}

#[test]
fn waits_grow_and_end() {
    let policy = RetryPolicy::new();
    let wait = |attempt, chance| {
        next_wait(&policy, Repeat::Read, failure(Cause::TimedOut, attempt), chance)
    };
    assert_eq!(wait(1, u32::MAX), Some(Duration::from_millis(200)));
    assert_eq!(wait(2, u32::MAX), Some(Duration::from_millis(400)));
    assert_eq!(wait(2, 0), Some(Duration::ZERO));
    assert_eq!(wait(3, u32::MAX), None);
    let patient = RetryPolicy::new().attempts(40);
    let late = next_wait(&patient, Repeat::Read, failure(Cause::TimedOut, 39), u32::MAX);
    assert_eq!(late, Some(Duration::from_secs(10)), "no wait is longer than allowed");
}

#[test]
fn the_platform_is_waited_for_up_to_a_bound() {
    let policy = RetryPolicy::new();
    for cause in [Cause::RateLimited, Cause::Server(503)] {
        let wait = |seconds| {
            let asked = Some(Duration::from_secs(seconds));
            next_wait(&policy, Repeat::Read, Failure { cause, attempt: 1, asked }, 0)
        };
        assert_eq!(wait(3), Some(Duration::from_secs(3)));
        assert_eq!(wait(11), None);
    }
}

#[test]
fn a_policy_without_attempts_is_none() {
    let Err(crate::Error::Invalid(invalid)) = RetryPolicy::new().attempts(0).check() else {
        panic!("a policy without attempts was taken");
    };
    assert_eq!(invalid.field(), "retry");
}

/// 2026-10-21 07:28:00 UTC, in milliseconds.
const NOON: u64 = 1_792_567_680_000;

#[test]
fn seconds_are_read() {
    assert_eq!(retry_after(" 7 ", NOON), Some(Duration::from_secs(7)));
    for header in ["", "-1", "1.5", "soon", "99999999999999999999"] {
        assert_eq!(retry_after(header, NOON), None, "{header}");
    }
}

#[cfg(feature = "http-date")]
#[test]
fn dates_are_read() {
    for (date, seconds) in [
        ("Wed, 21 Oct 2026 07:28:09 GMT", 9),
        ("Wednesday, 21-Oct-26 07:28:09 GMT", 9),
        ("Wed Oct 21 07:28:09 2026", 9),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0),
    ] {
        assert_eq!(retry_after(date, NOON), Some(Duration::from_secs(seconds)), "{date}");
    }
    assert_eq!(retry_after("Wed, 32 Oct 2026 07:28:00 GMT", NOON), None);
}

#[test]
fn an_outage_is_not_multiplied() {
    let budget = Budget::new(50);
    let sent: u32 = (0..10_000).map(|_| 1 + u32::from(budget.spend())).sum();
    assert_eq!(sent, 10_050);
    (0..500).for_each(|_| budget.earn());
    let repeats = (0..1000).filter(|_| budget.spend()).count();
    assert_eq!(repeats, 50, "calls that work fill it, and no more than that");
}

proptest! {
    #[test]
    fn no_header_asks_for_more_than_it_says(header in any::<String>(), now in any::<u64>()) {
        if let Some(wait) = retry_after(&header, now) {
            prop_assert!(header.bytes().any(|byte| byte.is_ascii_digit()), "{wait:?}");
        }
    }

    #[test]
    fn every_wait_is_bounded(attempt in any::<u32>(), chance in any::<u32>(), asked in prop::option::of(any::<u64>())) {
        let policy = RetryPolicy::new().attempts(u32::MAX);
        let asked = asked.map(Duration::from_secs);
        let failure = Failure { cause: Cause::Server(503), attempt, asked };
        if let Some(wait) = next_wait(&policy, Repeat::Read, failure, chance) {
            prop_assert!(wait <= Duration::from_secs(10));
            prop_assert!(asked.is_none_or(|asked| wait >= asked));
        }
    }
}
