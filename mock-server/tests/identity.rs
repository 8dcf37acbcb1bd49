//! The identity provider as people and programs meet it: passwords, other providers, refresh tokens, keys.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers fail the test they help"
)]

mod common;

use std::time::Duration;

use axum::{body::Body, http::Request};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use common::{ADA, APP, Answer, BOB, builder, call, post_form, send, visit, world};
use secureflows_mock::{UserSpec, World};
use serde_json::{Value, json};

const LOGIN: &str = "/app/sessions/login?workspace_name=acme&app_id=acme-web\
    &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback";
const QUERY: &str = "workspace_name=acme&app_id=acme-web\
    &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback&state=a%26b%2B%ff%20c";

/// A call of the identity provider's API.
async fn ask(world: &World, what: &str, body: &Value) -> Answer {
    let request = Request::post(format!("/identity/v1/{what}"))
        .header("content-type", "application/json")
        .header("x-mock-explain", "1")
        .body(Body::from(body.to_string()));
    send(world.router(), request.unwrap()).await
}

async fn password(world: &World, email: &str, password: &str) -> Answer {
    ask(world, "sign-in", &json!({ "email": email, "password": password })).await
}

async fn refresh(world: &World, token: &Value) -> Answer {
    ask(world, "refresh", &json!({ "refreshToken": token })).await
}

/// What a token says; `part` 0 is its header.
fn says(token: &str, part: usize) -> Value {
    let part = token.split('.').nth(part).unwrap();
    serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap()
}

fn claims(token: &Value) -> Value {
    says(token.as_str().unwrap(), 1)
}

fn kid(token: &str) -> Value {
    says(token, 0)["kid"].clone()
}

/// Whether the platform takes an identity token.
async fn counts(world: &World, token: &str) -> bool {
    let body = json!({ "workspaceName": "acme", "app_id": APP }).to_string();
    let answer = call(world, "POST", "/sessions/get-or-create", token, &body).await;
    if answer.status != 200 {
        assert_eq!(answer.error(), (401, "Invalid Firebase token".to_owned()));
    }
    answer.status == 200
}

async fn listed(world: &World) -> Vec<Value> {
    let keys = visit(world, "/.well-known/jwks.json", "").await.json();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect()
}

/// A parameter of the address that an answer redirects to, not decoded.
fn parameter<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let query = answer.header("location").split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// The address of the link with this text.
fn link(page: &str, text: &str) -> String {
    let before = page.split(text).next().unwrap();
    let tag = &before[before.rfind("<a ").unwrap()..];
    tag.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&")
}

/// Chooses somebody at a provider's page.
async fn choose(world: &World, provider: &str, form: &str) -> Answer {
    post_form(world, &format!("/app/identity/{provider}?{QUERY}"), "", form).await
}

/// Who came out of a choice, from the identity token that goes to the callback.
fn chosen(answer: &Answer) -> Value {
    assert_eq!(answer.status, 303, "{}", answer.body);
    says(parameter(answer, "firebaseToken").unwrap(), 1)
}

/// The text of a page's alert.
fn alert(answer: &Answer) -> String {
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert!(!answer.headers.contains_key("set-cookie"));
    let alert = answer.body.split("role=\"alert\"").nth(1).unwrap();
    alert.split_once('>').unwrap().1.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn programs_sign_up_in_and_on() {
    let world = world();
    let eve = json!({ "email": "Eve@example.com", "password": "long enough", "name": "Eve" });
    let made = ask(&world, "sign-up", &eve).await;
    assert_eq!((made.status.as_u16(), made.header("cache-control")), (200, "no-store"));
    assert_eq!(made.json()["expiresIn"], 3600);
    let signed_in = password(&world, "eve@example.com", "long enough").await.json();
    for answer in [&made.json(), &signed_in] {
        let claims = claims(&answer["identityToken"]);
        assert_eq!(claims["email"], "eve@example.com");
        assert_eq!(claims["email_verified"], false);
        assert_eq!(claims["name"], "Eve");
        assert_eq!(claims["firebase"], json!({ "sign_in_provider": "password" }));
        assert!(counts(&world, answer["identityToken"].as_str().unwrap()).await);
    }
    let guest = ask(&world, "anonymous", &json!({})).await.json();
    let claims = claims(&guest["identityToken"]);
    assert_eq!(claims["firebase"]["sign_in_provider"], "anonymous");
    assert!(claims.get("email").is_none() && claims.get("email_verified").is_none());
}

#[tokio::test]
async fn a_sign_up_that_cannot_be_says_why() {
    let world = world();
    for (body, status, text) in [
        (json!({ "email": "eve", "password": "long enough" }), 400, "e-mail"),
        (json!({ "email": "eve@example.com", "password": "short" }), 400, "8 characters"),
        (
            json!({ "email": "eve@example.com", "password": "long enough", "name": " " }),
            400,
            "name",
        ),
        (json!({ "email": "ADA@example.com", "password": "long enough" }), 409, "Try to sign in"),
        (json!({ "email": "eve@example.com" }), 400, "password"),
    ] {
        let (got, error) = ask(&world, "sign-up", &body).await.error();
        assert_eq!(got, status, "{body}");
        assert!(error.contains(text), "{error}");
    }
    assert_eq!(password(&world, "eve@example.com", "long enough").await.error().0, 401);
}

#[tokio::test]
async fn guessing_locks_an_email_whether_or_not_it_is_known() {
    let world = world();
    let mut seen = Vec::new();
    for email in [ADA, "nobody@example.com"] {
        for _ in 0..10 {
            seen.push(password(&world, email, "wrong").await.error());
        }
        let locked = password(&world, email, "correct horse").await;
        assert!(locked.header("x-mock-explanation").contains("account.lockout"), "{email}");
        seen.push(locked.error());
    }
    assert_eq!(seen[0].0, 401);
    assert!(seen[0].1.contains("locked for 15 minutes"));
    assert!(seen.iter().all(|answer| *answer == seen[0]), "nothing tells who exists");

    // The page counts with the API, and says the same.
    let form = "action=sign_in&email=ada%40example.com&password=correct+horse";
    let page = post_form(&world, LOGIN, "", form).await;
    assert_eq!(alert(&page), seen[0].1);
    let other = "action=sign_in&email=bob%40example.com&password=battery+staple";
    assert_eq!(post_form(&world, LOGIN, "", other).await.status, 303, "others come in");

    world.advance(Duration::from_secs(15 * 60 - 1)).await;
    assert_eq!(post_form(&world, LOGIN, "", form).await.status, 401);
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(post_form(&world, LOGIN, "", form).await.status, 303, "it ends by itself");
}

#[tokio::test]
async fn a_success_begins_the_count_anew() {
    let world = world();
    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(password(&world, ADA, "wrong").await.status, 401);
        }
        assert_eq!(password(&world, " ADA@example.com ", "correct horse").await.status, 200);
    }
    let snapshot = world.snapshot();
    for _ in 0..10 {
        password(&world, ADA, "wrong").await;
    }
    assert_eq!(password(&world, ADA, "correct horse").await.status, 401);
    world.restore(&snapshot);
    assert_eq!(password(&world, ADA, "correct horse").await.status, 200);
}

#[tokio::test]
async fn a_persona_signs_in_with_every_parameter_kept() {
    let world = world();
    let login = visit(&world, &format!("/app/sessions/login?{QUERY}&mode=signup"), "").await.body;
    for provider in ["Google", "GitHub", "Microsoft"] {
        let address = link(&login, &format!("Continue with {provider}"));
        let slug = provider.to_lowercase();
        assert_eq!(address, format!("/app/identity/{slug}?{QUERY}"));
        let page = visit(&world, &address, "").await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Acme &#60;Notes&#62;") && page.body.contains("Alan Turing"));
        assert!(page.body.contains(&format!("{provider} has verified it")));
        assert!(page.header("content-security-policy").contains("form-action 'self' http: https:"));
        let back = link(&page.body, "Cancel");
        assert_eq!(back, format!("/app/sessions/login?{QUERY}&prompt=login"));

        let on = choose(&world, &slug, "persona=alan").await;
        let claims = chosen(&on);
        assert_eq!(claims["firebase"]["sign_in_provider"], format!("{slug}.com"));
        assert_eq!(
            (&claims["name"], &claims["email_verified"]),
            (&json!("Alan Turing"), &json!(true))
        );
        let landed = visit(&world, on.header("location"), "").await;
        assert_eq!(parameter(&landed, "state"), Some("a%26b%2B%FF%20c"));
        let token = parameter(&landed, "sessionToken").unwrap();
        let identity = call(&world, "GET", "/sessions/identity", token, "").await.json();
        assert_eq!(identity["email"], "alan@example.com");

        let known = visit(&world, LOGIN, &cookie(&on)).await.body;
        assert!(known.contains("Continue as alan@example.com?"));
        let again = post_form(&world, LOGIN, &cookie(&on), "action=continue").await;
        assert_eq!(chosen(&again)["firebase"], claims["firebase"], "continuing is no new way in");
    }
}

#[tokio::test]
async fn the_providers_person_stays_the_same_account() {
    let world = world();
    let first = chosen(&choose(&world, "google", "persona=alan").await);
    let again = chosen(&choose(&world, "google", "persona=alan").await);
    let by_email = "persona=&email=Alan%40example.com&verified=yes";
    let own = chosen(&choose(&world, "google", by_email).await);
    let other = chosen(&choose(&world, "github", "persona=alan").await);
    assert!([&again, &own, &other].iter().all(|it| it["sub"] == first["sub"]));
    assert_ne!(chosen(&choose(&world, "google", "persona=ada").await)["sub"], first["sub"]);
}

#[tokio::test]
async fn an_account_is_linked_only_when_both_sides_verified_the_email() {
    let world = world();
    let ada = claims(&password(&world, ADA, "correct horse").await.json()["identityToken"]);
    let claimed = choose(&world, "github", "persona=&email=ada%40example.com").await;
    assert!(alert(&claimed).contains("GitHub has not verified this e-mail"));
    assert!(claimed.body.contains(r#"value="ada@example.com""#), "what was typed stays");
    assert!(!claimed.body.contains("checked"));

    let linked = chosen(&choose(&world, "github", "persona=ada").await);
    assert_eq!(linked["sub"], ada["sub"]);
    assert_eq!(linked["name"], "Ada Lovelace", "an account without a name gets the provider's");
    let claimed = choose(&world, "github", "persona=&email=ada%40example.com").await;
    assert!(alert(&claimed).contains("GitHub has not verified"), "a link helps no claim");

    // Somebody made an account with Alan's e-mail before he came.
    let squatter = json!({ "email": "alan@example.com", "password": "not alan's" });
    let squatter = ask(&world, "sign-up", &squatter).await.json();
    let refused = choose(&world, "google", "persona=alan").await;
    assert!(alert(&refused).contains("its e-mail was never verified"));
    world.verify_email(" Alan@example.com").await.unwrap();
    let alan = chosen(&choose(&world, "google", "persona=alan").await);
    assert_eq!(alan["sub"], claims(&squatter["identityToken"])["sub"]);
    let signed_in = password(&world, "alan@example.com", "not alan's").await.json();
    assert_eq!(claims(&signed_in["identityToken"])["email_verified"], true);
    assert!(world.verify_email("nobody@example.com").await.is_err());
}

#[tokio::test]
async fn an_unverified_persona_gets_an_account_of_their_own_only() {
    let builder = builder().user("acme", UserSpec::new("eve@example.com").email_verified(false));
    let world = builder.build().unwrap();
    let mallory = chosen(&choose(&world, "microsoft", "persona=mallory").await);
    assert_eq!(mallory["email_verified"], false);
    let again = chosen(&choose(&world, "microsoft", "persona=mallory").await);
    assert_eq!(again["sub"], mallory["sub"]);
    let elsewhere = choose(&world, "google", "persona=mallory").await;
    assert!(alert(&elsewhere).contains("Google has not verified"));
    let eve = choose(&world, "google", "persona=&email=eve%40example.com&verified=yes").await;
    assert!(alert(&eve).contains("never verified"));
}

#[tokio::test]
async fn a_provider_page_takes_no_nonsense() {
    let world = world();
    for bad in ["persona=&email=", "persona=nobody&email=%3Cscript%3E", ""] {
        let answer = choose(&world, "google", bad).await;
        assert!(alert(&answer).contains("Enter an e-mail address"), "{bad}");
        assert!(!answer.body.contains("<script"));
    }
    for path in ["/app/identity/facebook", "/app/login/facebook"] {
        let address = format!("{path}?{QUERY}");
        assert_eq!(visit(&world, &address, "").await.status, 404);
        assert_eq!(post_form(&world, &address, "", "persona=ada").await.status, 404);
    }
    let wrong = "/app/identity/google?app_id=acme-web";
    for answer in
        [visit(&world, wrong, "").await, post_form(&world, wrong, "", "persona=ada").await]
    {
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("<code>workspace_name</code>"));
    }
    for path in [format!("/app/identity/google?{QUERY}"), "/app/login/google".to_owned()] {
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-site")
            .body(Body::from("persona=ada"));
        assert_eq!(send(world.router(), request.unwrap()).await.status, 403);
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_thief_ends_its_family() {
    let world = world();
    let first = password(&world, ADA, "correct horse").await.json();
    world.advance(Duration::from_secs(7_200)).await;
    let second = refresh(&world, &first["refreshToken"]).await.json();
    assert_ne!(second["refreshToken"], first["refreshToken"]);
    let (old, new) = (claims(&first["identityToken"]), claims(&second["identityToken"]));
    assert_eq!((&new["sub"], &new["auth_time"]), (&old["sub"], &old["auth_time"]));
    assert!(!counts(&world, first["identityToken"].as_str().unwrap()).await);
    assert!(counts(&world, second["identityToken"].as_str().unwrap()).await);
    let third = refresh(&world, &second["refreshToken"]).await.json();

    let other = password(&world, ADA, "correct horse").await.json();
    let refused = (401, "Invalid refresh token".to_owned());
    let reused = refresh(&world, &first["refreshToken"]).await;
    assert!(reused.header("x-mock-explanation").contains("refresh_token.reuse"));
    assert_eq!(reused.error(), refused);
    assert_eq!(refresh(&world, &third["refreshToken"]).await.error(), refused, "the newest too");
    assert_eq!(refresh(&world, &other["refreshToken"]).await.status, 200, "another sign-in stays");
    for forged in ["", ".", "a.b", "nothing"] {
        assert_eq!(refresh(&world, &json!(forged)).await.error(), refused, "{forged}");
    }
    assert_eq!(refresh(&world, &json!(1)).await.error().0, 400);
}

#[tokio::test]
async fn either_logout_revokes_every_refresh_token_of_the_account() {
    for browser in [false, true] {
        let world = world();
        let families = [
            password(&world, ADA, "correct horse").await,
            password(&world, ADA, "correct horse").await,
        ];
        let bob = password(&world, BOB, "battery staple").await.json();
        let token = world.sign_in(ADA, APP).await.unwrap();
        let out = if browser {
            let back = "http://127.0.0.1:3999/";
            let query = format!("session_token={token}&redirect_uri={back}");
            visit(&world, &format!("/api/v1/auth/logout?{query}"), "").await
        } else {
            call(&world, "POST", "/auth/logout", &token, "").await
        };
        assert!(out.status == 200 || out.status == 302, "{}", out.body);
        for family in &families {
            assert_eq!(refresh(&world, &family.json()["refreshToken"]).await.error().0, 401);
        }
        assert_eq!(refresh(&world, &bob["refreshToken"]).await.status, 200);
        assert_eq!(password(&world, ADA, "correct horse").await.status, 200);
    }
}

#[tokio::test]
async fn a_rotated_key_is_good_until_its_tokens_expire() {
    let world = world();
    let first = world.identity_token(ADA).unwrap();
    assert_eq!(listed(&world).await, [kid(&first)]);
    world.advance(Duration::from_secs(60)).await;
    let snapshot = world.snapshot();
    let second_kid = json!(world.rotate_identity_keys().await.unwrap());
    let second = password(&world, ADA, "correct horse").await.json();
    let second = second["identityToken"].as_str().unwrap();
    assert_eq!(kid(second), second_kid);
    assert_eq!(listed(&world).await, [second_kid.clone(), kid(&first)]);
    assert!(counts(&world, &first).await && counts(&world, second).await);

    world.advance(Duration::from_secs(3_599)).await;
    assert!(!counts(&world, &first).await, "it has expired by itself");
    assert!(counts(&world, second).await);
    assert_eq!(listed(&world).await.len(), 2);
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(listed(&world).await, [second_kid]);

    // A snapshot knows which key signs, and the next rotation leads to the same one.
    world.restore(&snapshot);
    assert_eq!(listed(&world).await, [kid(&first)]);
    assert_eq!(json!(world.rotate_identity_keys().await.unwrap()), kid(second));
    world.rotate_identity_keys().await.unwrap();
    assert!(!counts(&world, &first).await, "two rotations old, though it has not expired");
}

#[tokio::test]
async fn the_console_gets_an_identity_token_and_no_session() {
    let world = world();
    let login = "/app/login?redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2F&state=%ffx";
    let page = visit(&world, login, "").await;
    assert!(
        page.body.contains("http://127.0.0.1:3999/") && page.body.contains(r#"name="password""#)
    );
    assert!(!page.body.contains("without an account"));
    assert_eq!(post_form(&world, login, "", "action=anonymous").await.status, 401);
    let form = "action=sign_in&email=ada%40example.com&password=correct+horse";
    let on = post_form(&world, login, "", form).await;
    let token = parameter(&on, "firebaseToken").unwrap();
    assert_eq!(
        on.header("location"),
        format!("http://127.0.0.1:3999/?firebaseToken={token}&state=%FFx")
    );
    assert!(counts(&world, token).await);
    assert!(world.at_rest().len() == 1, "only that of the check");
    let known = visit(&world, login, &cookie(&on)).await.body;
    assert!(known.contains("Continue as ada@example.com?"));

    let provider = link(&page.body, "Continue with GitHub");
    assert_eq!(provider, login.replace("/app/login", "/app/login/github"));
    let choice = visit(&world, &provider, "").await.body;
    assert_eq!(link(&choice, "Cancel"), format!("{login}&prompt=login"));
    let ada = post_form(&world, &provider, "", "persona=ada").await;
    assert!(ada.header("location").starts_with("http://127.0.0.1:3999/?firebaseToken="));
    assert_eq!(chosen(&ada)["email"], ADA);
}

#[tokio::test]
async fn the_console_comes_back_to_registered_places_only() {
    let world = world();
    let to = async |uri: &str| {
        let address = format!("/app/login?redirect_uri={uri}");
        let page = visit(&world, &address, "").await;
        let form = "action=sign_in&email=ada%40example.com&password=correct+horse";
        let posted = post_form(&world, &address, "", form).await;
        assert_eq!(posted.status == 303, page.status == 200, "{uri}");
        assert_eq!(page.status == 400, page.body.contains("<code>redirect_uri</code>"));
        assert_eq!(posted.status == 303, posted.headers.contains_key("location"));
        page.status == 200
    };
    assert!(to("http://127.0.0.1:3999/callback").await);
    assert!(to("app.other:/cb").await);
    assert!(to("http://127.0.0.1:3999/").await);
    for bad in [
        "",
        "http://127.0.0.1:3999",
        "http://127.0.0.1:3999//",
        "http://127.0.0.1:3999/?x",
        "http://127.0.0.1:3999/other",
        "http://user@127.0.0.1:3999/",
        "http://127.0.0.1:3998/",
        "https://127.0.0.1:3999/",
        "HTTP://127.0.0.1:3999/",
        "app.other:/",
        "javascript:alert(1)",
        "http://127.0.0.1:3999/&redirect_uri=http://127.0.0.1:3999/",
    ] {
        assert!(!to(bad).await, "{bad}");
    }
    assert_eq!(visit(&world, "/app/login", "").await.status, 400);
}

#[cfg(feature = "seed")]
#[tokio::test]
async fn a_seed_file_says_who_is_verified() {
    let seed = r#"
        [[workspace]]
        name = "acme"
        [[workspace.user]]
        email = "ada@example.com"
        name = "Ada"
        [[workspace.user]]
        email = "eve@example.com"
        email_verified = false
    "#;
    let world = World::from_seed(seed).unwrap().build().unwrap();
    let ada = says(&world.identity_token(ADA).unwrap(), 1);
    assert_eq!((&ada["email_verified"], &ada["name"]), (&json!(true), &json!("Ada")));
    let eve = says(&world.identity_token("eve@example.com").unwrap(), 1);
    assert_eq!((&eve["email_verified"], &eve["name"]), (&json!(false), &Value::Null));
    let nameless = seed.replace("\"Ada\"", "\" \"");
    assert!(World::from_seed(&nameless).unwrap_err().to_string().contains("user name"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn simultaneous_guesses_are_no_way_around_the_count() {
    let world = builder().start().await.unwrap();
    let url = format!("{}/identity/v1/sign-in", world.origin());
    let client = reqwest::Client::new();
    let guesses: Vec<_> = (0..40)
        .map(|_| {
            let guess = client.post(&url).header("x-mock-explain", "1");
            let guess = guess.header("content-type", "application/json");
            let body = json!({ "email": ADA, "password": "wrong" }).to_string();
            tokio::spawn(guess.body(body).send())
        })
        .collect();
    let mut locked = 0;
    for guess in guesses {
        let answer = guess.await.unwrap().unwrap();
        let explanation = answer.headers()["x-mock-explanation"].to_str().unwrap().to_owned();
        locked += usize::from(explanation.contains("account.lockout"));
    }
    assert_eq!(locked, 30);
}
