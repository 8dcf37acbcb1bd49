//! Bodies that are no JSON, no object, too large or too deep.

use crate::operations::Stage;

/// Its body may be any JSON at all.
const TAKES_ANYTHING: &str = "sessions.set";

/// A question to which every body is one; the answer is always 200.
const ASKS: &str = "applications.validate_redirect";

#[tokio::test]
async fn every_operation_that_takes_an_object_refuses_everything_else() {
    let stage = Stage::set(false).await;
    let kept = stage.kept().await;
    let deep = format!(r#"{{"payload":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let huge = format!(r#"{{"payload":"{}"}}"#, "x".repeat(1 << 20));
    let mut count = 0;
    for operation in stage.operations().await {
        let Some(body) = operation.body.as_ref().filter(|_| operation.name != TAKES_ANYTHING)
        else {
            continue;
        };
        let members: Vec<_> = body.as_object().unwrap().values().collect();
        let bodies: [(u16, Vec<u8>); 10] = [
            (413, huge.clone().into_bytes()),
            (400, deep.clone().into_bytes()),
            (400, b"{\"a\":\"\xff\"}".to_vec()),
            (400, b"\xef\xbb\xbf{}".to_vec()),
            (400, Vec::new()),
            (400, b"{\"a\":1".to_vec()),
            (400, b"{} {}".to_vec()),
            (400, b"null".to_vec()),
            (400, b"\"{}\"".to_vec()),
            // Its members in their order, as no client of ours would write them.
            (400, serde_json::to_vec(&members).unwrap()),
        ];
        for (status, bytes) in bodies {
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
            let answer = stage.send(stage.request(&operation, ""), bytes).await;
            if operation.name == ASKS {
                assert_eq!(answer.status, 200, "{shown}");
                let answer = answer.json();
                assert_eq!(answer["valid"], false, "{shown}");
                assert!(answer["reason"].is_string() && answer["displayName"].is_null());
                continue;
            }
            let (got, text) = answer.error();
            assert_eq!(got, status, "{}: {shown}: {text}", operation.name);
            for rust in ["struct", "i64", "sequence", "serde", "column"] {
                assert!(!text.contains(rust), "{}: {text}", operation.name);
            }
        }
        count += 1;
    }
    assert!(count > 15, "{count} operations take a body");
    assert_eq!(stage.kept().await, kept, "nothing is stored");
}

#[tokio::test]
async fn a_wrong_member_is_named_with_what_is_wanted_in_words_of_json() {
    let stage = Stage::set(false).await;
    let operations = stage.operations().await;
    for (name, body, wanted) in [
        ("invites.create", "[]", "Invalid body: expected an object"),
        (
            "invites.create",
            r#"{"role":"user","ttlSeconds":"60"}"#,
            "Invalid ttlSeconds: expected a whole number",
        ),
        (
            "invites.create",
            r#"{"role":"user","ttlSeconds":60.5}"#,
            "Invalid ttlSeconds: expected a whole number",
        ),
        (
            "invites.create",
            r#"{"role":["user"],"ttlSeconds":60}"#,
            "Invalid role: expected a string",
        ),
        ("invites.create", r#"{"role":"user"}"#, "Invalid body: missing field `ttlSeconds`"),
        (
            "applications.update",
            r#"{"redirectUris":"https://a/"}"#,
            "Invalid redirectUris: expected an array",
        ),
        (
            "applications.update",
            r#"{"redirectUris":[1]}"#,
            "Invalid redirectUris[0]: expected a string",
        ),
        (
            "workspaces.update",
            r#"{"acceptAnonimous":"yes"}"#,
            "Invalid acceptAnonimous: expected a boolean",
        ),
    ] {
        let operation = operations.iter().find(|operation| operation.name == name).unwrap();
        let answer = stage.send(stage.request(operation, ""), body).await;
        assert_eq!(answer.error(), (400, wanted.to_owned()), "{body}");
    }
}
