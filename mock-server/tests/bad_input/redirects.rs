//! Where a browser may be sent: exactly where an application said, however alike it looks.

use proptest::{collection::vec, prelude::*, sample::Index, test_runner::TestRunner};
use secureflows_mock::{ApplicationSpec, BadRedirectUri, SeedError, World};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::common::{ADA, Answer, Laid as _, as_owner, builder, call, owned, owner_sees, visit};

const APP: &str = "acme-shop";
const REGISTERED: &str = "https://shop.example/cb";

/// What can be taken for another place than the one it leads to, or leads nowhere.
const MISLEADING: [&str; 24] = [
    "https://shop.example@evil.example/cb",
    "https://shop.example:pass@evil.example/cb",
    "https://@evil.example/cb",
    "https://shop.example%40evil.example/cb",
    "https://evil.example\\@shop.example/cb",
    "https://evil.example\\.shop.example/cb",
    "https:\\\\shop.example\\cb",
    "https://shop.example/cb\\..\\x",
    "https:/shop.example/cb",
    "https:shop.example/cb",
    "https:///shop.example/cb",
    "//shop.example/cb",
    "/cb",
    "https://ѕhop.example/cb",
    "https://shop。example/cb",
    "https://shop.example／cb",
    "https://shop.\u{200b}example/cb",
    "https://s%68op.example/cb",
    "https://shop.example:port/cb",
    "https://shop.example:99999/cb",
    "https://shop.example/cb#token",
    "https://shop.example/cb\r\nSet-Cookie: a=b",
    "javascript://shop.example/%0aalert(1)",
    " https://shop.example/cb",
];

/// Alike, and good URIs of somebody's; but not the registered one.
const ALIKE: [&str; 22] = [
    "https://SHOP.example/cb",
    "HTTPS://shop.example/cb",
    "https://shop.example/CB",
    "http://shop.example/cb",
    "https://shop.example:443/cb",
    "https://shop.example:8443/cb",
    "https://shop.example./cb",
    "https://www.shop.example/cb",
    "https://shop.example.evil.example/cb",
    "https://evilshop.example/cb",
    "https://shop.example//cb",
    "https://shop.example/./cb",
    "https://shop.example/a/../cb",
    "https://shop.example/%63b",
    "https://shop.example/cb/",
    "https://shop.example/cb?",
    "https://shop.example/cb?next=https://evil.example",
    "https://shop.example/cb;a",
    "https://xn--hop-8cd.example/cb",
    "https://shop.example/",
    "https://shop.example",
    "com.shop.example:/cb",
];

fn world() -> World {
    let shop = ApplicationSpec::new(APP).redirect_uri(REGISTERED);
    owned().application("acme", shop).laid()
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn trail(world: &World) -> Value {
    owner_sees(world, "/audit/events?pageSize=200").await["totalItems"].clone()
}

#[tokio::test]
async fn what_misleads_is_registered_nowhere() {
    let world = world();
    let before = (owner_sees(&world, "/applications").await, trail(&world).await);
    for uri in MISLEADING {
        let new = json!({"appId": "new", "displayName": "New", "redirectUris": [REGISTERED, uri]});
        let path = format!("/applications/{APP}");
        let more = format!("{path}/redirect-uris");
        for (method, path, body, member) in [
            ("POST", "/applications", new, "redirectUris"),
            ("PATCH", path.as_str(), json!({"redirectUris": [uri, REGISTERED]}), "redirectUris"),
            ("POST", more.as_str(), json!({"redirectUri": uri}), "redirectUri"),
        ] {
            let (status, error) = as_owner(&world, method, path, &body).await.error();
            assert_eq!(status, 400, "{method} {uri:?}");
            assert!(
                error.starts_with(&format!("Invalid {member}: it")) || error.contains("URI"),
                "{error}"
            );
            assert!(!error.contains(uri), "{error}");
        }
        let seeded =
            builder().application("acme", ApplicationSpec::new(APP).redirect_uri(uri)).build();
        assert!(matches!(seeded, Err(SeedError::RedirectUri { .. })), "{uri:?}");
    }
    assert_eq!((owner_sees(&world, "/applications").await, trail(&world).await), before);
}

#[test]
fn the_refusal_names_the_mend() {
    let why = |uri: &str| match builder()
        .application("acme", ApplicationSpec::new(APP).redirect_uri(uri))
        .build()
    {
        Err(SeedError::RedirectUri { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    let user = why("https://shop.example@evil.example/");
    assert_eq!(user, BadRedirectUri::UserInfo);
    assert!(user.to_string().contains("leave out"));
    let backslash = why("https://shop.example\\@evil.example/");
    assert_eq!(backslash, BadRedirectUri::Backslash);
    assert!(backslash.to_string().contains("%5C"));
    assert_eq!(why("https://s%68op.example/"), BadRedirectUri::Host);
}

/// The four doors that could send a browser to `uri`: none does, none gives anything away.
async fn leads_nowhere(world: &World, uri: &str) {
    let asked = json!({"appId": APP, "redirectUri": uri}).to_string();
    let answer = call(world, "POST", "/applications/validate-redirect", "", &asked).await;
    let said = answer.json();
    assert_eq!((answer.status.as_u16(), &said["valid"]), (200, &json!(false)), "{uri:?}");
    assert!(said["displayName"].is_null() && said["reason"] != "ok", "{uri:?}");

    let common = format!("workspace_name=acme&app_id={APP}");
    let page = format!("/app/sessions/login?{common}&redirect_uri={}", encoded(uri));
    stays(&visit(world, &page, "").await, uri);
    let cookie =
        world.sign_in_fully(&secureflows_mock::SignIn::new(ADA, APP)).await.unwrap().cookie;
    stays(&visit(world, &page, &format!("{}={}", cookie.name, cookie.value)).await, uri);

    let identity = world.identity_token(ADA).unwrap();
    let callback = format!(
        "/api/v1/auth/callback?{common}&firebaseToken={identity}&client_redirect_uri={}",
        encoded(uri)
    );
    stays(&visit(world, &callback, "").await, uri);
}

async fn logout_leads_nowhere(world: &World, uri: &str) {
    let token = world.sign_in(ADA, APP).await.unwrap();
    let logout = format!("/api/v1/auth/logout?session_token={token}&redirect_uri={}", encoded(uri));
    let answer = visit(world, &logout, "").await;
    stays(&answer, uri);
    assert!(!answer.headers.contains_key("clear-site-data"), "{uri:?}");
    let identity = call(world, "GET", "/sessions/identity", &token, "").await;
    assert_eq!(identity.status, 200, "still signed in: {uri:?}");
}

fn stays(answer: &Answer, uri: &str) {
    assert_eq!(answer.status, 400, "{uri:?}");
    for name in ["location", "refresh", "set-cookie"] {
        assert!(!answer.headers.contains_key(name), "{name} {uri:?}");
    }
    assert!(!answer.body.contains("eyJ"), "no token: {uri:?}");
    assert!(uri.len() < 4 || !answer.body.contains(uri), "no echo: {uri:?}");
}

#[tokio::test]
async fn only_the_registered_uri_itself_leads_back() {
    let world = world();
    world.sign_in(ADA, APP).await.unwrap();
    let before =
        (owner_sees(&world, "/sessions/admin").await["totalItems"].clone(), trail(&world).await);
    for uri in MISLEADING.into_iter().chain(ALIKE) {
        leads_nowhere(&world, uri).await;
    }
    let after = owner_sees(&world, "/sessions/admin").await["totalItems"].clone();
    assert_eq!((after, trail(&world).await), before, "nothing is stored");
    // Ruling 6: the root of a registered origin is good after a logout.
    for uri in MISLEADING.into_iter().chain(ALIKE).filter(|uri| *uri != "https://shop.example/") {
        logout_leads_nowhere(&world, uri).await;
    }
    let asked = json!({"appId": APP, "redirectUri": REGISTERED}).to_string();
    let said = call(&world, "POST", "/applications/validate-redirect", "", &asked).await.json();
    assert_eq!((&said["valid"], &said["reason"]), (&json!(true), &json!("ok")));
}

#[test]
fn no_slip_of_the_pen_leads_anywhere() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let world = world();
    let slips = vec((any::<Index>(), 0..3_u8, any::<char>()), 1..4);
    let checked = TestRunner::deterministic().run(&slips, |slips| {
        let mut uri: Vec<char> = REGISTERED.chars().collect();
        for (at, kind, letter) in slips {
            let at = at.index(uri.len());
            match kind {
                0 => uri[at] = letter,
                1 => uri.insert(at, letter),
                _ => drop(uri.remove(at)),
            }
        }
        let uri: String = uri.into_iter().collect();
        prop_assume!(uri != REGISTERED);
        runtime.block_on(leads_nowhere(&world, &uri));
        Ok(())
    });
    checked.unwrap();
}

#[tokio::test]
async fn an_application_has_a_hundred_redirect_uris_at_most() {
    let world = world();
    let path = format!("/applications/{APP}");
    let uris: Vec<String> = (0..100).map(|n| format!("https://shop.example/{n}")).collect();
    let full = as_owner(&world, "PATCH", &path, &json!({"redirectUris": uris})).await.json();
    let more = format!("{path}/redirect-uris");
    let added = as_owner(&world, "POST", &more, &json!({"redirectUri": REGISTERED})).await;
    assert_eq!(added.error(), (400, "Invalid redirectUri: register 100 at most".to_owned()));
    let there = as_owner(&world, "POST", &more, &json!({"redirectUri": uris[0]})).await.json();
    assert_eq!((there, owner_sees(&world, &path).await), (full.clone(), full));
}
