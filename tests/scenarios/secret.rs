//! The token stays in memory and unseen.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use secureflows::{
    Client, Error, Host, LoginOptions, SessionToken,
    host::{BoxFuture, Request, Response, SendError},
    protocol::{
        call::{self, Call, Key},
        login::{self, RedirectUri},
        session::{Generation, Machine},
        verdict::{Reply, judge},
    },
};
use secureflows_tests::{ADA, REDIRECT, Stage, leaks, scenario};

use crate::wire::Script;

const CANARY: &str = "canary-7f3a9c51d2e84b06";

/// What a client hands to the outside, as it prints itself.
#[derive(Default)]
struct Overheard(Mutex<Vec<String>>);

impl Host for Overheard {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        let identity = request.url().ends_with("/identity");
        let (status, body) = if identity {
            (200, r#"{"userId":1,"email":null}"#.to_owned())
        } else if request.method() == "POST" {
            (400, format!(r#"{{"error":"bad value, bad token {CANARY}"}}"#))
        } else {
            (200, format!(r#"{{"key":"k","value":"{CANARY}","k":"{CANARY}"}}"#))
        };
        let response = Response::new(status, body.into_bytes());
        self.0.lock().unwrap().push(format!("{request:?} {request:#?} {response:?}"));
        Box::pin(async { Ok(response) })
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn now(&self) -> u64 {
        0
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        bytes.fill(7);
        true
    }

    fn keep(&self, state: &str, record: &str) -> bool {
        self.0.lock().unwrap().push(format!("{state} {record}"));
        true
    }

    fn take(&self, _: &str) -> Option<String> {
        None
    }
}

#[tokio::test]
async fn never_printed() {
    let _scenario = scenario("secret.never-printed");
    const ORIGIN: &str = "https://p.example";
    let token = || SessionToken::issued_by(ORIGIN, CANARY.to_owned()).unwrap();
    let host = Arc::new(Overheard::default());
    let builder = Client::builder()
        .origin(ORIGIN)
        .workspace("acme")
        .app_id("web")
        .redirect_uri(REDIRECT)
        .host(host.clone());
    let mut printed = vec![format!("{builder:?} {builder:#?}")];
    let client = builder.build().unwrap();
    let mut events = client.events();
    client.adopt(token()).await.unwrap();

    let renewal = LoginOptions::new().same_user();
    let payload = LoginOptions::new().payload(format!("{{\"k\":\"{CANARY}\"}}"));
    let call = Call::write(Key::parse(CANARY).unwrap(), &format!("\"{CANARY}\"")).unwrap();
    let callback = format!("{REDIRECT}?sessionToken={CANARY}&state=sf1.{}", "0".repeat(32));
    let uri = RedirectUri::parse(REDIRECT).unwrap();
    let body = format!(r#"{{"k":"{CANARY}","sessionToken":"{CANARY}","payload":{{}}}}"#);
    let reply = Reply { status: 200, retry_after: None, body: body.as_bytes() };
    let judged = |endpoint| judge(endpoint, Generation::default(), reply);
    let mut machine = Machine::default();
    assert!(machine.arrived(token(), None, machine.era()));
    printed.extend([
        format!("{:?} {:#?}", token(), token()),
        format!("{client:?} {client:#?}"),
        format!("{:?} {:?}", client.status(), client.identity().await),
        format!("{:?}", client.logout_url("https://app.example/")),
        format!("{:?} {renewal:?}", client.begin_login(&renewal)),
        format!("{:?} {payload:?}", client.begin_login(&payload)),
        format!("{call:?} {:?}", Call::renew(token())),
        format!("{:?}", client.payload().await.unwrap()),
        format!("{:?}", login::read(&callback, &uri, ORIGIN)),
        format!("{reply:?} {:?} {:?}", judged(&call::PAYLOAD), judged(&call::RENEW)),
        format!("{machine:?} {:?}", machine.admit(machine.era(), true)),
        format!("{:?}", SessionToken::issued_by(ORIGIN, format!("{CANARY} "))),
    ]);

    let foreign = SessionToken::issued_by("https://other.example", CANARY.into()).unwrap();
    for error in [
        client.set_raw("k", "1").await.unwrap_err(),
        client.get::<u32>("k").await.unwrap_err(),
        client.complete_login(&callback).await.unwrap_err(),
        client.adopt(foreign).await.unwrap_err(),
        client.set_raw("k", CANARY).await.unwrap_err(),
    ] {
        printed.push(format!("{error} {error:?} {error:#?} {:?}", error.code()));
    }
    drop(client);
    while let Some(event) = events.next().await {
        printed.push(format!("{event:?}"));
    }
    printed.extend(host.0.lock().unwrap().drain(..));
    assert!(printed.len() > 25, "the requests are among them");
    for text in printed {
        assert!(!text.contains(CANARY), "{text}");
    }
}

/// Everything that the scenarios print, at `TRACE`, with all their libraries.
#[test]
fn never_logged() {
    let searched = leaks::search("never_logged").unwrap_or_else(|leaks| panic!("{leaks}"));
    assert!(searched.secrets > 100, "only {} secrets were looked for", searched.secrets);
    for told in ["secureflows: sending", "secureflows: the sign-in changed", "hyper", "reqwest"] {
        assert!(searched.output.contains(told), "this is not told: {told}");
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
