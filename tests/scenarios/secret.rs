//! The token stays in memory and unseen.

use secureflows::{Client, Error, LoginOptions, SessionToken};
use secureflows_tests::{ADA, REDIRECT, Stage, scenario};

use crate::wire::Script;

const CANARY: &str = "canary-7f3a9c51d2e84b06";

#[tokio::test]
async fn never_printed() {
    let _scenario = scenario("secret.never-printed");
    let script = Script::begin().await;
    script.on("GET", "/api/v1/sessions/identity", 200, r#"{"userId":1,"email":null}"#).await;
    let echo = format!(r#"{{"status":400,"error":"bad token {CANARY}"}}"#);
    script.on("GET", "/api/v1/sessions", 400, &echo).await;
    script.on("GET", "/api/v1/sessions/get/k", 410, &echo).await;
    let client = script.client().build().unwrap();
    let token = SessionToken::issued_by(&script.origin(), CANARY.to_owned()).unwrap();
    let mut events = client.events();
    client.adopt(token.clone()).await.unwrap();

    let mut printed = vec![
        format!("{token:?} {token:#?}"),
        format!("{client:?} {client:#?}"),
        format!("{:?}", script.client()),
        format!("{:?}", client.logout_url("https://app.example/").unwrap()),
        format!("{:?}", client.begin_login(&LoginOptions::new().same_user()).unwrap()),
    ];
    let refused = client.payload().await.unwrap_err();
    let dead = client.get_raw("k").await.unwrap_err();
    let callback = format!("{REDIRECT}?sessionToken={CANARY}&state={CANARY}");
    let forged = client.complete_login(&callback).await.unwrap_err();
    let denied = format!("{REDIRECT}?error={CANARY}&error_description={CANARY}&state=x");
    let other = format!("{:?}", client.complete_login(&denied).await);
    let foreign = SessionToken::issued_by("https://other.example", CANARY.into()).unwrap();
    let bound = client.adopt(foreign).await.unwrap_err();
    for error in [refused, dead, forged, bound] {
        printed.push(format!("{error} {error:?} {error:#?} {:?}", error.code()));
    }
    printed.push(other);
    drop(client);
    while let Some(event) = events.next().await {
        printed.push(format!("{event:?}"));
    }
    for text in printed {
        assert!(!text.contains(CANARY), "{text}");
    }
}

#[tokio::test]
async fn bound() {
    let _scenario = scenario("secret.bound");
    let (home, away) = (Stage::set().await, Script::begin().await);
    let stranger: Client = away.client().build().unwrap();
    let Err(Error::Invalid(invalid)) = stranger.adopt(home.token(ADA).await).await else {
        panic!("a token of another origin was taken");
    };
    assert_eq!(invalid.field(), "token");
    assert_eq!(away.requests().await, 0, "it was not sent");
}
