//! The identity provider as programs meet it: passwords, refresh tokens, keys.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use common::{
    ADA, APP, Answer, BOB, alert, ask, builder, call, counts, in_memory, password, post_form, says,
    visit, world,
};
use secureflows_mock::World;
use serde_json::{Value, json};

const LOGIN: &str = "/app/sessions/login?workspace_name=acme&app_id=acme-web\
    &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback";

async fn refresh(world: &World, token: &Value) -> Answer {
    ask(world, "refresh", &json!({ "refreshToken": token })).await
}

fn claims(token: &Value) -> Value {
    says(token.as_str().unwrap(), 1)
}

fn kid(token: &str) -> Value {
    says(token, 0)["kid"].clone()
}

async fn listed(world: &World) -> Vec<Value> {
    let keys = visit(world, "/.well-known/jwks.json", "").await.json();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect()
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
    let world = in_memory();
    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(password(&world, ADA, "wrong").await.status, 401);
        }
        assert_eq!(password(&world, " ADA@example.com ", "correct horse").await.status, 200);
    }
    let snapshot = world.snapshot().unwrap();
    for _ in 0..10 {
        password(&world, ADA, "wrong").await;
    }
    assert_eq!(password(&world, ADA, "correct horse").await.status, 401);
    world.restore(&snapshot).unwrap();
    assert_eq!(password(&world, ADA, "correct horse").await.status, 200);
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
    let world = in_memory();
    let first = world.identity_token(ADA).unwrap();
    assert_eq!(listed(&world).await, [kid(&first)]);
    world.advance(Duration::from_secs(60)).await;
    let snapshot = world.snapshot().unwrap();
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
    world.restore(&snapshot).unwrap();
    assert_eq!(listed(&world).await, [kid(&first)]);
    assert_eq!(json!(world.rotate_identity_keys().await.unwrap()), kid(second));
    world.rotate_identity_keys().await.unwrap();
    assert!(!counts(&world, &first).await, "two rotations old, though it has not expired");
}

#[cfg(feature = "seed")]
#[tokio::test]
async fn a_seed_file_says_who_is_verified() {
    use common::Laid as _;
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
    let world = World::from_seed(seed).unwrap().laid();
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
