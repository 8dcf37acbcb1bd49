//! Reading and writing.

use secureflows::Error;
use secureflows_tests::{ADA, Stage, scenario};
use serde_json::{Value, json};

#[tokio::test]
async fn absent() {
    let _scenario = scenario("data.absent");
    let Stage { client, world: _world, .. } = Stage::with_ada().await;
    assert_eq!(client.get::<Value>("nothing").await, Ok(None));
    assert_eq!(client.delete("nothing").await, Ok(false));
}

#[tokio::test]
async fn round_trip() {
    let _scenario = scenario("data.round-trip");
    let Stage { client, world: _world, .. } = Stage::with_ada().await;
    for value in [
        json!(true),
        json!(0),
        json!(-17),
        json!(0.1),
        json!(""),
        json!("日本語 \u{0} \"\\ 😀"),
        json!([]),
        json!([1, [2, [3]], {}]),
        json!({}),
        json!({"a": {"b": [null, false]}, "": "empty key"}),
    ] {
        client.set("k", &value).await.unwrap();
        assert_eq!(client.get("k").await, Ok(Some(value)));
        assert_eq!(client.delete("k").await, Ok(true));
        assert_eq!(client.get::<Value>("k").await, Ok(None));
        assert_eq!(client.delete("k").await, Ok(false));
    }
}

#[tokio::test]
async fn null() {
    let _scenario = scenario("data.null");
    let Stage { client, world: _world, .. } = Stage::with_ada().await;
    client.set("k", &()).await.unwrap();
    assert_eq!(client.get_raw("k").await, Ok(Some("null".into())));
    assert_eq!(client.get::<Option<bool>>("k").await, Ok(Some(None)));
}

#[tokio::test]
async fn wrapped() {
    let _scenario = scenario("data.wrapped");
    let Stage { client, world: _world, .. } = Stage::with_ada().await;
    for value in [json!({"value": 1}), json!({"value": {"value": 2}, "workspaceName": "x"})] {
        client.set("k", &value).await.unwrap();
        assert_eq!(client.get("k").await, Ok(Some(value)));
    }
}

#[tokio::test]
async fn numbers() {
    let _scenario = scenario("data.numbers");
    let Stage { client, world: _world, .. } = Stage::with_ada().await;
    for number in ["9007199254740993", "-0", "1e400", "0.10000000000000000000000000001"] {
        client.set_raw("n", number).await.unwrap();
        assert_eq!(client.get_raw("n").await, Ok(Some(number.into())));
    }
}

#[tokio::test]
async fn keys() {
    let _scenario = scenario("data.keys");
    let Stage { client, world: _world, .. } = Stage::with_ada().await;
    let long = "k".repeat(100);
    let keys = [
        "a",
        "A",
        "a/b",
        "a/../b",
        "../a",
        "%2e%2e",
        "%2F",
        "a%",
        "a?b=c",
        "a#b",
        "a+b",
        "a b",
        " ",
        "…",
        "日本語",
        "e\u{301}",
        "\u{e9}",
        "😀",
        "\0",
        "\r\nX: y",
        "'; DROP TABLE s; --",
        "__proto__",
        "constructor",
        "a\\b",
        "\"",
        "&amp;",
        &long,
    ];
    for (number, key) in keys.iter().enumerate() {
        client.set(key, &number).await.unwrap();
    }
    let payload = client.payload().await.unwrap();
    assert_eq!(payload.len(), keys.len());
    for (number, key) in keys.iter().enumerate() {
        assert_eq!(client.get::<usize>(key).await, Ok(Some(number)), "{key:?}");
        assert_eq!(payload.get::<usize>(key), Ok(Some(number)), "{key:?}");
    }
    for key in keys {
        assert_eq!(client.delete(key).await, Ok(true), "{key:?}");
    }
    assert!(client.payload().await.unwrap().is_empty());
}

#[tokio::test]
async fn bad_key() {
    let _scenario = scenario("data.bad-key");
    let stage = Stage::with_ada().await;
    let sent = stage.wire.sent();
    for key in ["", ".", "..", &"k".repeat(1025)] {
        for refused in [
            stage.client.get_raw(key).await.map(drop),
            stage.client.set_raw(key, "1").await.map(drop),
            stage.client.delete(key).await.map(drop),
        ] {
            let Err(Error::Invalid(invalid)) = refused else { panic!("{key:?}") };
            assert_eq!(invalid.field(), "key");
            assert!(!invalid.mend().is_empty());
        }
    }
    let Err(Error::Invalid(invalid)) = stage.client.set_raw("k", "{oops").await else { panic!() };
    assert_eq!(invalid.field(), "value");
    assert_eq!(stage.wire.sent(), sent, "nothing was sent");
}

#[tokio::test]
async fn payload() {
    let _scenario = scenario("data.payload");
    let Stage { client, world: _world, .. } = Stage::with_ada().await;
    assert!(client.payload().await.unwrap().is_empty());
    client.set("a", &1).await.unwrap();
    let written = client.set("b", &[true]).await.unwrap();
    assert_eq!(written.read::<Value>(), Ok(json!({"a": 1, "b": [true]})));
    assert_eq!(client.payload().await, Ok(written));
}

#[tokio::test]
async fn identity() {
    let _scenario = scenario("data.identity");
    let stage = Stage::with_ada().await;
    let first = stage.client.identity().await.unwrap();
    assert!(first.user_id.is_some());
    assert_eq!(first.email.as_deref(), Some(ADA));
    stage.client.logout().await.unwrap();
    stage.sign_in(&stage.client, ADA).await;
    assert_eq!(stage.client.identity().await, Ok(first));
}

#[tokio::test]
async fn wrong_type() {
    let _scenario = scenario("data.wrong-type");
    let Stage { client, world: _world, .. } = Stage::with_ada().await;
    client.set("k", "private words").await.unwrap();
    let error = client.get::<u32>("k").await.unwrap_err();
    assert!(matches!(error, Error::WrongType { .. }));
    assert!(!error.to_string().contains("private"), "{error}");
    assert_eq!(client.get_raw("k").await, Ok(Some("\"private words\"".into())));
}
