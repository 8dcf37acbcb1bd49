//! Paths that try to lead elsewhere, and bytes that are no text.

use proptest::{prelude::*, test_runner::TestRunner};
use tokio::runtime::Builder;

use crate::common::{ADA, APP, BOB, Laid as _, as_owner, call, owned, send, world};
use axum::{body::Body, http::Request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

#[tokio::test]
async fn no_other_spelling_of_a_path_leads_to_an_operation() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    for path in [
        "/api/v1/sessions/../sessions",
        "/api/v1/sessions/%2e%2e/sessions",
        "/api/v1/./sessions",
        "/api/v1//sessions",
        "//api/v1/sessions",
        "/api/v1/sessions/",
        "/api/v1/sessions%2f",
        "/api/v1%2fsessions",
        "/api/v1/%73essions",
        "/api/v1/sessions;a=b",
        "/api/v1/sessions/identity%00",
        "/api/v1/sessions%3F",
        "/API/v1/sessions",
        "/api/v1/Sessions",
        "/api/v1\\sessions",
        "/app/%2e%2e/api/v1/sessions",
        "/app/..%2f..%2fapi/v1/sessions",
        "/api/v1/sessions/get/a/b",
        "/api/v1/sessions/get/",
    ] {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        let Ok(request) = request.body(Body::empty()) else { continue };
        let (status, text) = send(world.router(), request).await.error();
        assert_eq!((status, text.as_str()), (404, "Not found"), "{path}");
    }
}

#[tokio::test]
async fn a_key_is_decoded_once_and_is_one_key() {
    let world = world();
    let (token, other) =
        (world.sign_in(ADA, APP).await.unwrap(), world.sign_in(BOB, APP).await.unwrap());
    let keys = [
        ("%2e%2e", ".."),
        ("%2E", "."),
        ("..", ".."),
        ("..%2f..%2fusers", "../../users"),
        ("%252e%252e", "%2e%2e"),
        ("%252F", "%2F"),
        ("%25252f", "%252f"),
        ("a%2Fb", "a/b"),
        ("a%5Cb", "a\\b"),
        ("%00", "\0"),
        ("a%0d%0aSet-Cookie:%20b=c", "a\r\nSet-Cookie: b=c"),
        ("a+b", "a+b"),
        ("%E2%80%AE", "\u{202e}"),
        ("__proto__", "__proto__"),
    ];
    for (written, key) in keys {
        let path = format!("/sessions/set/{written}");
        let all = call(&world, "POST", &path, &token, r#"{"value":"here"}"#).await.json();
        assert_eq!(all.as_object().unwrap()[key], "here", "{written}");
        let found = call(&world, "GET", &format!("/sessions/get/{written}"), &token, "").await;
        assert_eq!(found.json()["key"], key, "{written}");
        let all = call(&world, "GET", "/sessions", &token, "").await.json();
        assert_eq!(all.as_object().unwrap().len(), 1, "{written}");
        let gone = call(&world, "DELETE", &format!("/sessions/delete/{written}"), &token, "").await;
        assert_eq!(gone.body, "true", "{written}");
    }
    assert_eq!(call(&world, "GET", "/sessions", &other, "").await.body, "{}");
    assert!(as_refused(&world, "/sessions/get/%ff", &token).await.contains("UTF-8"));
    assert!(as_refused(&world, "/sessions/get/%c0%ae", &token).await.contains("UTF-8"));
}

async fn as_refused(world: &secureflows_mock::World, path: &str, token: &str) -> String {
    let (status, text) = call(world, "GET", path, token, "").await.error();
    assert_eq!(status, 400, "{path}");
    text
}

#[test]
fn any_text_is_a_key_of_its_own() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let world = world();
    let token = runtime.block_on(world.sign_in(ADA, APP)).unwrap();
    let mut runner = TestRunner::deterministic();
    let pairs = (any::<String>(), any::<String>());
    let pairs = pairs
        .prop_filter("two keys", |(one, two)| one != two && !one.is_empty() && !two.is_empty());
    let kept = runner.run(&pairs, |(one, two)| {
        runtime.block_on(async {
            let path = |verb: &str, key: &str| {
                format!("/sessions/{verb}/{}", utf8_percent_encode(key, NON_ALPHANUMERIC))
            };
            call(&world, "POST", &path("set", &one), &token, r#"{"value":1}"#).await;
            call(&world, "POST", &path("set", &two), &token, r#"{"value":2}"#).await;
            let first = call(&world, "GET", &path("get", &one), &token, "").await.json();
            assert_eq!(first, serde_json::json!({"key": one, "value": 1}));
            for key in [&one, &two] {
                let gone = call(&world, "DELETE", &path("delete", key), &token, "").await;
                assert_eq!(gone.body, "true");
            }
            assert_eq!(call(&world, "GET", "/sessions", &token, "").await.body, "{}");
        });
        Ok(())
    });
    kept.unwrap();
}

#[tokio::test]
async fn numbers_and_queries_that_cannot_be_read() {
    let world = owned().laid();
    for id in [
        "abc",
        "1.0",
        "0x1",
        "%2b1",
        "1e0",
        "9223372036854775808",
        "%EF%BC%91",
        "1%00",
        "1;--",
        "1%20OR%201=1",
    ] {
        for path in ["/users/", "/invites/", "/sessions/admin/"] {
            let (status, text) =
                as_owner(&world, "GET", &format!("{path}{id}"), &Value::Null).await.error();
            assert!(status == 400 && text.contains("whole number"), "{path}{id}: {status} {text}");
        }
    }
    for id in ["0", "-1", "9223372036854775807"] {
        assert_eq!(
            as_owner(&world, "GET", &format!("/users/{id}"), &Value::Null).await.error().0,
            404
        );
    }
    // Lists fall back where a parameter cannot be read.
    for query in
        ["q=%ff", "page=%ff&pageSize=%00", "sort=%ff&dir=%ff", "q=a&q=b", "&&&=&=", "%ff=%ff"]
    {
        let page = as_owner(&world, "GET", &format!("/users?{query}"), &Value::Null).await;
        assert_eq!(page.status, 200, "{query}");
    }
    let identity = world.identity_token(ADA).unwrap();
    assert_eq!(
        call(&world, "GET", "/users/memberships?for=%ff", &identity, "").await.error().0,
        400
    );
    assert_eq!(call(&world, "GET", "/docs/search?q=%ff", "", "").await.status, 400);
    for query in [
        "start=%ff",
        "start=2026-02-30",
        "start=2026-01-01T00:00:00Z",
        "end=%00",
        "start=-9999-01-01",
    ] {
        let path = format!("/sessions/admin/analytics/concurrent-sessions?{query}");
        assert_eq!(as_owner(&world, "GET", &path, &Value::Null).await.error().0, 400, "{query}");
    }
}
