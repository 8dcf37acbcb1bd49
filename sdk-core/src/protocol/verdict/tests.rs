//! Every row of contract §4, and every form of body that a client must survive.

use proptest::prelude::*;

use super::*;
use crate::protocol::call::{
    ALL, CREATE, GET_OR_CREATE, IDENTITY, LOGOUT, PAYLOAD, READ, REMOVE, RENEW, REVOKE, WRITE,
};

const SESSION_CALLS: [Endpoint; 7] = [PAYLOAD, IDENTITY, READ, WRITE, REMOVE, REVOKE, LOGOUT];
const IDENTITY_CALLS: [Endpoint; 3] = [CREATE, GET_OR_CREATE, RENEW];

fn verdict(endpoint: &Endpoint, status: u16, body: &str) -> Verdict {
    judge(
        endpoint,
        Generation::default(),
        Reply { status, retry_after: None, body: body.as_bytes() },
    )
}

fn body(status: u16, error: &str) -> String {
    format!(r#"{{"status":{status},"error":"{error}"}}"#)
}

fn dead(reason: SignedOutReason, data: DataState) -> Verdict {
    Verdict::Dead(Dead { generation: Generation::default(), reason, data })
}

fn forbidden(detail: &str) -> Verdict {
    Verdict::Refused(Error::Forbidden { detail: detail.into() })
}

fn quota(quota: Quota) -> Verdict {
    Verdict::Refused(Error::QuotaExceeded { quota, detail: "limit reached".into() })
}

fn rejected(status: u16, detail: &str) -> Verdict {
    Verdict::Refused(Error::Rejected { status, detail: detail.into() })
}

fn expired() -> Verdict {
    dead(SignedOutReason::Expired, DataState::Intact)
}

fn ended() -> Verdict {
    dead(SignedOutReason::SessionEnded, DataState::Unknown)
}

#[test]
fn a_refused_token_signs_out_and_leaves_the_data_intact() {
    for endpoint in SESSION_CALLS {
        for text in ["", "<html>", "{}", &body(401, "Invalid token"), &body(401, "anything")] {
            assert_eq!(verdict(&endpoint, 401, text), expired(), "{text}");
        }
        for text in ["Session token expired", "Invalid token"] {
            assert_eq!(verdict(&endpoint, 410, &body(410, text)), expired());
        }
        assert_eq!(verdict(&endpoint, 410, r#"{"message":"Session token expired"}"#), expired());
    }
}

#[test]
fn intact_is_never_claimed_of_an_ended_session() {
    for endpoint in SESSION_CALLS {
        for text in ["Session expired", "Session revoked"] {
            assert_eq!(verdict(&endpoint, 401, &body(401, text)), ended());
        }
        for text in ["Session expired", "Session revoked", "Something new"] {
            assert_eq!(verdict(&endpoint, 410, &body(410, text)), ended());
        }
        for text in ["", "<html>", "{\"error\":7}", "{\"error\":\"Session tok"] {
            assert_eq!(verdict(&endpoint, 410, text), ended(), "{text}");
        }
    }
}

#[test]
fn a_legacy_403_signs_out() {
    for endpoint in SESSION_CALLS {
        for text in ["", " \r\n", &body(403, "Access denied"), r#"{"error":"Access denied"}"#] {
            assert_eq!(verdict(&endpoint, 403, text), expired(), "{text}");
        }
    }
}

#[test]
fn any_other_403_stays_signed_in() {
    let locked = r#"{"status":403,"error":"Workspace is locked","code":"BILLING_GRACE_LOCK"}"#;
    for endpoint in ALL {
        assert_eq!(verdict(&endpoint, 403, locked), Verdict::Refused(Error::Locked));
        assert_eq!(
            verdict(&endpoint, 403, &body(403, "Firebase user does not own this session")),
            forbidden("Firebase user does not own this session")
        );
        for text in ["<html>403</html>", "[]", r#"{"error":"Access denied","code":"NEW"}"#] {
            assert!(
                matches!(verdict(&endpoint, 403, text), Verdict::Refused(Error::Forbidden { .. })),
                "{text}"
            );
        }
    }
}

#[test]
fn nothing_under_a_key_is_no_error_and_elsewhere_a_lost_session() {
    let text = body(404, "Not found");
    assert_eq!(verdict(&READ, 404, &text), Verdict::Absent);
    assert_eq!(verdict(&READ, 404, ""), Verdict::Absent);
    for endpoint in [PAYLOAD, IDENTITY, WRITE, REMOVE, REVOKE, LOGOUT] {
        assert_eq!(verdict(&endpoint, 404, &text), ended());
    }
    for endpoint in ALL {
        // A page that says 404 is somebody else's: taken for an empty store, it would be overwritten.
        let page = verdict(&endpoint, 404, "<html>not found</html>");
        assert_eq!(page, Verdict::Transient(Cause::NotThePlatform(404)));
    }
}

#[test]
fn quotas_are_no_rate_limits() {
    let body_of =
        |code: &str| format!(r#"{{"status":429,"error":"limit reached","code":"{code}"}}"#);
    for endpoint in ALL {
        let sessions = verdict(&endpoint, 429, &body_of("BILLING_SESSION_LIMIT"));
        assert_eq!(sessions, quota(Quota::Sessions));
        let payload = verdict(&endpoint, 429, &body_of("BILLING_PAYLOAD_LIMIT"));
        assert_eq!(payload, quota(Quota::Payload));
        for text in ["", "<html>", "{}", &body(429, "slow down")] {
            assert_eq!(verdict(&endpoint, 429, text), Verdict::RateLimited(None));
        }
    }
    let reply = Reply { status: 429, retry_after: Some(Duration::from_secs(5)), body: b"" };
    let limited = judge(&READ, Generation::default(), reply);
    assert_eq!(limited, Verdict::RateLimited(Some(Duration::from_secs(5))));
}

#[test]
fn failures_of_the_platform_never_sign_out() {
    for endpoint in ALL {
        for status in [500, 502, 503, 504, 599] {
            for text in ["", "<html>", "{\"status\":401", &body(status, "Session revoked")] {
                assert_eq!(
                    verdict(&endpoint, status, text),
                    Verdict::Transient(Cause::Server(status))
                );
            }
        }
    }
}

#[test]
fn other_refusals_are_told_as_they_are() {
    for endpoint in ALL {
        for status in [400, 402, 405, 409, 413, 415, 431, 501] {
            let told = verdict(&endpoint, status, &body(status, "no"));
            assert_eq!(told, rejected(status, "no"));
        }
        for status in [100, 204, 302, 307] {
            let stranger = verdict(&endpoint, status, "");
            assert_eq!(stranger, Verdict::Transient(Cause::NotThePlatform(status)));
        }
    }
}

#[test]
fn a_refused_identity_token_says_nothing_of_the_session() {
    for endpoint in IDENTITY_CALLS {
        let refused = verdict(&endpoint, 401, &body(401, "Invalid Firebase token"));
        assert_eq!(refused, rejected(401, "Invalid Firebase token"));
        for status in [404, 410] {
            let told = verdict(&endpoint, status, &body(status, "Session revoked"));
            assert_eq!(told, rejected(status, "Session revoked"));
        }
        assert!(matches!(verdict(&endpoint, 403, ""), Verdict::Refused(Error::Forbidden { .. })));
    }
}

#[test]
fn successes_are_read_by_what_was_promised() {
    let identity = |user_id: Option<&str>, email: Option<&str>| {
        Accepted::Identity(Identity {
            user_id: user_id.map(str::to_owned),
            email: email.map(str::to_owned),
        })
    };
    for (endpoint, text, expected) in [
        (CREATE, r#"{"sessionToken":"t.o.k"}"#, Accepted::Token("t.o.k".to_owned().into())),
        (
            RENEW,
            r#"{"payload":{"a":1},"sessionToken":"t"}"#,
            Accepted::TokenAndPayload("t".to_owned().into(), r#"{"a":1}"#.into()),
        ),
        (PAYLOAD, " {} ", Accepted::Payload("{}".into())),
        (WRITE, r#"{"a":[1, 2]}"#, Accepted::Payload(r#"{"a":[1, 2]}"#.into())),
        (
            IDENTITY,
            r#"{"userId":9007199254740993,"email":null}"#,
            identity(Some("9007199254740993"), None),
        ),
        (IDENTITY, r#"{"userId":"u","email":"a@b"}"#, identity(Some("u"), Some("a@b"))),
        (IDENTITY, r#"{"userId":null,"email":null}"#, identity(None, None)),
        (READ, r#"{"key":"k","value":null}"#, Accepted::Value("null".into())),
        (REMOVE, "true", Accepted::Existed(true)),
        (REMOVE, "false\n", Accepted::Existed(false)),
        (REVOKE, r#"{"revoked":true,"sessionId":7}"#, Accepted::Revoked),
        (LOGOUT, r#"{"loggedOut":true}"#, Accepted::LoggedOut),
    ] {
        assert_eq!(verdict(&endpoint, 200, text), Verdict::Accepted(expected), "{text}");
    }
}

#[test]
fn a_success_that_is_something_else_is_no_success() {
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    for endpoint in ALL {
        for text in ["", "<html>hi</html>", "{\"sessionToken\":", "7", "[]", "null", "\"x\"", &deep]
        {
            let told = verdict(&endpoint, 200, text);
            assert_eq!(told, Verdict::Transient(Cause::NotThePlatform(200)), "{text:.40}");
        }
        let reply = Reply { status: 200, retry_after: None, body: b"\xff{}" };
        let told = judge(&endpoint, Generation::default(), reply);
        assert_eq!(told, Verdict::Transient(Cause::NotThePlatform(200)));
    }
    for (endpoint, text) in [
        (CREATE, r#"{"sessionToken":""}"#),
        (CREATE, r#"{"sessionToken":7}"#),
        (RENEW, r#"{"sessionToken":"t","payload":[]}"#),
        (IDENTITY, r#"{"userId":1}"#),
        (IDENTITY, r#"{"userId":{},"email":null}"#),
        (READ, r#"{"key":"k"}"#),
        (REMOVE, "truee"),
        (REVOKE, r#"{"revoked":false}"#),
        (LOGOUT, "{}"),
    ] {
        let told = verdict(&endpoint, 200, text);
        assert_eq!(told, Verdict::Transient(Cause::NotThePlatform(200)), "{text}");
    }
}

#[test]
fn large_bodies_are_survived() {
    let large = "x".repeat(10 * 1024 * 1024);
    let payload = format!("{{\"a\":\"{large}\"}}");
    assert_eq!(
        verdict(&PAYLOAD, 200, &payload),
        Verdict::Accepted(Accepted::Payload(payload.clone()))
    );
    assert_eq!(verdict(&READ, 401, &large), expired());
    let told = verdict(&READ, 400, &body(400, &large));
    assert_eq!(told, rejected(400, "no reason given"));
}

#[test]
fn tokens_are_cut_out_of_the_platforms_words() {
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl";
    let told = verdict(&READ, 400, &body(400, &format!("bad {token}")));
    assert_eq!(told, rejected(400, "bad [redacted]"));
}

proptest! {
    #[test]
    fn no_answer_is_too_strange(status in 100u16..=599, bytes in prop::collection::vec(any::<u8>(), 0..200), which in 0usize..10) {
        let endpoint = ALL[which];
        let told = judge(&endpoint, Generation::default(), Reply { status, retry_after: None, body: &bytes });
        if let Verdict::Dead(_) = told {
            prop_assert!(matches!(status, 401 | 403 | 404 | 410) && endpoint.auth == Auth::Session);
        }
    }
}
