//! `wiremock` as a program of its own: this one, started with a word.

use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

/// What the first argument is when this program is to be that one.
pub(crate) const WORD: &str = "be-wiremock";

/// Answers one path for one bearer, until the process is ended.
pub(crate) async fn serve(port: &str) {
    let listener = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    // It would keep every request that it ever saw otherwise.
    let server = MockServer::builder().listener(listener).disable_request_recording().start().await;
    let body = r#"{"key":"note","value":"some words that somebody wrote"}"#;
    Mock::given(method("GET"))
        .and(path("/api/v1/sessions/get/note"))
        .and(header("authorization", "Bearer any"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(body, "application/json"))
        .mount(&server)
        .await;
    std::future::pending::<()>().await;
}
