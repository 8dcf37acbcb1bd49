//! Whose is this token? A backend's question, with its cache.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod leaks;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
    routing::get,
};
use futures_util::{FutureExt as _, future::join_all};
use secureflows::{
    Cause, Error, NativeHost, RetryPolicy,
    verifier::{Identity, SignedIn, Verifier, VerifierBuilder, VerifyError},
};
use secureflows_mock::{Fault, Filter, World};
use secureflows_tests::{ADA, APP, BOB, Indoors, platform};
use tower::ServiceExt as _;

fn world() -> World {
    platform().build().unwrap()
}

fn verifier_of(world: &World) -> VerifierBuilder {
    Verifier::builder().origin(world.origin()).host(Arc::new(Indoors::new(world)))
}

async fn token(world: &World, email: &str) -> String {
    let token = world.sign_in(email, APP).await.unwrap();
    secureflows_tests::leaks::note(&token);
    token
}

/// How often the platform was asked.
fn asked(world: &World) -> usize {
    world.journal().matching(&Filter::default().operation("sessions.identity")).len()
}

fn unavailable(cause: Cause) -> Result<Identity, VerifyError> {
    Err(VerifyError::Unavailable { cause, retry_after: None })
}

#[tokio::test]
async fn the_platform_says_whose_it_is() {
    let world = world();
    let verifier = verifier_of(&world).build().unwrap();
    let ada = verifier.verify(&token(&world, ADA).await).await.unwrap();
    let bob = verifier.verify(&token(&world, BOB).await).await.unwrap();
    assert_eq!((ada.email.as_deref(), bob.email.as_deref()), (Some(ADA), Some(BOB)));
    assert_ne!(ada.user_id, bob.user_id);
    for no_token in ["", "forged", "two words", "eyJhbGciOiJub25lIn0.e30.", &"x".repeat(9000)] {
        assert_eq!(verifier.verify(no_token).await, Err(VerifyError::Refused), "{no_token:?}");
    }
}

#[tokio::test]
async fn many_at_once_ask_once() {
    let world = world();
    let verifier = verifier_of(&world).build().unwrap();
    let token = token(&world, ADA).await;
    let verified = join_all((0..500).map(|_| verifier.verify(&token))).await;
    assert!(verified.iter().all(Result::is_ok));
    assert_eq!(asked(&world), 1);
}

#[tokio::test]
async fn an_answer_is_kept_for_its_time() {
    let world = world();
    let verifier = verifier_of(&world).build().unwrap();
    let token = token(&world, ADA).await;
    for (accepted, advance, questions) in [(true, 0, 1), (true, 29, 1), (true, 2, 2)] {
        world.clock().advance(Duration::from_secs(advance));
        assert_eq!(verifier.verify(&token).await.is_ok(), accepted);
        assert_eq!(asked(&world), questions);
    }
    for (advance, questions) in [(0, 3), (4, 3), (2, 4)] {
        world.clock().advance(Duration::from_secs(advance));
        assert_eq!(verifier.verify("forged").await, Err(VerifyError::Refused));
        assert_eq!(asked(&world), questions);
    }
}

#[tokio::test]
async fn a_revoked_token_is_accepted_to_the_end_of_its_window_and_no_longer() {
    let world = world();
    let verifier = verifier_of(&world).keep_accepted(Duration::from_secs(10)).build().unwrap();
    let token = token(&world, ADA).await;
    verifier.verify(&token).await.unwrap();
    world.revoke_sessions(ADA).await;
    world.clock().advance(Duration::from_secs(9));
    assert!(verifier.verify(&token).await.is_ok());
    world.clock().advance(Duration::from_secs(1));
    assert_eq!(verifier.verify(&token).await, Err(VerifyError::Refused));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_let_in_while_the_platform_cannot_be_asked() {
    let world = world();
    let verifier = verifier_of(&world).build().unwrap();
    let token = token(&world, ADA).await;
    for (fault, cause) in [
        (Fault::status("sessions.identity", 503), Cause::Server(503)),
        (Fault::cut("sessions.identity"), Cause::Interrupted),
        (Fault::html("sessions.identity", 200), Cause::NotThePlatform(200)),
    ] {
        world.faults().add(fault.times(99)).unwrap();
        assert_eq!(verifier.verify(&token).await, unavailable(cause));
        world.faults().clear();
        assert!(verifier.verify(&token).await.is_ok(), "that is not kept");
        world.clock().advance(Duration::from_secs(60));
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_multiplied() {
    let world = world();
    let verifier = verifier_of(&world).retry(RetryPolicy::none()).build().unwrap();
    let token = token(&world, ADA).await;
    let slow = Fault::status("sessions.identity", 503).delayed(Duration::from_secs(1));
    world.faults().add(slow.times(99)).unwrap();
    let verified = join_all((0..100).map(|_| verifier.verify(&token))).await;
    assert!(verified.iter().all(|it| *it == unavailable(Cause::Server(503))));
    assert_eq!(asked(&world), 1, "all who waited were told the same");
}

#[tokio::test(start_paused = true)]
async fn how_long_the_platform_asks_to_wait_is_told() {
    let world = world();
    let verifier = verifier_of(&world).build().unwrap();
    let token = token(&world, ADA).await;
    let wait = Duration::from_secs(60);
    world.faults().add(Fault::rate_limit("sessions.identity", wait)).unwrap();
    let told = VerifyError::Unavailable { cause: Cause::RateLimited, retry_after: Some(wait) };
    assert_eq!(verifier.verify(&token).await, Err(told));
}

#[tokio::test]
async fn a_question_that_is_dropped_is_asked_by_the_next() {
    let world = world();
    let verifier = verifier_of(&world).build().unwrap();
    let token = token(&world, ADA).await;
    let slow = Fault::latency("sessions.identity", Duration::from_millis(50));
    world.faults().add(slow).unwrap();
    let mut first = Box::pin(verifier.verify(&token));
    assert!(first.as_mut().now_or_never().is_none());
    let mut second = Box::pin(verifier.verify(&token));
    assert!(second.as_mut().now_or_never().is_none());
    drop(first);
    assert!(second.await.is_ok());
}

#[tokio::test]
async fn no_more_is_kept_than_allowed() {
    let world = world();
    let verifier = verifier_of(&world).max_tokens(10).build().unwrap();
    for number in 0..1000 {
        assert!(verifier.verify(&format!("forged-{number}")).await.is_err());
    }
    let before = asked(&world);
    for number in 0..1000 {
        assert!(verifier.verify(&format!("forged-{number}")).await.is_err());
    }
    assert!(asked(&world) - before > 900, "nearly all were forgotten");
}

#[tokio::test]
async fn settings_are_checked() {
    let field = |builder: VerifierBuilder| match builder.build() {
        Err(Error::Invalid(invalid)) => invalid.field(),
        other => panic!("{other:?}"),
    };
    assert_eq!(field(Verifier::builder().origin("http://a.example")), "origin");
    assert_eq!(field(Verifier::builder().max_tokens(0)), "max_tokens");
    assert_eq!(field(Verifier::builder().timeout(Duration::ZERO)), "timeout");
}

async fn who(SignedIn(user): SignedIn) -> String {
    user.email.unwrap_or(user.user_id)
}

async fn answer(app: &Router, authorization: &[&str]) -> (StatusCode, Option<String>) {
    let mut request = Request::get("/");
    for value in authorization {
        request = request.header(header::AUTHORIZATION, *value);
    }
    let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let challenge = response.headers().get(header::WWW_AUTHENTICATE);
    (response.status(), challenge.map(|it| it.to_str().unwrap().to_owned()))
}

#[tokio::test]
async fn layer_and_extractor_let_the_same_people_in() {
    let world = world();
    let verifier = verifier_of(&world).build().unwrap();
    let extracted = Router::new().route("/", get(who)).with_state(verifier.clone());
    let behind = Router::new().route("/", get(|| async { "in" })).layer(verifier.layer());
    let both = extracted.clone().layer(verifier.layer());
    let token = token(&world, ADA).await;
    let good = format!("Bearer {token}");
    let (none, bad) = ("Bearer", "Bearer error=\"invalid_token\"");
    for app in [&extracted, &behind, &both] {
        assert_eq!(answer(app, &[&good]).await, (StatusCode::OK, None));
        assert_eq!(answer(app, &[&format!("bearer {token}")]).await, (StatusCode::OK, None));
        for (sent, challenge) in [
            (vec![], none),
            (vec!["Basic YTpi"], none),
            (vec![token.as_str()], none),
            (vec![good.as_str(), good.as_str()], none),
            (vec!["Bearer forged"], bad),
            (vec!["Bearer "], bad),
        ] {
            let refused = (StatusCode::UNAUTHORIZED, Some(challenge.to_owned()));
            assert_eq!(answer(app, &sent).await, refused, "{}", sent.len());
        }
    }
    assert_eq!(asked(&world), 2, "one good token, one forged");
}

#[tokio::test]
async fn a_platform_that_is_away_is_told_as_such() {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let host = Arc::new(NativeHost::new().unwrap());
    let verifier = Verifier::builder().origin(&origin).host(host);
    let verifier = verifier.retry(RetryPolicy::none()).build().unwrap();
    let app = Router::new().route("/", get(who)).with_state(verifier);
    let down = (StatusCode::SERVICE_UNAVAILABLE, None);
    assert_eq!(answer(&app, &["Bearer some-token-or-other"]).await, down);
}
