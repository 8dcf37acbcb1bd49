//! Users, workspaces, applications and lists, as an operator's script meets them (contract §5).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use common::{ADA, APP, Answer, BOB, CALLBACK, Laid as _, OWNER, builder, call, owned};
use secureflows_mock::{ApplicationSpec, Fault, Role, UserSpec, WorkspaceSpec, World};
use serde_json::{Value, json};

const ADMIN: &str = "adam@example.com";

/// The world of the other tests with somebody who runs it.
fn world() -> World {
    owned().user("acme", UserSpec::new(ADMIN).role(Role::Admin)).laid()
}

struct Operator<'a> {
    world: &'a World,
    token: String,
}

impl<'a> Operator<'a> {
    fn of(world: &'a World, email: &str) -> Self {
        Self { world, token: world.user_token(email, "acme").unwrap() }
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        call(self.world, method, path, &self.token, &body).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{path} {}", answer.body);
        answer.json()
    }
}

fn column(page: &Value, name: &str) -> Vec<Value> {
    page["items"].as_array().unwrap().iter().map(|item| item[name].clone()).collect()
}

#[tokio::test]
async fn a_workspace_is_made_and_run_by_its_owner() {
    let world = world();
    let identity = world.identity_token(BOB).unwrap();
    let made = call(&world, "POST", "/workspaces", &identity, r#"{"name":"globex"}"#).await.json();
    let id = made["workspace"]["id"].clone();
    assert_eq!(
        made["workspace"],
        json!({"id": id, "name": "globex", "acceptAnonimous": true, "enableSelfService": true})
    );
    let token = made["accessToken"].as_str().unwrap();
    let again = call(&world, "POST", "/workspaces", &identity, r#"{"name":"globex"}"#).await;
    assert_eq!(again.error().0, 400);
    for bad in [r#"{"name":" "}"#, r#"{"name":"__x__"}"#, r#"{"name":"x","planName":"gold"}"#, "{}"]
    {
        assert_eq!(
            call(&world, "POST", "/workspaces", &identity, bad).await.error().0,
            400,
            "{bad}"
        );
    }
    let patch = r#"{"name":"initech","acceptAnonimous":false,"enableSelfService":null}"#;
    let changed = call(&world, "PATCH", "/workspaces", token, patch).await.json();
    assert_eq!(
        changed,
        json!({"id": id, "name": "initech", "acceptAnonimous": false, "enableSelfService": true})
    );
    assert_eq!(call(&world, "GET", "/workspaces", token, "").await.json(), changed);
    let taken = call(&world, "PATCH", "/workspaces", token, r#"{"name":"acme"}"#).await;
    assert_eq!(taken.error().0, 400);
    assert_eq!(call(&world, "GET", "/workspaces", token, "").await.json(), changed);
    let members = call(&world, "GET", "/users/memberships?for=workspace-management", &identity, "");
    let members = members.await.json();
    assert_eq!(
        members["items"],
        json!([{"workspaceId": id, "workspaceName": "initech", "role": "OWNER"}])
    );
    let both = call(&world, "GET", "/users/memberships", &identity, "").await.json();
    assert_eq!(column(&both, "workspaceName"), ["acme", "initech"]);
    let bad = call(&world, "GET", "/users/memberships?for=fun", &identity, "").await.error();
    let text = "Invalid for parameter; use self-service or workspace-management";
    assert_eq!(bad, (400, text.to_owned()));
}

#[tokio::test]
async fn logging_in_tells_nothing_of_workspaces_one_is_not_in() {
    let world = world();
    let log_in = async |email: &str, workspace: &str| {
        let identity = world.identity_token(email).unwrap();
        let body = json!({"workspaceName": workspace}).to_string();
        call(&world, "POST", "/users/login", &identity, &body).await
    };
    assert!(log_in(BOB, "acme").await.json()["accessToken"].is_string());
    assert_eq!(log_in(BOB, "other").await, log_in(BOB, "nothing").await);
    assert_eq!(log_in(BOB, "other").await.error().0, 403);
    let owner = Operator::of(&world, OWNER);
    owner.ask("PATCH", "/workspaces", &json!({"enableSelfService": false})).await;
    let off = (403, "Self-service is disabled for this workspace".to_owned());
    assert_eq!(log_in(BOB, "acme").await.error(), off);
    assert_eq!(log_in(OWNER, "acme").await.status, 200, "operators come in all the same");
    let identity = world.identity_token(BOB).unwrap();
    let members = call(&world, "GET", "/users/memberships", &identity, "").await.json();
    assert_eq!(members, json!({"items": []}));
    let supporter = "support@secureflows.mock";
    world.support_token("acme").unwrap();
    let text = "Use support login for this account".to_owned();
    assert_eq!(log_in(supporter, "acme").await.error(), (403, text.clone()));
    let identity = world.identity_token(supporter).unwrap();
    let members = call(&world, "GET", "/users/memberships", &identity, "").await;
    assert_eq!(members.error(), (403, text));
    // Nobody else comes into the platform's own workspace, or is taken for support by trying.
    let identity = world.identity_token(OWNER).unwrap();
    let body = r#"{"workspaceName":"__support__"}"#;
    for path in ["/sessions", "/sessions/get-or-create", "/users/anonymous"] {
        assert_eq!(call(&world, "POST", path, &identity, body).await.error().0, 404, "{path}");
    }
    assert_eq!(log_in(OWNER, "acme").await.status, 200);
}

#[tokio::test]
async fn users_are_found_changed_and_deleted() {
    let world = world();
    let owner = Operator::of(&world, OWNER);
    let all = owner.get("/users").await;
    assert_eq!(column(&all, "email"), [ADA, ADMIN, BOB, OWNER], "sorted by e-mail");
    let bob = owner.get("/users?q=BOB").await["items"][0].clone();
    let id = bob["id"].as_i64().unwrap();
    assert_eq!(
        bob,
        json!({
            "id": id, "workspaceId": bob["workspaceId"], "role": "USER", "providerUid": bob["providerUid"],
            "userName": null, "email": BOB, "status": "active", "authProvider": "FIREBASE",
        })
    );
    let path = format!("/users/{id}");
    // The whole user comes back, as forms send it: who somebody is does not change by that.
    let mut sent = bob.clone();
    sent["userName"] = "Bob".into();
    sent["workspaceId"] = 999.into();
    sent["providerUid"] = "stolen".into();
    sent["email"] = "eve@example.com".into();
    let changed = owner.ask("PATCH", &path, &sent).await.json();
    let mut expected = bob.clone();
    expected["userName"] = "Bob".into();
    assert_eq!(changed, expected);
    assert_eq!(owner.get(&path).await, expected);
    assert_eq!(owner.ask("PATCH", &path, &json!({"userName": null})).await.json(), bob);
    for bad in [
        json!({"role": "KING"}),
        json!({"role": "SUPPORT"}),
        json!({"userName": ""}),
        json!({"role": 1}),
    ] {
        assert_eq!(owner.ask("PATCH", &path, &bad).await.error().0, 400, "{bad}");
    }
    let session = world.sign_in(BOB, APP).await.unwrap();
    assert_eq!(owner.ask("DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(owner.ask("DELETE", &path, &Value::Null).await.error().0, 404);
    assert_eq!(owner.ask("GET", &path, &Value::Null).await.error().0, 404);
    let read = call(&world, "GET", "/sessions", &session, "").await.error();
    assert_eq!(read, (410, "Session revoked".to_owned()));
    assert_eq!(owner.ask("GET", "/users/bob", &Value::Null).await.error().0, 400);
}

#[tokio::test]
async fn owners_are_made_and_unmade_by_owners_and_one_stays() {
    let world = world();
    let (owner, admin) = (Operator::of(&world, OWNER), Operator::of(&world, ADMIN));
    let id =
        async |q: &str| owner.get(&format!("/users?q={q}")).await["items"][0]["id"].to_string();
    let (olga, bob) =
        (format!("/users/{}", id("olga").await), format!("/users/{}", id("bob").await));
    assert_eq!(admin.ask("PATCH", &bob, &json!({"role": "OWNER"})).await.error().0, 403);
    assert_eq!(admin.ask("PATCH", &olga, &json!({"role": "USER"})).await.error().0, 403);
    assert_eq!(admin.ask("DELETE", &olga, &Value::Null).await.error().0, 403);
    assert_eq!(owner.ask("PATCH", &olga, &json!({"role": "USER"})).await.error().0, 400);
    assert_eq!(owner.ask("DELETE", &olga, &Value::Null).await.error().0, 400);
    assert_eq!(owner.ask("PATCH", &bob, &json!({"role": "OWNER"})).await.json()["role"], "OWNER");
    assert_eq!(owner.ask("PATCH", &olga, &json!({"role": "ADMIN"})).await.json()["role"], "ADMIN");
    assert_eq!(admin.ask("PATCH", &olga, &json!({"role": "USER"})).await.json()["role"], "USER");
}

#[tokio::test]
async fn lists_are_paged_sorted_and_searched_and_never_a_bad_request() {
    let world = world();
    for n in 0..45 {
        let user = UserSpec::new(format!("member{n:02}@example.com"));
        world.add_user("acme", user).await.unwrap();
    }
    let owner = Operator::of(&world, OWNER);
    let page = owner.get("/users?q=member&page=2&pageSize=20&sort=email&dir=desc").await;
    assert_eq!(
        (&page["page"], &page["pageSize"], &page["totalItems"], &page["totalPages"]),
        (&json!(2), &json!(20), &json!(45), &json!(3))
    );
    let emails = column(&page, "email");
    assert_eq!((emails.len(), &emails[0]), (5, &json!("member04@example.com")));
    for query in [
        "page=-1&pageSize=x",
        "sort=colour",
        "dir=up&sort=",
        "page=1&page=2",
        "q=%ff",
        "pageSize=0",
    ] {
        let page = owner.get(&format!("/users?{query}")).await;
        assert_eq!((&page["page"], &page["pageSize"]), (&json!(0), &json!(20)), "{query}");
    }
    assert_eq!(owner.get("/users?pageSize=100000").await["pageSize"], 200);
    assert_eq!(owner.get("/users?page=9999999999").await["items"], json!([]));
    assert_eq!(owner.get("/users?q=nobody").await["totalPages"], 0);
    let by_id = owner.get("/users?sort=id&dir=desc&pageSize=200").await;
    let ids: Vec<i64> = column(&by_id, "id").iter().map(|id| id.as_i64().unwrap()).collect();
    assert!(ids.is_sorted_by(|one, other| one > other));
}

#[tokio::test]
async fn applications_are_registered_changed_and_removed() {
    let world = world();
    let owner = Operator::of(&world, OWNER);
    let new = json!({
        "appId": "shop", "displayName": "Shop", "redirectUris": ["https://shop.example/cb", "com.shop:/cb"],
        "sessionTokenTtlSeconds": 3600,
    });
    let made = owner.ask("POST", "/applications", &new).await.json();
    assert_eq!(
        made,
        json!({
            "id": made["id"], "workspaceId": made["workspaceId"], "appId": "shop", "displayName": "Shop",
            "redirectUris": ["https://shop.example/cb", "com.shop:/cb"],
            "sessionTokenTtlSeconds": 3600, "sessionPayloadTtlSeconds": null,
        })
    );
    assert_eq!(owner.ask("POST", "/applications", &new).await.error().0, 409);
    let mut elsewhere = new.clone();
    elsewhere["appId"] = "other-web".into();
    assert_eq!(
        owner.ask("POST", "/applications", &elsewhere).await.error().0,
        409,
        "unique on the platform"
    );
    for (field, value) in [
        ("appId", json!("a b")),
        ("appId", json!("")),
        ("appId", json!(".")),
        ("appId", json!("..")),
        ("displayName", json!("")),
        ("redirectUris", json!([])),
        ("redirectUris", json!(["javascript:alert(1)"])),
        ("redirectUris", json!("https://a/")),
        ("sessionTokenTtlSeconds", json!(0)),
        ("sessionPayloadTtlSeconds", json!(59)),
        ("sessionPayloadTtlSeconds", json!(315_360_001)),
        ("sessionPayloadTtlSeconds", json!("an hour")),
    ] {
        let mut bad = new.clone();
        bad["appId"] = "bad".into();
        bad[field] = value;
        let (status, error) = owner.ask("POST", "/applications", &bad).await.error();
        assert!(status == 400 && error.contains(field), "{bad}: {error}");
    }
    let path = "/applications/shop";
    let patch = json!({"displayName": "Shop 2", "sessionTokenTtlSeconds": null, "sessionPayloadTtlSeconds": 0});
    let changed = owner.ask("PATCH", path, &patch).await.json();
    assert_eq!(changed["displayName"], "Shop 2");
    assert_eq!(
        (&changed["sessionTokenTtlSeconds"], &changed["sessionPayloadTtlSeconds"]),
        (&Value::Null, &json!(0))
    );
    assert_eq!(changed["redirectUris"], made["redirectUris"], "what is left out stays");
    assert_eq!(owner.get(path).await, changed);

    let uri = json!({"redirectUri": "https://preview.example/cb"});
    let uris = format!("{path}/redirect-uris");
    let once = owner.ask("POST", &uris, &uri).await.json();
    assert_eq!(once["redirectUris"].as_array().unwrap().len(), 3);
    assert_eq!(owner.ask("POST", &uris, &uri).await.json(), once);
    let added = owner.get("/audit/events?pageSize=200").await;
    let added = column(&added, "eventType");
    let times = added.iter().filter(|kind| **kind == "APPLICATION_REDIRECT_URI_ADDED").count();
    assert_eq!(times, 1, "a URI that is there already leaves no event");

    let session = world.sign_in(BOB, "shop").await.unwrap();
    let deleted = owner.ask("DELETE", path, &Value::Null).await;
    assert_eq!((deleted.status.as_u16(), deleted.body.as_str()), (200, ""));
    assert_eq!(deleted.header("content-type"), "");
    assert_eq!(owner.ask("GET", path, &Value::Null).await.error().0, 404);
    assert_eq!(call(&world, "GET", "/sessions", &session, "").await.error().0, 410);
    assert_eq!(owner.ask("POST", "/applications", &new).await.status, 200, "the id is free again");
    let listed = owner.get("/applications?q=sho&sort=appId").await;
    assert_eq!(column(&listed, "appId"), ["shop"]);
}

#[tokio::test]
async fn anybody_may_ask_whether_a_redirect_is_valid() {
    let world = builder().laid();
    let ask = async |body: &str| {
        let answer = call(&world, "POST", "/applications/validate-redirect", "", body).await;
        assert_eq!(answer.status, 200, "{body}");
        answer.json()
    };
    let good = ask(&json!({"appId": APP, "redirectUri": CALLBACK}).to_string()).await;
    assert_eq!(
        good,
        json!({"valid": true, "appId": APP, "redirectUri": CALLBACK, "reason": "ok", "displayName": "Acme <Notes>"})
    );
    for (app_id, uri) in
        [(APP, "http://127.0.0.1:3999/callback/"), ("none", CALLBACK), (APP, "app.other:/cb")]
    {
        let bad = ask(&json!({"appId": app_id, "redirectUri": uri}).to_string()).await;
        assert_eq!((&bad["valid"], &bad["displayName"]), (&json!(false), &Value::Null));
        assert_ne!(bad["reason"], "ok");
    }
    for malformed in ["{", "[]", "{}", r#"{"appId":1}"#, ""] {
        let bad = ask(malformed).await;
        assert_eq!(bad["valid"], false);
        assert!(bad["reason"].is_string());
    }
}

#[tokio::test]
async fn a_new_redirect_uri_opens_hosted_login_and_cors_at_once() {
    let world = world();
    let owner = Operator::of(&world, OWNER);
    let preflight = async |origin: &str| {
        let request = axum::http::Request::options("/api/v1/sessions")
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .body(axum::body::Body::empty());
        common::send(world.router(), request.unwrap()).await.status.as_u16()
    };
    assert_eq!(preflight("https://new.example").await, 403);
    let uri = json!({"redirectUri": "https://new.example/cb"});
    owner.ask("POST", &format!("/applications/{APP}/redirect-uris"), &uri).await;
    assert_eq!(preflight("https://new.example").await, 200);
    let only = json!({"redirectUris": [CALLBACK]});
    owner.ask("PATCH", &format!("/applications/{APP}"), &only).await;
    assert_eq!(preflight("https://new.example").await, 403);
}

#[tokio::test]
async fn the_documentation_is_searched() {
    let world = World::builder().laid();
    let search =
        async |query: &str| call(&world, "GET", &format!("/docs/search?{query}"), "", "").await;
    let found = search("q=grace%20lock&limit=3").await.json();
    assert_eq!((&found["query"], &found["limit"]), (&json!("grace lock"), &json!(3)));
    let hits = found["hits"].as_array().unwrap();
    assert_eq!(hits.len(), 3);
    let scores: Vec<f64> = hits.iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|one, other| one >= other));
    assert!(hits[0]["heading"].as_str().unwrap().to_lowercase().contains("grace"));
    assert_eq!(search("q=nothingofthekind").await.json()["hits"], json!([]));
    for blank in ["", "q=", "q=%20"] {
        let answer = search(blank).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["error"]);
    }
    world.faults().add(Fault::status("docs.search", 503)).unwrap();
    let struck = search("q=grace").await;
    assert_eq!(
        (struck.status.as_u16(), struck.json()),
        (503, json!({"error": "Service unavailable"}))
    );
}

#[tokio::test]
async fn guests_come_in_where_the_workspace_lets_them() {
    let world = builder().workspace(WorkspaceSpec::new("open")).laid();
    world.add_application("open", ApplicationSpec::new("open-web")).await.unwrap();
    let identity = world.identity_token(BOB).unwrap();
    let join = async |workspace: &str| {
        let body = json!({"workspaceName": workspace}).to_string();
        call(&world, "POST", "/users/anonymous", &identity, &body).await
    };
    let joined = join("open").await.json();
    assert_eq!(joined["email"], BOB);
    assert_eq!(join("open").await.json(), joined, "once is enough");
    assert_eq!(join("other").await.error().0, 403);
    assert_eq!(join("nothing").await.error().0, 404);
}
