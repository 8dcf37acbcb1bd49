//! The way to the app's own backends.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect},
    routing::{any, get},
};
use secureflows::{BackendRequest, Cause, Client, Error, NativeHost, PrivateUrl};
use secureflows_tests::{ADA, PASSWORD, Stage};

use crate::fake::{Fake, ORIGIN, Reply, TOKEN};

const API: &str = "https://api.example";

#[tokio::test]
async fn the_token_goes_to_listed_origins_only() {
    let fake = Fake::new(|_, _| Reply::ok("[]"));
    let client = fake.builder().backend(API).build().unwrap();
    let signed_out = client.authorize("https://api.example/notes").unwrap_err();
    assert!(signed_out.sign_in_again());
    fake.sign_in(&client).await;
    let header = client.authorize("https://api.example/notes").unwrap();
    assert_eq!(header.as_str(), format!("Bearer {TOKEN}"));
    let answer = client
        .fetch(&BackendRequest::get("https://api.example/notes?q=private-words"))
        .await
        .unwrap();
    assert_eq!((answer.status(), answer.text()), (200, Some("[]")));
    assert_eq!(fake.sent()[0].bearer.as_deref(), Some(TOKEN));
    for url in [
        "https://evil.example/",
        "https://api.example.evil.example/",
        "http://api.example/",
        "https://api.example@evil.example/",
        "https://www.secure-flows.com/api/v1/sessions",
        &format!("{ORIGIN}/api/v1/sessions"),
        "notes",
    ] {
        let Err(Error::Invalid(invalid)) = client.authorize(url).map(drop) else { panic!("{url}") };
        assert_eq!(invalid.field(), "url");
        let fetched = client.fetch(&BackendRequest::post(url).json("{}")).await;
        assert!(matches!(fetched, Err(Error::Invalid(_))), "{url}");
    }
    assert_eq!(fake.count(), 1);
    let Err(Error::Invalid(invalid)) = fake.builder().backend("https://api.example/v1").build()
    else {
        panic!()
    };
    assert_eq!(invalid.field(), "backends");
}

/// A backend on a port of its own: `/notes` echoes, `/away` redirects to `elsewhere`, and
/// `/fussy` refuses the token so many times.
async fn backend(elsewhere: String, refusals: usize) -> String {
    let refused = Arc::new(AtomicUsize::new(0));
    let echo = |headers: HeaderMap, body: String| async move {
        let bearer = headers.get(header::AUTHORIZATION).is_some();
        format!("{bearer} {body}")
    };
    let fussy = move || {
        let refused = Arc::clone(&refused);
        async move {
            match refused.fetch_add(1, Ordering::SeqCst) < refusals {
                true => StatusCode::UNAUTHORIZED.into_response(),
                false => "welcome".into_response(),
            }
        }
    };
    let away = move || async move { Redirect::temporary(&elsewhere) };
    let router = Router::new()
        .route("/notes", any(echo))
        .route("/away", get(away))
        .route("/fussy", any(fussy));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

async fn with_backend(stage: &Stage, origin: &str) -> Client {
    let visitor = stage.visitor.clone();
    let relogin = move |page: PrivateUrl| {
        let visitor = visitor.clone();
        async move {
            let callback = visitor.enter(page.as_str(), ADA, PASSWORD).await;
            callback.map_err(|error| secureflows::Declined::new(error.to_string()))
        }
    };
    let builder = stage.another().host(Arc::new(NativeHost::new().unwrap()));
    let client = builder.backend(origin).reauthenticate(relogin).build().unwrap();
    stage.sign_in(&client, ADA).await;
    client
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let stage = Stage::set().await;
    let elsewhere = backend(String::new(), 0).await;
    let origin = backend(format!("{elsewhere}/notes"), 0).await;
    let client = with_backend(&stage, &origin).await;
    let answer = client.fetch(&BackendRequest::get(format!("{origin}/away"))).await.unwrap();
    assert_eq!(answer.status(), 307);
    let request = BackendRequest::put(format!("{origin}/notes")).json(r#"{"text":"milk"}"#);
    let answer = client.fetch(&request).await.unwrap();
    assert_eq!(answer.text(), Some(r#"true {"text":"milk"}"#));
}

#[tokio::test]
async fn a_dead_token_is_replaced_and_the_request_sent_once_more() {
    let stage = Stage::set().await;
    let origin = backend(String::new(), 1).await;
    let client = with_backend(&stage, &origin).await;
    stage.world.clock().advance(std::time::Duration::from_secs(8 * 24 * 3600));
    let answer = client.fetch(&BackendRequest::post(format!("{origin}/fussy"))).await.unwrap();
    assert_eq!((answer.status(), answer.text()), (200, Some("welcome")));
}

#[tokio::test]
async fn a_refusal_of_a_good_token_is_an_answer_and_signs_nobody_out() {
    let stage = Stage::set().await;
    let origin = backend(String::new(), 9).await;
    let client = with_backend(&stage, &origin).await;
    let answer = client.fetch(&BackendRequest::post(format!("{origin}/fussy"))).await.unwrap();
    assert_eq!(answer.status(), 401);
    assert!(client.status().is_signed_in());
}

#[tokio::test]
async fn no_answer_is_told_by_what_may_have_happened() {
    use secureflows::host::SendError;
    for (failure, cause) in
        [(SendError::Unreachable, Cause::Unreachable), (SendError::Interrupted, Cause::Interrupted)]
    {
        let fake = Fake::new(move |_, _| Reply::fails(failure));
        let client = fake.builder().backend(API).build().unwrap();
        fake.sign_in(&client).await;
        let read = client.fetch(&BackendRequest::get(API)).await.map(drop);
        assert_eq!(read, Err(Error::Unavailable { cause }));
        let write = client.fetch(&BackendRequest::delete(API)).await.map(drop);
        match failure {
            SendError::Unreachable => assert_eq!(write, Err(Error::Unavailable { cause })),
            _ => assert!(matches!(write, Err(Error::OutcomeUnknown { .. }))),
        }
        assert_eq!(fake.count(), 2, "nothing is repeated");
    }
}
