//! What was stored as data is nowhere in the clear.

use std::{fs, process::Command};

use reqwest::Client;
use secureflows_mock::{Database, MasterKey};
use serde_json::{Value, json};

use crate::{common::builder, keys::file, program::start, role::runtime, server};

/// In words no other test uses: the server's files are everybody's.
const CANARY: &str = "Canary4711Proof";

/// What the program finds: its code, and each place with how often.
fn prove(words: &[&str]) -> (Option<i32>, Vec<(String, u64)>) {
    let (code, out, error) =
        start(&[&["prove-at-rest", "--json", "--canary", CANARY], words].concat()).end();
    assert!(error.is_empty(), "{error}");
    let places: Vec<Value> = serde_json::from_str(&out).unwrap();
    let found = |place: &Value| {
        (place["place"].as_str().unwrap().to_owned(), place["found"].as_u64().unwrap())
    };
    assert!(places.iter().any(|place| place["read"].as_u64().unwrap() > 0), "{out}");
    (code, places.iter().map(found).collect())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_payload_is_ciphertext_in_tables_files_dumps_journal_and_logs() {
    let server = server();
    let name = server.create("migrated");
    let url = server.url("server", &name);
    let key = file(&MasterKey::generate().unwrap().to_hex());
    let key = key.path().to_str().unwrap();
    let program =
        start(&["serve", "--port", "0", "--json", "--database", &url, "--master-key", key]);
    let ready = program.ready_object();
    let [base, control] =
        ["baseUrl", "controlUrl"].map(|name| ready[name].as_str().unwrap().to_owned());
    let client = Client::new();
    let post = async |address: String, token: &str, body: Value| {
        let request = client.post(address).bearer_auth(token).body(body.to_string());
        let request = request.header("content-type", "application/json");
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap_or_default()
    };
    let signed_in = post(
        format!("{control}/sign-in"),
        "",
        json!({"user": "ada@example.com", "application": "acme-notes"}),
    )
    .await;
    let token = signed_in["sessionToken"].as_str().unwrap();
    for body in
        [json!({"value": CANARY}), json!({"value": {"note": [CANARY, format!("x{CANARY}y")]}})]
    {
        post(format!("{base}/api/v1/sessions/set/diary"), token, body).await;
    }
    let read =
        client.get(format!("{base}/api/v1/sessions")).bearer_auth(token).send().await.unwrap();
    assert!(read.text().await.unwrap().contains(CANARY), "it is there to be found");

    server.run(&name, "postgres", "CHECKPOINT");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dump.sql"), server.dump(&name)).unwrap();
    let (files, dumps) = (server.files(&name), folder.path());
    let (files, dumps) = (files.to_str().unwrap(), dumps.to_str().unwrap());
    let everywhere = ["--database", &url, "--control", &control, files, dumps];
    let (code, places) = prove(&everywhere);
    assert!(code == Some(0) && places.iter().all(|(_, found)| *found == 0), "{places:?}");
    assert!(places.iter().any(|(place, _)| place == "table sessions"));

    // A proof that cannot fail is none: the same word where it is not sealed.
    let owned = json!({"email": "eve@example.com", "workspace": "acme", "name": CANARY});
    post(format!("{control}/users"), "", owned).await;
    server.run(&name, "postgres", "CHECKPOINT");
    fs::write(folder.path().join("dump.sql"), server.dump(&name)).unwrap();
    let (code, places) = prove(&everywhere);
    let named: Vec<_> =
        places.iter().filter(|(_, found)| *found > 0).map(|(place, _)| place.as_str()).collect();
    assert_eq!(code, Some(1));
    assert!(
        named.contains(&"table users") && named.iter().any(|place| place.ends_with("dump.sql")),
        "{named:?}"
    );
    assert!(named.iter().any(|place| place.starts_with(files)), "{named:?}");

    let (_, out, error) = program.stop();
    let logs = tempfile::tempdir().unwrap();
    fs::write(logs.path().join("out.log"), format!("{ready}\n{out}")).unwrap();
    fs::write(logs.path().join("error.log"), error).unwrap();
    let proof = start(&["prove-at-rest", "--canary", CANARY, logs.path().to_str().unwrap()]);
    assert_eq!(proof.end().0, Some(0));
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn what_outlives_its_workspace_is_read_as_well() {
    let server = server();
    let name = server.create("migrated");
    let database = Database::new(server.url("server", &name), MasterKey::generate().unwrap());
    let world = builder().database(database).build().unwrap();
    let removed = server.run(&name, "postgres", "SELECT id FROM workspaces WHERE name = 'acme'");
    let removed = removed.trim();
    for (table, columns, values) in [
        ("audit_events", "id, workspace, kind, at, metadata", "'x', 0"),
        ("access_log", "id, workspace, at, method, status, duration, path", "0, 'GET', 200, 0"),
    ] {
        let row = format!(
            "INSERT INTO {table} ({columns}) VALUES (9000, {removed}, {values}, '{CANARY}')"
        );
        server.run(&name, "postgres", &row);
    }
    assert!(runtime().block_on(world.remove_workspace("acme")));
    for role in ["server", "owner", "postgres"] {
        let (code, places) = prove(&["--database", &server.url(role, &name)]);
        let found: Vec<_> = places.iter().filter(|(_, found)| *found == 1).collect();
        let found: Vec<_> = found.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!((code, found), (Some(1), vec!["table access_log", "table audit_events"]));
    }
    server.run(&name, "postgres", "SELECT setval('workspace_ids', 9007199254740991)");
    let url = server.url("server", &name);
    let (code, _, error) = start(&["prove-at-rest", "--canary", CANARY, "--database", &url]).end();
    assert!(code == Some(1) && error.contains("look as a superuser"), "{error}");
    assert_eq!(prove(&["--database", &server.url("postgres", &name)]).0, Some(1));
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn what_cannot_be_looked_into_is_not_called_clean() {
    let server = server();
    let name = server.create("migrated");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let url = server.url("postgres", &name);
    let dump = Command::new("pg_dump")
        .args(["--format=custom", "--file", &path("dump"), "--dbname", &url])
        .status();
    assert!(dump.unwrap().success());
    fs::write(path("empty.log"), "").unwrap();
    fs::create_dir(path("empty")).unwrap();
    for (place, because) in [
        ("dump", "make a plain dump"),
        ("empty", "nothing to read"),
        ("empty.log", "not one byte or row was read"),
    ] {
        let words = ["prove-at-rest", "--json", "--canary", CANARY, &path(place)];
        let (code, out, error) = start(&words).end();
        assert_eq!((code, out.as_str()), (Some(1), ""), "{place}");
        assert!(error.contains(because), "{place}: {error}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_word_that_proves_nothing_is_refused() {
    let (code, out, error) = start(&["prove-at-rest", "--canary", "short", "."]).end();
    assert!(
        code != Some(0) && out.is_empty() && error.contains("8 to 64 letters and digits"),
        "{error}"
    );
}
