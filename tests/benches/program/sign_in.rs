//! A guest's way through the hosted login of the demo, which costs no password hash.

use crate::process::ask;

const QUERY: &str =
    "workspace_name=acme&app_id=acme-notes&redirect_uri=http%3A%2F%2F127.0.0.1%3A7878%2Fcallback";

/// Signs a guest in and gives the request for one of their keys.
pub(super) async fn authenticated_request(address: &str) -> String {
    let form = "action=anonymous";
    let length = form.len();
    let submit = format!(
        "POST /app/sessions/login?{QUERY} HTTP/1.1\r\nHost: {address}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
    );
    let callback = location(&ask(address, &submit).await.unwrap());
    let back =
        ask(address, &format!("GET {callback} HTTP/1.1\r\nHost: {address}\r\n\r\n")).await.unwrap();
    let token = location(&back).split("sessionToken=").nth(1).unwrap().to_owned();
    let head = format!("HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n");
    let value = r#"{"value":"some words that somebody wrote"}"#;
    let length = value.len();
    let json = "Content-Type: application/json";
    let write = format!(
        "POST /api/v1/sessions/set/note {head}{json}\r\nContent-Length: {length}\r\n\r\n{value}"
    );
    let written = ask(address, &write).await.unwrap();
    assert!(written.starts_with("HTTP/1.1 200"), "the key was written");
    format!("GET /api/v1/sessions/get/note {head}\r\n")
}

fn location(answer: &str) -> String {
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    };
    answer.lines().find_map(header).unwrap()
}
