//! A small world and a client that needs no socket.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

pub(crate) mod begun;
#[cfg(feature = "postgres")]
mod database;
#[cfg(feature = "postgres")]
pub(crate) mod server;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use secureflows_mock::{
    ApplicationSpec, Profile, Role, UserSpec, WorkspaceSpec, World, WorldBuilder,
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const BOB: &str = "bob@example.com";
pub(crate) const APP: &str = "acme-web";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:3999/callback";

pub(crate) fn builder() -> WorldBuilder {
    World::builder()
        .seed(7)
        .workspace(WorkspaceSpec::new("acme"))
        .workspace(WorkspaceSpec::new("other").accept_anonymous(false))
        .application(
            "acme",
            ApplicationSpec::new(APP).display_name("Acme <Notes>").redirect_uri(CALLBACK),
        )
        .application("other", ApplicationSpec::new("other-web").redirect_uri("app.other:/cb"))
        .user("acme", UserSpec::new(ADA).password("correct horse"))
        .user("acme", UserSpec::new(BOB).password("battery staple"))
}

/// Who owns `acme` where somebody does.
pub(crate) const OWNER: &str = "olga@example.com";

/// The same with somebody who runs `acme`.
pub(crate) fn owned() -> WorldBuilder {
    builder().user("acme", UserSpec::new(OWNER).role(Role::Owner))
}

/// A call of the owner's to the management API; no body for `null`.
pub(crate) async fn as_owner(world: &World, method: &str, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    call(world, method, path, &world.user_token(OWNER, "acme").unwrap(), &body).await
}

/// What the owner reads there.
pub(crate) async fn owner_sees(world: &World, path: &str) -> Value {
    let answer = as_owner(world, "GET", path, &Value::Null).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

/// Makes a world, in memory or, where the environment names a server, in a database of its own there.
pub(crate) trait Laid {
    fn laid(self) -> World;
}

impl Laid for WorldBuilder {
    fn laid(self) -> World {
        #[cfg(feature = "postgres")]
        if let Some(server) = server::of_environment() {
            return self.database(server.database()).build().unwrap();
        }
        self.build().unwrap()
    }
}

pub(crate) fn world() -> World {
    builder().laid()
}

/// What a database has not: snapshots, time that waits for nobody, a seed that decides every byte.
pub(crate) fn in_memory() -> World {
    builder().build().unwrap()
}

pub(crate) fn world_of(profile: Profile) -> World {
    builder().profile(profile).laid()
}

/// An answer, read whole.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and `error`, after checking that the body is the standard one.
    pub(crate) fn error(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(self.header("content-type"), "application/json");
        (self.status.as_u16(), body["error"].as_str().unwrap().to_owned())
    }
}

pub(crate) async fn send(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// A call under `/api/v1`; a non-empty `body` is JSON.
pub(crate) async fn call(
    world: &World,
    method: &str,
    path: &str,
    token: &str,
    body: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    send(world.router(), request.body(Body::from(body.to_owned())).unwrap()).await
}

/// A page or any other address, without a body.
pub(crate) async fn visit(world: &World, address: &str, cookie: &str) -> Answer {
    let mut request = Request::get(address);
    if !cookie.is_empty() {
        request = request.header("cookie", cookie);
    }
    send(world.router(), request.body(Body::empty()).unwrap()).await
}

pub(crate) async fn post_form(world: &World, address: &str, cookie: &str, form: &str) -> Answer {
    let request = Request::post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookie)
        .body(Body::from(form.to_owned()));
    send(world.router(), request.unwrap()).await
}

/// What the browser keeps of an answer's cookie.
pub(crate) fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// A parameter of the address that an answer redirects to, not decoded.
pub(crate) fn parameter<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let query = answer.header("location").split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// What a signed token says; `part` 0 is its header, 1 its claims.
pub(crate) fn says(token: &str, part: usize) -> Value {
    let part = token.split('.').nth(part).unwrap();
    serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap()
}

/// Whether the platform takes an identity token.
pub(crate) async fn counts(world: &World, token: &str) -> bool {
    let body = format!(r#"{{"workspaceName":"acme","app_id":"{APP}"}}"#);
    let answer = call(world, "POST", "/sessions/get-or-create", token, &body).await;
    if answer.status != 200 {
        assert_eq!(answer.error(), (401, "Invalid Firebase token".to_owned()));
    }
    answer.status == 200
}

/// A call of the identity provider's API, with its explanation.
pub(crate) async fn ask(world: &World, what: &str, body: &Value) -> Answer {
    let request = Request::post(format!("/identity/v1/{what}"))
        .header("content-type", "application/json")
        .header("x-mock-explain", "1")
        .body(Body::from(body.to_string()));
    send(world.router(), request.unwrap()).await
}

/// Signs in at it.
pub(crate) async fn password(world: &World, email: &str, password: &str) -> Answer {
    ask(world, "sign-in", &json!({ "email": email, "password": password })).await
}

/// The text of a login page's alert: nobody was signed in.
pub(crate) fn alert(answer: &Answer) -> String {
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert!(!answer.headers.contains_key("set-cookie"));
    let alert = answer.body.split("role=\"alert\"").nth(1).unwrap();
    alert.split_once('>').unwrap().1.split('<').next().unwrap().to_owned()
}
