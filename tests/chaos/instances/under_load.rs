//! What is there after all instances were killed while everybody wrote: all that was acknowledged, and nothing
//! by halves.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::join_all;
use secureflows_tests::APP;
use serde_json::{Value, json};
use tokio::{runtime::Builder, sync::watch};

use super::{INSTANCES, Instances, OWNER, control::text, wait_until_left};
use crate::{Seed, chance::Chance, email, logs, platform::Platform as _, seed, server};

const SESSIONS: usize = 5;
/// Those that write to one session at once, each to a key of its own.
const WRITERS: usize = 4;
const ROUNDS: usize = 6;

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test postgres"]
fn instances_that_are_killed_under_load_keep_all_that_they_acknowledged() {
    let seed = Seed(seed());
    let logs = logs::listen();
    let (server, chance) = (server(), Chance::new(seed.0));
    let name = server.create("migrated");
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let url = server.url("server", &name);
        let instances = Instances::start(&url, logs.of_processes()).await;
        let mut writers = Writer::all(&instances).await;
        for _ in 0..ROUNDS {
            let acknowledged = watch::Sender::new(0);
            let load = writers.iter_mut().map(|writer| writer.write(&instances, &acknowledged));
            let killed = async {
                let mut acknowledged = acknowledged.subscribe();
                let enough = 100 + chance.index(200);
                acknowledged.wait_for(|many| *many >= enough).await.unwrap();
                (0..INSTANCES).for_each(|number| instances.kill(number));
            };
            tokio::join!(join_all(load), killed);
            wait_until_left(&server, &name);
            join_all((0..INSTANCES).map(|number| instances.begin(number))).await;
            join_all(writers.iter_mut().map(|writer| writer.look(&instances))).await;
        }
        let operator = Operator::enter(&instances).await;
        assert_eq!(operator.events().await, by_person(&writers), "events of writes, and writes");
        operator.check_rows().await;
    });
    wait_until_left(&server, &name);
    server.drop(&name);
    logs.check_leaks();
}

/// How many writes everybody's session has taken.
fn by_person(writers: &[Writer]) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    for writer in writers {
        *all.entry(writer.email.clone()).or_default() += writer.last;
    }
    all
}

/// Writes 1, 2, 3 and so on to its key.
struct Writer {
    email: String,
    token: String,
    key: String,
    /// The last number that is there.
    last: u64,
}

impl Writer {
    async fn all(instances: &Arc<Instances>) -> Vec<Self> {
        let mut writers = Vec::new();
        for person in 0..SESSIONS {
            let token = instances.token(email(person)).await.unwrap();
            writers.extend((0..WRITERS).map(|number| Self {
                email: email(person),
                token: token.clone(),
                key: format!("key{number}"),
                last: 0,
            }));
        }
        writers
    }

    /// Writes until nobody answers any more. No instance that lives may refuse.
    async fn write(&mut self, instances: &Instances, acknowledged: &watch::Sender<usize>) {
        let url = format!("{}/api/v1/sessions/set/{}", instances.origin(), self.key);
        loop {
            let next = json!(self.last + 1);
            let body = json!({ "value": next });
            match instances.control.post_as(&self.token, &url, &body).await {
                Ok(payload) => assert_eq!(payload.get(&self.key), Some(&next)),
                Err(error) => {
                    assert!(!error.is_status(), "{error}");
                    return;
                }
            }
            self.last += 1;
            acknowledged.send_modify(|many| *many += 1);
        }
    }

    /// The last number that was acknowledged must be there, or the one after it, whose answer was lost.
    async fn look(&mut self, instances: &Instances) {
        let url = format!("{}/api/v1/sessions", instances.origin());
        let payload = instances.control.get_as(&self.token, &url).await.unwrap();
        let there = payload.get(&self.key).map_or(0, |value| value.as_u64().unwrap());
        let Self { email, key, last, .. } = self;
        assert!((*last..=*last + 1).contains(&there), "{key} of {email}: {there} and not {last}");
        self.last = there;
    }
}

/// Somebody who runs the workspace.
struct Operator<'a> {
    instances: &'a Instances,
    token: String,
}

impl<'a> Operator<'a> {
    async fn enter(instances: &'a Instances) -> Self {
        let who = json!({ "user": OWNER, "application": APP, "userToken": true });
        let token = text(&instances.ask("sign-in", &who).await.unwrap(), "userToken").unwrap();
        Self { instances, token }
    }

    async fn read(&self, what: &str) -> Value {
        let url = format!("{}/api/v1/{what}", self.instances.origin());
        self.instances.control.get_as(&self.token, &url).await.unwrap()
    }

    async fn items(&self, what: &str) -> Vec<Value> {
        self.read(what).await.get("items").unwrap().as_array().unwrap().clone()
    }

    /// How many events of writes the audit trail has of everybody's session.
    async fn events(&self) -> BTreeMap<String, u64> {
        let mut all = BTreeMap::new();
        for page in 0.. {
            let events = self.items(&format!("audit/events?pageSize=200&page={page}")).await;
            if events.is_empty() {
                break;
            }
            for event in events {
                if text(&event, "eventType").unwrap() == "SESSION_KEY_WRITTEN" {
                    *all.entry(text(&event, "sessionUserEmail").unwrap()).or_default() += 1;
                }
            }
        }
        all
    }

    /// Of every row what stands beside the payload must fit it.
    async fn check_rows(&self) {
        let rows = self.items("sessions/admin").await;
        assert_eq!(rows.len(), SESSIONS + 1, "a session of everybody's, and the operator's");
        for row in rows {
            let row = self.read(&format!("sessions/admin/{}", row.get("id").unwrap())).await;
            let payload = row.get("payload").unwrap();
            let attributes = payload.as_object().unwrap().len();
            assert_eq!(row.get("attributeCount"), Some(&json!(attributes)), "{row}");
            let bytes = payload.to_string().len();
            assert_eq!(row.get("currentDataSizeBytes"), Some(&json!(bytes)), "{row}");
        }
    }
}
