//! The program, as it is started from outside.
#![cfg(all(feature = "cli", unix))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod program;

use std::{fs, time::Duration};

use program::{Running, SEED, seed_file, start};
use reqwest::{Client, redirect::Policy};
use serde_json::Value;

const CALLBACK: &str = "http://127.0.0.1:7878/callback";

#[tokio::test]
async fn it_says_when_it_is_ready_and_answers() {
    let program = start(&["serve", "--port", "0", "--json"]);
    let ready = program.ready_object();
    let base = ready["baseUrl"].as_str().unwrap();
    assert!(base.starts_with("http://127.0.0.1:"), "{ready}");
    assert_eq!(ready["controlUrl"], format!("{base}/_mock"));
    assert_eq!(ready["pid"], program.pid());
    assert_eq!((&ready["workspace"], &ready["appId"]), (&"acme".into(), &"acme-notes".into()));
    let health = reqwest::get(format!("{base}/healthz")).await.unwrap();
    assert_eq!(
        (health.status().as_u16(), health.text().await.unwrap().as_str()),
        (200, r#"{"status":"ok"}"#)
    );
}

#[tokio::test]
async fn without_a_seed_file_somebody_can_sign_in_to_the_demo() {
    let program = start(&["--port", "0", "--json"]);
    let base = program.ready_object()["baseUrl"].as_str().unwrap().to_owned();
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let page = format!(
        "{base}/app/sessions/login?workspace_name=acme&app_id=acme-notes&state=s&redirect_uri={CALLBACK}"
    );
    let form = [
        ("action", "sign_in"),
        ("email", "ada@example.com"),
        ("password", "correct horse battery staple"),
    ];
    let submitted = client.post(&page).form(&form).send().await.unwrap();
    let next = format!("{base}{}", submitted.headers()["location"].to_str().unwrap());
    let back = client.get(next).send().await.unwrap();
    let back = back.headers()["location"].to_str().unwrap();
    let token = back.strip_prefix(&format!("{CALLBACK}?sessionToken=")).unwrap();
    let token = token.strip_suffix("&state=s").unwrap();
    let answer = client.get(format!("{base}/api/v1/sessions/identity")).bearer_auth(token);
    let who: Value =
        serde_json::from_str(&answer.send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(who["email"], "ada@example.com");
}

#[test]
fn in_words_it_is_one_line_and_the_demo_stands_beside_it() {
    let program = start(&["--port", "0"]);
    let line = program.line();
    assert!(line.starts_with("ready secureflows-mock at http://127.0.0.1:"), "{line}");
    let (code, rest, aside) = program.stop();
    assert_eq!((code, rest.as_str()), (Some(0), ""));
    assert!(aside.contains("ada@example.com with correct horse battery staple"), "{aside}");
    assert!(aside.contains("grace@example.com with "), "{aside}");
}

#[test]
fn asked_to_stop_it_ends_well_and_soon() {
    for signal in ["TERM", "INT"] {
        let mut program = start(&["serve", "--port", "0", "--json"]);
        let ready = program.ready_object();
        let address =
            ready["baseUrl"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
        let _idle = std::net::TcpStream::connect(&address).unwrap();
        program.signal(signal);
        assert_eq!(program.wait(Duration::from_secs(8)), Some(0), "{signal}");
        assert!(std::net::TcpStream::connect(&address).is_err());
    }
}

/// A call of the control API; what it answers.
async fn steer(control: &str, path: &str, body: &'static str) -> Value {
    let answer = Client::new().post(format!("{control}{path}")).body(body).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn asked_to_stop_it_finishes_what_it_is_answering() {
    let mut program = start(&["serve", "--port", "0", "--json"]);
    let ready = program.ready_object();
    let (base, control) =
        (ready["baseUrl"].as_str().unwrap(), ready["controlUrl"].as_str().unwrap().to_owned());
    let ada = r#"{"user": "ada@example.com", "application": "acme-notes"}"#;
    let token = steer(&control, "/sign-in", ada).await["sessionToken"].clone();
    let slow =
        r#"{"operation": "sessions.payload", "delayMs": 500, "effect": {"kind": "latency"}}"#;
    steer(&control, "/faults", slow).await;
    let read = Client::new().get(format!("{base}/api/v1/sessions"));
    let read = tokio::spawn(read.bearer_auth(token.as_str().unwrap()).send());
    let under_way = async || {
        let faults = reqwest::get(format!("{control}/faults")).await.unwrap();
        faults.text().await.unwrap().contains(r#""unfired":[]"#)
    };
    while !under_way().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    program.signal("TERM");
    assert_eq!(read.await.unwrap().unwrap().text().await.unwrap(), "{}");
    assert_eq!(program.wait(Duration::from_secs(8)), Some(0));
}

#[test]
fn what_goes_wrong_is_said_with_a_code() {
    let program = start(&["serve", "--port", "0", "--json"]);
    let base = program.ready_object()["baseUrl"].as_str().unwrap().to_owned();
    let port = base.rsplit(':').next().unwrap();
    let (code, _, error) = start(&["serve", "--port", port]).end();
    assert_eq!(code, Some(1));
    assert!(error.contains(&format!("port {port} of 127.0.0.1 cannot be opened")), "{error}");
    assert!(error.contains("in use"), "{error}");

    let (code, _, error) = start(&["serve", "--seed", "/no/such.toml"]).end();
    assert_eq!(code, Some(1));
    assert!(error.contains("cannot read the seed file /no/such.toml"), "{error}");

    let bad = seed_file("\n[[workspace]]\nnaem = \"acme\"\n");
    let (code, _, error) = start(&["serve", "--seed", bad.path().to_str().unwrap()]).end();
    assert_eq!(code, Some(1));
    let place = format!("{}:3:1: unknown field `naem`; did you mean `name`?", bad.path().display());
    assert!(error.contains(&place) && error.contains("3 | naem"), "{error}");

    let (code, _, error) = start(&["serve", "--prot", "0"]).end();
    assert_eq!(code, Some(2));
    assert!(error.contains("--port"), "{error}");
}

#[tokio::test]
async fn a_seed_file_decides_and_an_option_wins() {
    let seed = seed_file(SEED);
    let with = |more: &[&str]| {
        let mut words =
            vec!["serve", "--port", "0", "--json", "--seed", seed.path().to_str().unwrap()];
        words.extend(more);
        start(&words)
    };
    for (more, status) in [(&[][..], 403), (&["--profile", "published"][..], 401)] {
        let program = with(more);
        let ready = program.ready_object();
        assert_eq!(ready["appId"], "seeded-app");
        let address = format!("{}/api/v1/sessions", ready["baseUrl"].as_str().unwrap());
        let answer = Client::new().get(address).bearer_auth("forged").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(answer.headers()["date"], "Mon, 01 Jun 2026 10:00:00 GMT", "its clock stands");
    }
}

#[test]
fn the_schema_is_printed_as_it_is_published() {
    let (code, schema, _) = start(&["schema"]).end();
    assert_eq!(code, Some(0));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/seed.schema.json");
    assert_eq!(schema, fs::read_to_string(path).unwrap());
}

#[test]
fn exec_runs_a_command_beside_a_world() {
    let seed = seed_file(SEED);
    let exec = |script: &str| {
        start(&["exec", "--seed", seed.path().to_str().unwrap(), "--", "sh", "-c", script])
    };
    let (code, out, error) = exec(
        "echo $SECUREFLOWS_WORKSPACE $SECUREFLOWS_APP_ID; echo ${SECUREFLOWS_CONTROL_URL#$SECUREFLOWS_ORIGIN}; exit 7",
    )
    .end();
    assert_eq!((code, out.as_str(), error.as_str()), (Some(7), "seeded seeded-app\n/_mock\n", ""));
    assert_eq!(exec("kill -KILL $$").end().0, Some(128 + 9));
    assert_eq!(exec("true").end().0, Some(0));
    assert_eq!(start(&["exec", "--", "no-such-command-here"]).end().0, Some(127));
    assert_eq!(start(&["exec", "--", "/"]).end().0, Some(126));
    assert_eq!(start(&["exec"]).end().0, Some(2));
}

#[test]
fn exec_hands_signals_on() {
    for signal in ["TERM", "INT"] {
        let script =
            format!("trap 'echo caught; exit 3' {signal}; echo up; while :; do sleep 0.05; done");
        let mut program: Running = start(&["exec", "--", "sh", "-c", &script]);
        assert_eq!(program.line(), "up");
        program.signal(signal);
        assert_eq!(program.line(), "caught");
        assert_eq!(program.wait(Duration::from_secs(8)), Some(3), "{signal}");
    }
}

#[tokio::test]
async fn with_tls_its_certificate_is_all_a_client_needs() {
    let program = start(&["serve", "--port", "0", "--json", "--tls"]);
    let ready = program.ready_object();
    let base = ready["baseUrl"].as_str().unwrap();
    let file = ready["caFile"].as_str().unwrap().to_owned();
    let pem = fs::read_to_string(&file).unwrap();
    assert_eq!(pem.matches("BEGIN").count(), 1, "a certificate and no key: {pem}");
    let authority = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    let client = || Client::builder().redirect(Policy::none()).no_proxy();
    let trusting = client().tls_certs_only([authority]).build().unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let health =
            trusting.get(format!("{base}/healthz").replace("127.0.0.1", host)).send().await;
        assert_eq!(health.unwrap().status().as_u16(), 200, "{host}");
    }
    assert!(client().build().unwrap().get(format!("{base}/healthz")).send().await.is_err());
    let page = format!(
        "{base}/app/sessions/login?workspace_name=acme&app_id=acme-notes&redirect_uri={CALLBACK}"
    );
    let guest = trusting.post(&page).form(&[("action", "anonymous")]).send().await.unwrap();
    let cookie = guest.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    program.stop();
    assert!(fs::metadata(file).is_err(), "the file goes with the program");
}

#[test]
fn with_tls_it_says_how_to_trust_it_and_exec_hands_it_on() {
    let program = start(&["--port", "0", "--tls"]);
    let line = program.line();
    assert!(line.starts_with("ready secureflows-mock at https://127.0.0.1:"), "{line}");
    let (_, _, aside) = program.stop();
    for how in
        ["curl --cacert /", "NODE_EXTRA_CA_CERTS=/", "SSL_CERT_FILE=/", "keytool -importcert"]
    {
        assert!(aside.contains(how), "{aside}");
    }
    let script =
        "test -s $SECUREFLOWS_CA_FILE && echo $SECUREFLOWS_ORIGIN $SECUREFLOWS_CONTROL_URL";
    let (code, out, _) = start(&["exec", "--tls", "--", "sh", "-c", script]).end();
    assert_eq!(code, Some(0));
    assert!(out.starts_with("https://127.0.0.1:") && out.trim_end().ends_with("/_mock"), "{out}");
}

#[test]
fn its_help_says_what_else_there_is() {
    let help = |words: &[&str]| start(words).end().1;
    for variable in ["ORIGIN", "CONTROL_URL", "WORKSPACE", "APP_ID", "CA_FILE"] {
        assert!(help(&["exec", "--help"]).contains(&format!("SECUREFLOWS_{variable}")));
    }
    for words in [&["--help"][..], &["serve", "--help"]] {
        assert!(help(words).contains("GET /_mock/openapi.json"), "{words:?}");
    }
}
