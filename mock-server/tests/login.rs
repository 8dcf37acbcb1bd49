//! Hosted login and logout as a browser meets them (contract §2).
#![allow(clippy::unwrap_used, clippy::string_slice, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use axum::{body::Body, http::Request};
use common::{
    ADA, APP, Answer, BOB, CALLBACK, Laid as _, builder, call, cookie, parameter, post_form, send,
    visit, world,
};
use secureflows_mock::{ApplicationSpec, UserSpec, World};
use serde_json::json;

const LOGIN: &str = "/app/sessions/login?workspace_name=acme&app_id=acme-web\
    &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback";
const ADA_SIGNS_IN: &str = "action=sign_in&email=ada%40example.com&password=correct+horse";

/// Signs in at the page and follows to the end: the last redirect.
async fn sign_in(world: &World, login: &str) -> Answer {
    let submitted = post_form(world, login, "", ADA_SIGNS_IN).await;
    assert_eq!(submitted.status, 303, "{}", submitted.body);
    visit(world, submitted.header("location"), "").await
}

#[tokio::test]
async fn a_password_leads_to_a_session_token_and_the_state() {
    let world = world();
    let page = visit(&world, LOGIN, "").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Acme &#60;Notes&#62;"), "names are escaped");
    assert!(page.body.contains(r#"name="password""#) && page.body.contains("mock platform"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(!page.headers.contains_key("x-frame-options"));

    let back = sign_in(&world, &format!("{LOGIN}&state=a%26b%2B%ff%20c")).await;
    assert_eq!(back.status, 302);
    assert!(back.header("location").starts_with(&format!("{CALLBACK}?sessionToken=")));
    assert_eq!(parameter(&back, "state"), Some("a%26b%2B%FF%20c"));
    let token = parameter(&back, "sessionToken").unwrap();
    let identity = call(&world, "GET", "/sessions/identity", token, "").await.json();
    assert_eq!(identity["email"], ADA);
}

#[tokio::test]
async fn a_browser_that_is_signed_in_only_continues() {
    let world = world();
    let submitted = post_form(&world, LOGIN, "", ADA_SIGNS_IN).await;
    let set = submitted.header("set-cookie");
    assert!(
        set.contains("; HttpOnly") && set.contains("; SameSite=Lax") && !set.contains("Secure")
    );
    let cookie = cookie(&submitted);

    let page = visit(&world, LOGIN, &cookie).await.body;
    assert!(page.contains("Continue as ada@example.com?") && page.contains("Acme &#60;Notes&#62;"));
    assert_eq!(page.matches("<button").count(), 1);
    assert!(!page.contains(r#"name="password""#));
    let another = visit(&world, &format!("{LOGIN}&prompt=login"), &cookie).await.body;
    assert!(another.contains(r#"name="password""#));

    let on = post_form(&world, LOGIN, &cookie, "action=continue").await;
    let back = visit(&world, on.header("location"), &cookie).await;
    assert!(parameter(&back, "sessionToken").is_some());

    let stranger = post_form(&world, LOGIN, "sf_0=nothing", "action=continue").await;
    assert_eq!(stranger.status, 401);
    assert!(stranger.body.contains(r#"name="password""#));
}

#[tokio::test]
async fn a_wrong_password_does_not_tell_who_exists() {
    let world = world();
    let wrong = "action=sign_in&password=wrong&email=";
    let known = post_form(&world, LOGIN, "", &format!("{wrong}ada%40example.com")).await;
    let unknown = post_form(&world, LOGIN, "", &format!("{wrong}eve%40example.com")).await;
    assert_eq!((known.status.as_u16(), unknown.status.as_u16()), (401, 401));
    assert_eq!(known.body, unknown.body.replace("eve@", "ada@"));
    assert!(known.body.contains(r#"value="ada@example.com""#), "what was typed stays");
    assert!(known.body.contains(r#"role="alert""#));
    assert!(!known.headers.contains_key("set-cookie"));
    let nobody = post_form(&world, LOGIN, "", &format!("{wrong}%3Cscript%3E")).await;
    assert!(nobody.status == 401 && !nobody.body.contains("<script"));
}

#[tokio::test]
async fn somebody_new_signs_up() {
    let world = world();
    let form = visit(&world, &format!("{LOGIN}&mode=signup"), "").await.body;
    assert!(form.contains("new-password"));
    let refused = async |form: &str| {
        let answer = post_form(&world, LOGIN, "", form).await;
        assert_eq!(answer.status, 401, "{form}");
    };
    refused("action=sign_up&email=eve&password=long+enough").await;
    refused("action=sign_up&email=eve%40example.com&password=short").await;
    refused("action=sign_up&email=ADA%40example.com&password=long+enough").await;

    let eve = "email=Eve%40example.com&password=long+enough";
    let made = post_form(&world, LOGIN, "", &format!("action=sign_up&{eve}")).await;
    let back = visit(&world, made.header("location"), "").await;
    let token = parameter(&back, "sessionToken").unwrap();
    let identity = call(&world, "GET", "/sessions/identity", token, "").await.json();
    assert_eq!(identity["email"], "eve@example.com");
    let again = post_form(&world, LOGIN, "", &format!("action=sign_in&{eve}")).await;
    assert_eq!(again.status, 303);
}

#[tokio::test]
async fn guests_come_in_where_the_workspace_accepts_them() {
    let world = world();
    assert!(visit(&world, LOGIN, "").await.body.contains("without an account"));
    let guest = post_form(&world, LOGIN, "", "action=anonymous").await;
    let back = visit(&world, guest.header("location"), "").await;
    let token = parameter(&back, "sessionToken").unwrap();
    let identity = call(&world, "GET", "/sessions/identity", token, "").await.json();
    assert!(identity["email"].is_null() && identity["userId"].is_i64());

    let strict =
        "/app/sessions/login?workspace_name=other&app_id=other-web&redirect_uri=app.other:/cb";
    let page = visit(&world, strict, "").await;
    assert!(!page.body.contains("without an account"));
    assert!(page.header("content-security-policy").contains("form-action 'self' app.other:"));
    assert_eq!(post_form(&world, strict, "", "action=anonymous").await.status, 401);
    // The guest's cookie is good for the provider, but the workspace refuses the person.
    let on = post_form(&world, strict, &cookie(&guest), "action=continue").await;
    let back = visit(&world, &format!("{}&state=s", on.header("location")), "").await;
    assert!(back.header("location").starts_with("app.other:/cb?error=access_denied&"));
    assert_eq!(parameter(&back, "state"), Some("s"));
}

#[tokio::test]
async fn cancelling_tells_the_application() {
    let world = world();
    let page = visit(&world, &format!("{LOGIN}&state=x%22y"), "").await.body;
    let cancel = page.split("href=\"").find(|link| link.starts_with(CALLBACK)).unwrap();
    let cancel = &cancel[..cancel.find('"').unwrap()];
    assert!(cancel.contains("error=access_denied") && cancel.contains("error_description="));
    assert!(cancel.ends_with("state=x%22y"));
}

#[tokio::test]
async fn a_wrong_link_is_a_page_and_never_a_redirect() {
    let world = world();
    let tail = "&redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback";
    let link = |query: &str| format!("/app/sessions/login?{query}");
    for (query, name) in [
        (String::new(), "workspace_name"),
        (format!("workspace_name=none&app_id=acme-web{tail}"), "workspace_name"),
        (format!("workspace_name=acme{tail}"), "app_id"),
        (format!("workspace_name=acme&app_id=other-web{tail}"), "app_id"),
        ("workspace_name=acme&app_id=acme-web".to_owned(), "redirect_uri"),
        (format!("workspace_name=acme&app_id=acme-web{tail}%2F"), "redirect_uri"),
        (format!("workspace_name=acme&app_id=acme-web{tail}{tail}"), "redirect_uri"),
        (format!("workspace_name=acme&app_id=acme-web{tail}&ttl_seconds=59"), "ttl_seconds"),
        (format!("workspace_name=acme&app_id=acme-web{tail}&payload=[]"), "payload"),
        (
            format!("workspace_name=acme&app_id=acme-web{tail}&payload={{}}&session_token=x"),
            "payload",
        ),
    ] {
        let address = link(&query.replace(['[', ']', '{', '}'], "%20"));
        for answer in [visit(&world, &address, "").await, post_form(&world, &address, "", "").await]
        {
            assert_eq!(answer.status, 400, "{query}");
            assert!(answer.body.contains(&format!("<code>{name}</code>")), "{query}");
            assert!(!answer.headers.contains_key("location"));
        }
    }
}

#[tokio::test]
async fn other_sites_cannot_send_our_form() {
    let world = world();
    let post = async |name: &'static str, value: &'static str| {
        let request = Request::post(LOGIN)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("host", "127.0.0.1:1")
            .header(name, value)
            .body(Body::from(ADA_SIGNS_IN));
        send(world.router(), request.unwrap()).await.status.as_u16()
    };
    assert_eq!(post("sec-fetch-site", "cross-site").await, 403);
    assert_eq!(post("sec-fetch-site", "same-site").await, 403);
    assert_eq!(post("origin", "http://127.0.0.1:2").await, 403);
    assert_eq!(post("origin", "http://127.0.0.1:1").await, 303);
    assert_eq!(post("sec-fetch-site", "same-origin").await, 303);
}

#[tokio::test]
async fn a_first_payload_and_lifetime_count_on_creation_only() {
    let world = world();
    let first = format!("{LOGIN}&payload=%7B%22n%22%3A1%7D&ttl_seconds=60");
    let token = |back: &Answer| parameter(back, "sessionToken").unwrap().to_owned();
    let one = token(&sign_in(&world, &first).await);
    let two = token(&sign_in(&world, &format!("{LOGIN}&payload=%7B%22n%22%3A2%7D")).await);
    assert_eq!(call(&world, "GET", "/sessions", &two, "").await.json(), json!({"n": 1}));
    world.clock().advance(Duration::from_secs(60));
    let ended = call(&world, "GET", "/sessions", &one, "").await.error();
    assert_eq!(ended, (410, "Session expired".to_owned()));
}

#[tokio::test]
async fn zero_seconds_wins_over_the_applications_lifetime() {
    let app = ApplicationSpec::new("brief")
        .redirect_uri("app:/cb?kept=1")
        .payload_ttl(Duration::from_secs(100));
    let world = builder().application("acme", app).laid();
    let login = "/app/sessions/login?workspace_name=acme&app_id=brief&redirect_uri=app:/cb?kept=1&ttl_seconds=0";
    let back = sign_in(&world, login).await;
    assert!(back.header("location").starts_with("app:/cb?kept=1&sessionToken="));
    world.clock().advance(Duration::from_secs(1_000));
    let token = parameter(&back, "sessionToken").unwrap();
    assert_eq!(call(&world, "GET", "/sessions", token, "").await.status, 200);
}

#[tokio::test]
async fn a_dead_token_is_renewed_for_its_owner_only() {
    let world = world();
    let old = world.sign_in(ADA, APP).await.unwrap();
    call(&world, "POST", "/sessions/set/k", &old, "1").await;
    world.clock().advance(Duration::from_secs(700_000));
    let renew = format!("{LOGIN}&session_token={old}");
    let back = sign_in(&world, &renew).await;
    let new = parameter(&back, "sessionToken").unwrap();
    assert_eq!(call(&world, "GET", "/sessions", new, "").await.json(), json!({"k": 1}));

    let bob = "action=sign_in&email=bob%40example.com&password=battery+staple";
    let on = post_form(&world, &renew, "", bob).await;
    let refused = visit(&world, on.header("location"), "").await;
    assert_eq!(refused.status, 302);
    assert_eq!(parameter(&refused, "error"), Some("access_denied"));
    assert_eq!(
        parameter(&refused, "error_description"),
        Some("Firebase%20user%20does%20not%20own%20this%20session")
    );
    let forged = sign_in(&world, &format!("{LOGIN}&session_token=forged&state=s")).await;
    assert_eq!(parameter(&forged, "error"), Some("access_denied"));
    assert_eq!(parameter(&forged, "state"), Some("s"));
}

#[tokio::test]
async fn the_callback_checks_parameters_first_and_identity_after() {
    let world = world();
    let identity = world.identity_token(ADA).unwrap();
    let callback = async |token: &str, uri: &str, more: &str| {
        let query = format!("firebaseToken={token}&client_redirect_uri={uri}&workspace_name=acme");
        visit(&world, &format!("/api/v1/auth/callback?{query}{more}"), "").await
    };
    let app = "&app_id=acme-web";
    assert_eq!(callback(&identity, CALLBACK, app).await.status, 302);
    for answer in [
        callback("", CALLBACK, app).await,
        callback("garbage", "http://127.0.0.1:3999/callback/", app).await,
        callback("garbage", CALLBACK, "").await,
        callback("garbage", CALLBACK, "&app_id=acme-web&ttl_seconds=1").await,
        callback("garbage", CALLBACK, "&app_id=acme-web&payload=1").await,
    ] {
        assert_eq!(answer.error().0, 400);
        assert!(!answer.headers.contains_key("location"));
    }
    let refused = callback("garbage", CALLBACK, "&app_id=acme-web&state=s").await;
    assert_eq!(refused.status, 302);
    assert_eq!(
        refused.header("location"),
        format!(
            "{CALLBACK}?error=access_denied&error_description=Invalid%20Firebase%20token&state=s"
        )
    );
    world.lock_workspace("acme").await;
    let locked = callback(&identity, CALLBACK, app).await;
    assert_eq!(parameter(&locked, "error"), Some("temporarily_unavailable"));
}

#[tokio::test]
async fn a_browsers_logout_ends_tokens_and_cookies_but_no_data() {
    let world = world();
    let submitted = post_form(&world, LOGIN, "", ADA_SIGNS_IN).await;
    let cookie = cookie(&submitted);
    let back = visit(&world, submitted.header("location"), "").await;
    let token = parameter(&back, "sessionToken").unwrap();
    call(&world, "POST", "/sessions/set/k", token, "1").await;
    let logout = async |token: &str, uri: &str| {
        let query = format!("session_token={token}&redirect_uri={uri}");
        visit(&world, &format!("/api/v1/auth/logout?{query}"), "").await
    };
    assert_eq!(logout("", CALLBACK).await.error().0, 401);
    assert_eq!(logout("forged", CALLBACK).await.error().0, 401);
    assert_eq!(logout(token, "").await.error().0, 400);
    assert_eq!(logout(token, "http://127.0.0.1:3998/").await.error().0, 400);
    assert_eq!(logout(token, "http://127.0.0.1:3999").await.error().0, 400);
    assert_eq!(call(&world, "GET", "/sessions", token, "").await.status, 200);

    let out = logout(token, "http://127.0.0.1:3999/").await;
    assert_eq!(out.status, 302);
    assert_eq!(out.header("location"), "http://127.0.0.1:3999/");
    assert_eq!(out.header("clear-site-data"), "\"cookies\"");
    assert_eq!(call(&world, "GET", "/sessions", token, "").await.status, 410);
    assert!(visit(&world, LOGIN, &cookie).await.body.contains(r#"name="password""#));
    // Superseded, expired and revoked: each still completes.
    assert_eq!(logout(token, CALLBACK).await.status, 302);
    world.clock().advance(Duration::from_secs(700_000));
    assert_eq!(logout(token, CALLBACK).await.status, 302);
    assert_eq!(world.payload(ADA, APP).await, Some(json!({"k": 1})));
    world.revoke_sessions(ADA).await;
    assert_eq!(logout(token, CALLBACK).await.status, 302);
}

#[tokio::test]
async fn an_old_token_does_not_log_a_newer_one_out() {
    let world = world();
    let old = world.sign_in(ADA, APP).await.unwrap();
    let identity = world.identity_token(ADA).unwrap();
    let renewed = call(&world, "POST", &format!("/sessions/renew/{old}"), &identity, "").await;
    let new = renewed.json()["sessionToken"].as_str().unwrap().to_owned();
    let query = format!("session_token={old}&redirect_uri={CALLBACK}");
    visit(&world, &format!("/api/v1/auth/logout?{query}"), "").await;
    assert_eq!(call(&world, "GET", "/sessions", &new, "").await.status, 200);
}

#[tokio::test]
async fn identity_tokens_verify_with_the_published_key() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
    use ed25519_dalek::{Signature, VerifyingKey};
    let world = world();
    let keys = visit(&world, "/.well-known/jwks.json", "").await.json();
    let key: [u8; 32] =
        BASE64.decode(keys["keys"][0]["x"].as_str().unwrap()).unwrap().try_into().unwrap();
    let token = world.identity_token(BOB).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = Signature::from_slice(&BASE64.decode(signature).unwrap()).unwrap();
    VerifyingKey::from_bytes(&key).unwrap().verify_strict(input.as_bytes(), &signature).unwrap();
}

#[tokio::test]
async fn somebody_added_later_signs_in_too() {
    let world = world();
    let eve = UserSpec::new("eve@example.com").password("long enough");
    world.add_user("acme", eve.clone()).await.unwrap();
    assert!(world.add_user("acme", eve).await.is_err());
    let form = "action=sign_in&email=eve%40example.com&password=long+enough";
    assert_eq!(post_form(&world, LOGIN, "", form).await.status, 303);
}
