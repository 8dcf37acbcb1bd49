//! Who may do what: every operation of the OpenAPI document, asked by every kind of caller. What is to come
//! of it stands in `authorisation.md`; an operation without a row there fails.
//!
//! `UPDATE_MATRIX=1 cargo test -p secureflows-mock --test authorisation` writes the rows anew, to be read
//! line by line before they are committed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::{cell::RefCell, collections::BTreeMap, fmt::Write as _};

use common::{
    Answer,
    begun::{Begun, Laying},
    call, post_form, visit,
};
use secureflows_mock::{
    ApplicationSpec, Payment, Profile, Role, UserSpec, WorkspaceSpec, World, WorldBuilder,
};
use serde_json::{Value, json};

const MATRIX: &str = include_str!("authorisation.md");
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/authorisation.md");
const PUBLISHED: &str = include_str!("../published.tsv");
const NOTES: &str = "acme-notes";
const BACK: &str = "http://localhost:5173/";
const LOGIN: &str = "/app/sessions/login?workspace_name=acme&app_id=acme-notes&redirect_uri=http%3A%2F%2Flocalhost%3A5173%2F";

/// The kinds of caller, in the order of the columns.
const CALLERS: [&str; 16] = [
    "none",
    "garbage",
    "identity",
    "stranger's identity",
    "session",
    "other app's session",
    "other user's session",
    "USER",
    "other USER",
    "ANONIMOUS",
    "ADMIN",
    "OWNER",
    "SUPPORT",
    "other workspace",
    "self-service off",
    "grace lock",
];

/// A state in which there is something to ask for, and what the callers bear.
struct Stage {
    profile: Profile,
    begun: Begun,
    /// A world that nothing was changed in since.
    unchanged: RefCell<Option<World>>,
    tokens: BTreeMap<&'static str, String>,
    /// What a path or a query is filled in with.
    names: BTreeMap<&'static str, String>,
}

/// What the callers bear, and what they ask for.
type Set = (BTreeMap<&'static str, String>, BTreeMap<&'static str, String>);

impl Stage {
    async fn set(profile: Profile, self_service: bool, locked: bool) -> Self {
        let laying = Laying::of(builder(profile, self_service));
        let (tokens, names) = set(&laying.world).await;
        if locked {
            assert!(laying.world.lock_workspace("acme").await);
        }
        let begun = laying.done();
        Self { profile, begun, unchanged: RefCell::default(), tokens, names }
    }

    fn world(&self) -> World {
        // The rows are there: only the settings count.
        self.begun.world(builder(self.profile, true))
    }

    /// Asks for an operation where nothing was changed before.
    async fn ask(&self, operation: &Operation, token: &str) -> Answer {
        let path = operation.path(&self.names);
        let mut body = operation.body.clone();
        if body["secretKey"].is_string() {
            body["secretKey"] = self.names["secret"].clone().into();
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.call(&operation.method, &path, token, &body).await
    }

    async fn call(&self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let unchanged = self.unchanged.take();
        let world = unchanged.unwrap_or_else(|| self.world());
        let answer = call(&world, method, path, token, body).await;
        let reads = method == "GET" && !path.starts_with("/auth/logout");
        if reads || answer.status.is_client_error() {
            self.unchanged.replace(Some(world));
        }
        answer
    }
}

fn builder(profile: Profile, self_service: bool) -> WorldBuilder {
    let user = |name: &str, role| UserSpec::new(format!("{name}@example.com")).role(role);
    World::builder()
        .seed(11)
        .profile(profile)
        .payment(Payment::on())
        .workspace(WorkspaceSpec::new("acme").self_service(self_service))
        .workspace(WorkspaceSpec::new("other"))
        .application("acme", ApplicationSpec::new(NOTES).redirect_uri(BACK))
        .application("acme", ApplicationSpec::new("acme-other").redirect_uri("acme:/cb"))
        .application("other", ApplicationSpec::new("other-app").redirect_uri("other:/cb"))
        .user("acme", user("ada", Role::Owner))
        .user("acme", user("grace", Role::Admin))
        .user("acme", user("bob", Role::User))
        .user("acme", user("carol", Role::User))
        .user("other", user("eve", Role::Owner))
}

async fn set(world: &World) -> Set {
    let sign_in =
        async |name: &str, app| world.sign_in(&format!("{name}@example.com"), app).await.unwrap();
    let identity = |name: &str| world.identity_token(&format!("{name}@example.com")).unwrap();
    let user_token = |name: &str, workspace| {
        world.user_token(&format!("{name}@example.com"), workspace).unwrap_or_default()
    };
    let owner = user_token("ada", "acme");
    let session = sign_in("bob", NOTES).await;
    call(world, "POST", "/sessions/set/theme", &session, r#"{"value":1}"#).await;
    let bobs = call(world, "GET", "/sessions/admin", &owner, "").await.json();
    let invite = r#"{"role":"user","ttlSeconds":3600}"#;
    let secret = call(world, "POST", "/invites", &owner, invite).await.json();
    let invites = call(world, "GET", "/invites", &owner, "").await.json();
    let carol = call(world, "GET", "/users?q=carol", &owner, "").await.json();
    let mut tokens = BTreeMap::from([
        ("none", String::new()),
        ("garbage", "garbage".to_owned()),
        ("identity", identity("bob")),
        ("stranger's identity", identity("eve")),
        ("other app's session", sign_in("bob", "acme-other").await),
        ("other user's session", sign_in("carol", NOTES).await),
        ("USER", user_token("bob", "acme")),
        ("other USER", user_token("carol", "acme")),
        ("ANONIMOUS", anonymous(world).await),
        ("ADMIN", user_token("grace", "acme")),
        ("OWNER", owner),
        ("SUPPORT", world.support_token("acme").unwrap()),
        ("other workspace", user_token("eve", "other")),
    ]);
    tokens.insert("session", session.clone());
    let number = |page: &Value| page["items"][0]["id"].to_string();
    let names = BTreeMap::from([
        ("sessionId", number(&bobs)),
        ("users", number(&carol)),
        ("invites", number(&invites)),
        ("secret", secret["secretKey"].as_str().unwrap().to_owned()),
        ("firebaseToken", identity("bob")),
        ("session", session),
    ]);
    (tokens, names)
}

/// Signs a guest in at the pages, and in to the management API.
async fn anonymous(world: &World) -> String {
    let submitted = post_form(world, LOGIN, "", "action=anonymous").await;
    let callback = submitted.header("location").to_owned();
    visit(world, &callback, "").await;
    let identity = callback.split("firebaseToken=").nth(1).unwrap().split('&').next().unwrap();
    let login = r#"{"workspaceName":"acme"}"#;
    let answer = call(world, "POST", "/users/login", identity, login).await;
    answer.json()["accessToken"].as_str().unwrap_or_default().to_owned()
}

/// An operation as the OpenAPI document describes it.
struct Operation {
    name: String,
    method: String,
    template: String,
    /// The name of the token that it takes; `None` without one.
    takes: Option<String>,
    query: Vec<String>,
    body: Value,
}

impl Operation {
    /// Every operation of the platform's API.
    async fn all(world: &World) -> Vec<Self> {
        let document = visit(world, "/openapi.json", "").await.json();
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let Some(path) = path.strip_prefix("/api/v1") else { continue };
            for (method, described) in item.as_object().unwrap() {
                let takes = described["security"][0].as_object();
                let parameters = described["parameters"].as_array().cloned().unwrap_or_default();
                let required =
                    parameters.iter().filter(|it| it["in"] == "query" && it["required"] == true);
                let body = &described["requestBody"]["content"]["application/json"]["example"];
                all.push(Self {
                    name: described["operationId"].as_str().unwrap().to_owned(),
                    method: method.to_uppercase(),
                    template: path.to_owned(),
                    takes: takes.and_then(|takes| takes.keys().next().cloned()),
                    query: required.map(|it| it["name"].as_str().unwrap().to_owned()).collect(),
                    body: body.clone(),
                });
            }
        }
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    fn path(&self, names: &BTreeMap<&'static str, String>) -> String {
        let rows = self.name.split('.').next().unwrap();
        let id = names.get(rows).cloned().unwrap_or_default();
        let mut path = self.template.replace("{id}", &id);
        for (name, value) in [
            ("{sessionId}", names["sessionId"].as_str()),
            ("{sessionToken}", names["session"].as_str()),
            ("{appId}", NOTES),
            ("{key}", "theme"),
        ] {
            path = path.replace(name, value);
        }
        for (n, name) in self.query.iter().enumerate() {
            let value = match name.as_str() {
                "firebaseToken" => names["firebaseToken"].as_str(),
                "session_token" => names["session"].as_str(),
                "client_redirect_uri" | "redirect_uri" => "http%3A%2F%2Flocalhost%3A5173%2F",
                "workspace_name" => "acme",
                "app_id" => NOTES,
                _ => "session",
            };
            let joint = if n == 0 { '?' } else { '&' };
            write!(path, "{joint}{name}={value}").unwrap();
        }
        path
    }
}

struct Stages {
    open: Stage,
    self_service_off: Stage,
    locked: Stage,
}

impl Stages {
    async fn set(profile: Profile) -> Self {
        Self {
            open: Stage::set(profile, true, false).await,
            self_service_off: Stage::set(profile, false, false).await,
            locked: Stage::set(profile, true, true).await,
        }
    }

    /// What an operation answers to a kind of caller.
    async fn ask(&self, operation: &Operation, caller: &str) -> Answer {
        let (stage, bearer) = match caller {
            "self-service off" => {
                // A plain user gets no token there; an operator does, and still has no self-service.
                let bearer = match operation.takes.as_deref() {
                    Some("user") => "ADMIN",
                    other => own(other),
                };
                (&self.self_service_off, bearer)
            }
            "grace lock" => {
                let bearer = match operation.takes.as_deref() {
                    Some("user") => "OWNER",
                    other => own(other),
                };
                (&self.locked, bearer)
            }
            caller => (&self.open, caller),
        };
        stage.ask(operation, &stage.tokens[bearer]).await
    }
}

/// The caller who has the token that an operation takes.
fn own(takes: Option<&str>) -> &'static str {
    match takes {
        Some("session") => "session",
        Some("identity") => "identity",
        _ => "none",
    }
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_the_matrix_says() {
    let stages = Stages::set(Profile::Default).await;
    let operations = Operation::all(&stages.open.world()).await;
    assert_eq!(operations.len(), 52);
    let mut text = MATRIX.split("\n| operation").next().unwrap().to_owned();
    write!(text, "\n| operation | {} |\n", CALLERS.join(" | ")).unwrap();
    writeln!(text, "| --- |{}", " --- |".repeat(CALLERS.len())).unwrap();
    for operation in &operations {
        write!(text, "| `{}` |", operation.name).unwrap();
        for caller in CALLERS {
            let answer = stages.ask(operation, caller).await;
            write!(text, " {} |", answer.status.as_u16()).unwrap();
        }
        text.push('\n');
    }
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(PATH, text).unwrap();
        return;
    }
    for (expected, is) in MATRIX.lines().zip(text.lines()) {
        assert_eq!(is, expected);
    }
    assert_eq!(text.lines().count(), MATRIX.lines().count(), "a row too many or too few");
}

#[tokio::test]
async fn profile_published_answers_every_caller_in_published_words() {
    let stages = Stages::set(Profile::Published).await;
    let operations = Operation::all(&stages.open.world()).await;
    for operation in &operations {
        let row = format!("{}\t{}\t", operation.method, operation.template);
        let row = PUBLISHED.lines().find(|line| line.starts_with(&row)).unwrap();
        let published: Vec<&str> = row.split('\t').nth(4).unwrap().split(' ').collect();
        for caller in CALLERS {
            let answer = stages.ask(operation, caller).await;
            let status = answer.status.as_str();
            // Contract §5: a missing or bad USER token is 403 where 401 is not listed. Ruling 7: the grace
            // lock closes all that touches payloads. A caller of the wrong kind is no well-formed call.
            let locked = answer.body.contains("BILLING_GRACE_LOCK");
            let ruled = operation.takes.as_deref() == Some("user") && status == "403" || locked;
            let known = published.contains(&status) || status == "400" || ruled;
            assert!(known, "{} {caller}: {status} {}", operation.name, answer.body);
        }
    }
}

#[tokio::test]
async fn another_tenants_ids_answer_as_ids_that_do_not_exist() {
    for profile in [Profile::Default, Profile::Published, Profile::Legacy] {
        let stage = Stage::set(profile, true, false).await;
        let stranger = &stage.tokens["other workspace"];
        let mut nowhere = stage.names.clone();
        for name in ["sessionId", "users", "invites"] {
            nowhere.insert(name, "987654321".to_owned());
        }
        let operations = Operation::all(&stage.world()).await;
        for operation in &operations {
            let names_a_row =
                operation.template.contains("Id}") || operation.template.contains("{id}");
            if operation.takes.as_deref() != Some("user") || !names_a_row {
                continue;
            }
            let body =
                if operation.body.is_null() { String::new() } else { operation.body.to_string() };
            let ask =
                async |path: String| stage.call(&operation.method, &path, stranger, &body).await;
            let foreign = ask(operation.path(&stage.names)).await;
            let unknown = operation.path(&nowhere).replace(NOTES, "nothing");
            let unknown = ask(unknown).await;
            assert_eq!(foreign, unknown, "{} {profile:?}", operation.name);
            assert!(foreign.status.is_client_error(), "{}", operation.name);
        }
    }
}

#[tokio::test]
async fn a_role_that_was_lost_counts_at_once() {
    let stage = Stage::set(Profile::Default, true, false).await;
    let world = stage.world();
    let (owner, admin) = (&stage.tokens["OWNER"], &stage.tokens["ADMIN"]);
    assert_eq!(call(&world, "GET", "/users", admin, "").await.status, 200);
    let grace = call(&world, "GET", "/users?q=grace", owner, "").await.json();
    let path = format!("/users/{}", grace["items"][0]["id"]);
    let demoted = call(&world, "PATCH", &path, owner, &json!({"role": "USER"}).to_string()).await;
    assert_eq!(demoted.json()["role"], "USER");
    assert_eq!(call(&world, "GET", "/users", admin, "").await.error().0, 403);
    assert_eq!(call(&world, "DELETE", &path, owner, "").await.status, 204);
    assert_eq!(call(&world, "GET", "/sessions/my", admin, "").await.error().0, 401);
}
