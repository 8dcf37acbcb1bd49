//! Signing in with another provider, and the console's entry, as a browser meets them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers fail the test they help"
)]

mod common;

use axum::{body::Body, http::Request};
use common::{
    ADA, Answer, Laid as _, alert, ask, builder, call, cookie, counts, parameter, password,
    post_form, says, send, visit, world,
};
use secureflows_mock::{UserSpec, World};
use serde_json::{Value, json};

const LOGIN: &str = "/app/sessions/login?workspace_name=acme&app_id=acme-web\
    &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback";
const QUERY: &str = "workspace_name=acme&app_id=acme-web\
    &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback&state=a%26b%2B%ff%20c";

fn claims(token: &Value) -> Value {
    says(token.as_str().unwrap(), 1)
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
    let world = builder.laid();
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_person_who_comes_twice_at_once_gets_one_account() {
    let world = world();
    let comers: Vec<_> = (0..20)
        .map(|n| {
            let (world, provider) = (world.clone(), ["google", "github"][n % 2]);
            tokio::spawn(async move { chosen(&choose(&world, provider, "persona=alan").await) })
        })
        .collect();
    let mut seen = Vec::new();
    for comer in comers {
        seen.push(comer.await.unwrap()["sub"].clone());
    }
    seen.dedup();
    assert_eq!(seen.len(), 1);
}
