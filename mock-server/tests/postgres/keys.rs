//! Master keys as the program takes them, and what becomes of a workspace's key.

use std::{io::Write as _, path::Path};

use secureflows_mock::{Database, MasterKey};
use tempfile::NamedTempFile;

use crate::{
    common::{ADA, APP, call, owned},
    instances::instance,
    program::start,
    server,
};

pub(crate) fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// Why the program does not serve a database with the key in this file.
fn refused(url: &str, key: &Path) -> String {
    let words = ["serve", "--port", "0", "--database", url, "--master-key", key.to_str().unwrap()];
    let (code, out, error) = start(&words).end();
    assert!(code.is_some_and(|code| code != 0) && out.is_empty(), "{out}");
    error
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn a_key_that_is_weak_or_missing_or_anothers_is_refused() {
    let server = server();
    let name = server.create("migrated");
    let url = server.url("server", &name);
    for (weak, text) in [
        ("0".repeat(64), "can be guessed"),
        ("0123456789abcdef".repeat(4), "can be guessed"),
        ("changeme".to_owned(), "64 hexadecimal digits"),
        (String::new(), "64 hexadecimal digits"),
    ] {
        let error = refused(&url, file(&weak).path());
        assert!(
            error.contains(text) && error.contains("secureflows-mock keygen"),
            "{weak}: {error}"
        );
    }
    assert!(refused(&url, Path::new("/nowhere/key")).contains("/nowhere/key"));
    let (code, _, error) = start(&["serve", "--database", &url]).end();
    assert!(code != Some(0) && error.contains("--master-key"), "{error}");
    let (code, _, error) = start(&["serve", "--master-key", "/nowhere/key"]).end();
    assert!(code != Some(0) && error.contains("--database"), "{error}");

    let [first, second] = [0, 1].map(|_| keygen());
    let key = MasterKey::parse(&first).unwrap();
    drop(owned().database(Database::new(&url, key.clone())).build().unwrap());
    let error = refused(&url, file(&second).path());
    let other = MasterKey::parse(&second).unwrap().name();
    assert!(error.contains(&key.name()) && error.contains(&other), "{error}");
    assert!(!error.contains(second.trim()) && !error.contains(first.trim()));
}

/// A new key, as the program prints it.
fn keygen() -> String {
    let (code, key, error) = start(&["keygen"]).end();
    assert!(code == Some(0) && error.is_empty(), "{error}");
    assert!(MasterKey::parse(&key).is_ok() && key.trim().len() == 64);
    key
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn every_generated_key_is_another() {
    assert_ne!(keygen(), keygen());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_workspace_that_is_removed_takes_its_key_along() {
    let server = server();
    let name = server.create("migrated");
    let database = Database::new(server.url("server", &name), MasterKey::generate().unwrap());
    let worlds = [instance(&database), instance(&database)];
    let token = worlds[0].sign_in(ADA, APP).await.unwrap();
    assert_eq!(
        call(&worlds[0], "POST", "/sessions/set/diary", &token, r#"{"value":1}"#).await.status,
        200
    );
    let key = "SELECT encode(key, 'hex') FROM workspaces WHERE name = 'acme'";
    let key = server.run(&name, "postgres", key).trim().to_owned();
    let ciphertext = "SELECT encode(ciphertext, 'hex') FROM sessions WHERE ciphertext IS NOT NULL";
    let ciphertext = server.run(&name, "postgres", ciphertext).trim().to_owned();
    let is_there = |text: &str| String::from_utf8(server.dump(&name)).unwrap().contains(text);
    assert!(key.len() > 64 && is_there(&key) && is_there(&ciphertext));

    assert!(worlds[1].remove_workspace("acme").await);
    assert!(!is_there(&key) && !is_there(&ciphertext));
    for world in &worlds {
        let answer = call(world, "GET", "/sessions", &token, "").await;
        assert!(answer.status.is_client_error(), "{}", answer.body);
        assert!(world.at_rest().is_empty());
    }
    assert!(!worlds[0].remove_workspace("acme").await, "it is gone");
    // The same name again is another workspace, with a key of its own.
    worlds[0].add_workspace(secureflows_mock::WorkspaceSpec::new("acme")).await.unwrap();
    assert_ne!(
        server
            .run(&name, "postgres", "SELECT encode(key, 'hex') FROM workspaces WHERE name = 'acme'")
            .trim(),
        key
    );
}
