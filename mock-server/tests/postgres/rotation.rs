//! From one master key to another, with servers that go on meanwhile.

use std::sync::Arc;

use secureflows_mock::{ApplicationSpec, Database, MasterKey, UserSpec, WorkspaceSpec, World};
use serde_json::json;

use crate::{
    common::{ADA, APP, CALLBACK, call, owned, server::Server},
    keys::file,
    program::start,
    server,
};

struct Kept {
    server: Server,
    name: String,
    keys: [MasterKey; 2],
    token: String,
}

impl Kept {
    async fn laid() -> Self {
        let server = server();
        let name = server.create("migrated");
        let keys = [0, 1].map(|_| MasterKey::generate().unwrap());
        let mut kept = Self { server, name, keys, token: String::new() };
        let world = kept.world(&kept.under(0)).unwrap();
        kept.token = world.sign_in(ADA, APP).await.unwrap();
        let set = call(&world, "POST", "/sessions/set/theme", &kept.token, r#"{"value":"dark"}"#);
        assert_eq!(set.await.status, 200);
        kept
    }

    fn under(&self, key: usize) -> Database {
        Database::new(self.server.url("server", &self.name), self.keys[key].clone())
    }

    fn world(&self, database: &Database) -> Result<World, String> {
        owned().database(database.clone()).build().map_err(|error| error.to_string())
    }

    async fn reads(&self, world: &World) {
        let answer = call(world, "GET", "/sessions", &self.token, "").await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"theme": "dark"})));
    }

    /// A workspace that the instance adds is served by each, with a payload under its key; and so is what was there.
    async fn made_by_one_is_read_by_all(&self, name: &str, maker: usize, instances: &[World]) {
        let world = &instances[maker];
        let (app, email) = (format!("{name}-app"), format!("{name}@example.com"));
        world.add_workspace(WorkspaceSpec::new(name)).await.unwrap();
        let application = ApplicationSpec::new(&app).redirect_uri(CALLBACK);
        world.add_application(name, application).await.unwrap();
        world.add_user(name, UserSpec::new(&email)).await.unwrap();
        let token = world.sign_in(&email, &app).await.unwrap();
        let made = json!({"value": name}).to_string();
        let set = call(world, "POST", "/sessions/set/made", &token, &made);
        assert_eq!(set.await.status, 200);
        for instance in instances {
            let answer = call(instance, "GET", "/sessions", &token, "").await;
            assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"made": name})));
            self.reads(instance).await;
        }
    }

    fn ask(&self, statement: &str) -> String {
        self.server.run(&self.name, "postgres", statement).trim().to_owned()
    }

    /// How many keys of workspaces are under the second master key.
    fn rewrapped(&self) -> String {
        self.ask(&format!(
            "SELECT count(*) FROM workspaces WHERE master = '{}'",
            self.keys[1].name()
        ))
    }
}

const PAYLOADS: &str =
    "SELECT md5(string_agg(encode(ciphertext, 'hex'), ',' ORDER BY id)) FROM sessions";
const KEYS: &str = "SELECT md5(string_agg(encode(key, 'hex'), ',' ORDER BY id)) FROM workspaces";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn keys_are_wrapped_anew_and_payloads_stay() {
    let kept = Kept::laid().await;
    let (payloads, keys) = (kept.ask(PAYLOADS), kept.ask(KEYS));
    // Servers are given both keys, then the keys are wrapped anew while they serve.
    let both = kept.under(1).former_key(kept.keys[0].clone());
    let serving = kept.world(&both).unwrap();
    kept.reads(&serving).await;
    let mut told = Vec::new();
    let rotated = both.rotate(|done, many| told.push((done, many))).await.unwrap();
    assert!(rotated.rewrapped >= 2 && rotated.already == 0, "{rotated:?}");
    assert_eq!(told.len() as u64, rotated.rewrapped);
    kept.reads(&serving).await;
    assert_eq!(kept.ask(PAYLOADS), payloads);
    assert_ne!(kept.ask(KEYS), keys);
    kept.reads(&kept.world(&kept.under(1)).unwrap()).await;
    let error = kept.world(&kept.under(0)).unwrap_err();
    assert!(
        error.contains(&kept.keys[1].name()) && error.contains(&kept.keys[0].name()),
        "{error}"
    );
    // Once more changes nothing.
    let keys = kept.ask(KEYS);
    let again = both.rotate(|_, _| ()).await.unwrap();
    assert_eq!((again.rewrapped, again.already), (0, rotated.rewrapped));
    assert_eq!(kept.ask(KEYS), keys);
}

/// Every instance is ended and started anew twice before and once after, one after the other, and all that run
/// meanwhile serve what any of them makes.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn instances_go_from_key_to_key_one_after_the_other() {
    let kept = Kept::laid().await;
    let old = kept.under(0);
    let prepared = kept.under(0).former_key(kept.keys[1].clone());
    let changed = kept.under(1).former_key(kept.keys[0].clone());
    let new = kept.under(1);
    let start = |database: &Database| kept.world(database).unwrap();

    // First round: what the prepared make can be opened by those that are as they were.
    let mut instances = [start(&old), start(&old), start(&old)];
    for n in 0..3 {
        instances[n] = start(&prepared);
        kept.made_by_one_is_read_by_all(&format!("first-{n}"), n, &instances).await;
    }
    assert_eq!(kept.rewrapped(), "0");
    // Second round: the changed wrap under the new key, which the prepared can open, and the old alone could not.
    for n in 0..3 {
        instances[n] = start(&changed);
        kept.made_by_one_is_read_by_all(&format!("second-{n}"), n, &instances).await;
    }
    assert_eq!(kept.rewrapped(), "3");
    // The platform's own secret goes last; whoever has both keys starts before and after.
    instances[0] = start(&prepared);
    changed.rotate(|_, _| ()).await.unwrap();
    assert!(kept.world(&old).unwrap_err().contains(&kept.keys[1].name()));
    instances[1] = start(&prepared);
    for instance in &instances {
        kept.reads(instance).await;
    }
    // Third round.
    for n in 0..3 {
        instances[n] = start(&new);
        kept.made_by_one_is_read_by_all(&format!("third-{n}"), n, &instances).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn what_was_broken_off_goes_on_where_it_stopped() {
    let kept = Kept::laid().await;
    let both = kept.under(1).former_key(kept.keys[0].clone());
    let broken_off = Arc::new(tokio::sync::Notify::new());
    let (rotating, tell) = (both.clone(), Arc::clone(&broken_off));
    let rotating = tokio::spawn(async move {
        rotating
            .rotate(|done, _| {
                if done == 1 {
                    tell.notify_one();
                    panic!("as if the process had been killed here");
                }
            })
            .await
    });
    broken_off.notified().await;
    assert!(rotating.await.is_err());
    assert_eq!(kept.rewrapped(), "1");
    // Meanwhile neither key alone is enough for all, and both are.
    kept.reads(&kept.world(&both).unwrap()).await;
    let rotated = both.rotate(|_, _| ()).await.unwrap();
    assert_eq!(rotated.already, 1);
    assert_eq!(kept.rewrapped(), (rotated.rewrapped + 1).to_string());
    kept.reads(&kept.world(&kept.under(1)).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn the_program_does_it_and_says_so() {
    let kept = Kept::laid().await;
    let [former, new] = [0, 1].map(|key: usize| file(&kept.keys[key].to_hex()));
    let wrong = file(&MasterKey::generate().unwrap().to_hex());
    let url = kept.server.url("server", &kept.name);
    let rotate = |former: &tempfile::NamedTempFile| {
        let (former, new) = (former.path().to_str().unwrap(), new.path().to_str().unwrap());
        start(&["rotate", "--database", &url, "--master-key", new, "--former-master-key", former])
            .end()
    };
    let (code, _, error) = rotate(&wrong);
    assert!(code != Some(0) && error.contains("neither of the two master keys"), "{error}");
    assert_eq!(kept.rewrapped(), "0");
    let (code, _, said) = rotate(&former);
    assert!(code == Some(0) && said.contains("keys were wrapped anew"), "{said}");
    kept.reads(&kept.world(&kept.under(1)).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
async fn a_key_that_was_tampered_with_stops_it() {
    let kept = Kept::laid().await;
    kept.ask(
        "UPDATE workspaces SET key = set_byte(key, 40, get_byte(key, 40) # 1) WHERE name = 'other'",
    );
    let both = kept.under(1).former_key(kept.keys[0].clone());
    let error = both.rotate(|_, _| ()).await.unwrap_err().to_string();
    assert!(error.contains("the key of workspace"), "{error}");
    kept.reads(&kept.world(&both).unwrap()).await;
    let error = kept.under(1).rotate(|_, _| ()).await.unwrap_err().to_string();
    assert!(error.contains("the master key before"), "{error}");
}
