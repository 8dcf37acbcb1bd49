//! Texts that mean something to SQL, HTML or a terminal: kept as they are or refused, never interpreted.

use secureflows_mock::{WorkspaceSpec, World};
use serde_json::{Value, json};

use crate::common::{
    ADA, APP, BOB, CALLBACK, Laid as _, OWNER, as_owner, call, owned, owner_sees, post_form, visit,
};

const NASTY: [&str; 12] = [
    "'; DROP TABLE users; --",
    "\" OR \"\"=\"",
    "1) UNION SELECT secret FROM invites--",
    "%",
    "_",
    "*",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}<%= 7*7 %>#{7*7}",
    "$(reboot)`reboot`&reboot|",
    "../../../../etc/passwd",
    "Ω≈ç√∫˜µ≤≥÷ 👩‍💻 \u{202e}gnirts",
];

const LOGIN: &str = "/app/sessions/login?workspace_name=acme&app_id=acme-web\
    &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback";

fn world() -> World {
    owned().laid()
}

/// As askama escapes it.
fn escaped(text: &str) -> String {
    let pairs = [("&", "&#38;"), ("<", "&#60;"), (">", "&#62;"), ("\"", "&#34;"), ("'", "&#39;")];
    pairs.iter().fold(text.to_owned(), |text, (raw, safe)| text.replace(raw, safe))
}

#[tokio::test]
async fn names_come_back_as_they_were_given_and_escaped_on_pages() {
    let world = world();
    let owner = world.user_token(OWNER, "acme").unwrap();
    for text in NASTY {
        let named = json!({"displayName": text});
        let path = format!("/applications/{APP}");
        assert_eq!(as_owner(&world, "PATCH", &path, &named).await.json()["displayName"], text);
        assert_eq!(owner_sees(&world, &path).await["displayName"], text);
        let asked = json!({"appId": APP, "redirectUri": CALLBACK}).to_string();
        let valid =
            call(&world, "POST", "/applications/validate-redirect", "", &asked).await.json();
        assert_eq!(valid["displayName"], text);

        let page = visit(&world, LOGIN, "").await.body;
        assert!(page.contains(&escaped(text)), "{text}");
        assert!(!page.contains(text) || escaped(text) == text, "{text}");

        let user = owner_sees(&world, "/users?q=ada").await["items"][0]["id"].clone();
        let path = format!("/users/{user}");
        assert_eq!(
            as_owner(&world, "PATCH", &path, &json!({"userName": text})).await.json()["userName"],
            text
        );

        let rename = async |name: &str| {
            let body = json!({"name": name}).to_string();
            call(&world, "PATCH", "/workspaces", &owner, &body).await
        };
        let changed = rename(text).await;
        assert_eq!(changed.json()["name"], text);
        let identity = world.identity_token(BOB).unwrap();
        let body = json!({"workspaceName": text}).to_string();
        assert_eq!(call(&world, "POST", "/users/anonymous", &identity, &body).await.status, 200);
        rename("acme").await;
        assert_eq!(call(&world, "POST", "/users/anonymous", &identity, &body).await.error().0, 404);
    }
}

#[tokio::test]
async fn names_that_cannot_be_shown_are_refused_and_nothing_changes() {
    let world = world();
    let paths = [
        ("/workspaces", "name"),
        ("/applications/acme-web", "displayName"),
        ("/users/1", "userName"),
    ];
    let long = "x".repeat(201);
    for (path, member) in paths {
        let before = owner_sees(&world, path).await;
        for text in [
            "",
            "  ",
            "\u{a0}",
            "a\0b",
            "a\nb",
            "\u{1b}[31mred",
            "\u{7f}a",
            "\u{85}a\u{85}b",
            &long,
        ] {
            let (status, error) =
                as_owner(&world, "PATCH", path, &json!({member: text})).await.error();
            assert_eq!(
                (status, error.starts_with(&format!("Invalid {member}: "))),
                (400, true),
                "{text:?}"
            );
            assert!(text.trim().is_empty() || !error.contains(text), "{error}");
        }
        assert_eq!(owner_sees(&world, path).await, before);
    }
}

#[tokio::test]
async fn identifiers_are_plain_or_refused() {
    let world = world();
    for text in
        NASTY.into_iter().filter(|text| *text != "_").chain(["", " acme", "a/b", "аcme", "a\0"])
    {
        let body = json!({"appId": text, "displayName": "x", "redirectUris": [CALLBACK]});
        let (status, error) = as_owner(&world, "POST", "/applications", &body).await.error();
        assert!(status == 400 && error.starts_with("Invalid appId: "), "{text}: {error}");
        let role = json!({"role": text, "ttlSeconds": 60});
        assert_eq!(as_owner(&world, "POST", "/invites", &role).await.error().0, 400, "{text}");
        assert_eq!(
            as_owner(&world, "PATCH", "/users/1", &json!({"role": text})).await.error().0,
            400
        );
        let plan = json!({"planName": text});
        assert_eq!(as_owner(&world, "PATCH", "/workspaces/billing", &plan).await.error().0, 400);
    }
    assert_eq!(owner_sees(&world, "/applications").await["totalItems"], 1);
    assert_eq!(owner_sees(&world, "/invites").await["totalItems"], 0);
}

#[tokio::test]
async fn a_search_finds_what_holds_the_text_and_nothing_else() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    as_owner(&world, "POST", "/invites", &json!({"role": "user", "ttlSeconds": 60})).await;
    let count = async |path: &str, q: &str| {
        let q = percent_encoding::utf8_percent_encode(q, percent_encoding::NON_ALPHANUMERIC);
        owner_sees(&world, &format!("{path}?q={q}")).await["totalItems"].as_u64().unwrap()
    };
    for path in ["/users", "/applications", "/invites", "/sessions/admin", "/sessions/export"] {
        for text in NASTY {
            assert_eq!(count(path, text).await, 0, "{path} {text}");
        }
    }
    as_owner(&world, "PATCH", "/applications/acme-web", &json!({"displayName": "100%_<b>"})).await;
    for text in ["%", "_", "<b>", "0%_<"] {
        assert_eq!(count("/applications", text).await, 1, "{text}");
    }
    // What a user stores is not searched.
    call(&world, "POST", "/sessions/set/k", &token, r#"{"value":"needle"}"#).await;
    assert_eq!(count("/sessions/export", "needle").await, 0);
    for text in NASTY {
        let q = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
        let found = call(&world, "GET", &format!("/docs/search?q={q}"), "", "").await;
        assert_eq!((found.status.as_u16(), &found.json()["query"]), (200, &json!(text)));
        assert_eq!(found.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn data_is_kept_to_the_letter() {
    let world = world();
    let token = world.sign_in(ADA, APP).await.unwrap();
    let mut whole = serde_json::Map::new();
    for text in NASTY {
        let key = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
        let value = json!({text: [text, {"deep": text}]});
        let path = format!("/sessions/set/{key}");
        call(&world, "POST", &path, &token, &json!({"value": value}).to_string()).await;
        whole.insert(text.to_owned(), value);
    }
    assert_eq!(call(&world, "GET", "/sessions", &token, "").await.json(), Value::Object(whole));
}

#[tokio::test]
async fn secrets_and_workspaces_that_are_none_are_refused_without_an_echo() {
    let world = world();
    let identity = world.identity_token(BOB).unwrap();
    as_owner(&world, "POST", "/invites", &json!({"role": "admin", "ttlSeconds": 60})).await;
    for text in NASTY.into_iter().chain(["", "\0", "'' OR 1=1"]) {
        let secret = json!({"secretKey": text}).to_string();
        let redeemed = call(&world, "POST", "/users/from-invite", &identity, &secret).await;
        assert_eq!(redeemed.error().0, 403, "{text}");
        let body = json!({"workspaceName": text}).to_string();
        for path in ["/sessions", "/sessions/get-or-create", "/users/login"] {
            let answer = call(&world, "POST", path, &identity, &body).await;
            let (status, error) = answer.error();
            assert!(matches!(status, 403 | 404), "{path} {text}: {status}");
            assert!(text.len() < 2 || !error.contains(text), "{error}");
        }
    }
    let invites = owner_sees(&world, "/invites?includeUsed=true").await;
    assert_eq!(invites["items"][0]["status"], "active");
    assert_eq!(owner_sees(&world, "/sessions/admin").await["totalItems"], 0);
}

#[tokio::test]
async fn pages_echo_what_was_typed_only_escaped() {
    let world = owned().workspace(WorkspaceSpec::new("<b>acme")).laid();
    for text in NASTY {
        let typed = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
        for action in ["sign_in", "sign_up"] {
            let form = format!("action={action}&email={typed}&password=long+enough");
            let page = post_form(&world, LOGIN, "", &form).await;
            assert_eq!(page.status, 401, "{text}");
            assert!(!page.headers.contains_key("set-cookie"));
            assert!(!page.body.contains(text) || escaped(text) == text, "{text}");
        }
        for name in
            ["workspace_name", "app_id", "redirect_uri", "ttl_seconds", "payload", "mode", "prompt"]
        {
            let rest = LOGIN.replace(&format!("{name}="), "x=");
            let page = visit(&world, &format!("{rest}&{name}={typed}"), "").await;
            assert!(!page.status.is_server_error(), "{name} {text}");
            let is_plain = escaped(text) == text;
            assert!(is_plain || !page.body.contains(text), "{name} {text}");
            assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        }
    }
    assert_eq!(owner_sees(&world, "/users").await["totalItems"], 3, "nobody signed up");
}
