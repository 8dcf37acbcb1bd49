//! Programs that serve, and the calls that they are sent.

use std::{
    ffi::OsStr,
    fmt,
    path::{Path, PathBuf},
    process::{Command, id},
    sync::Arc,
};

use super::{
    Call, Store,
    database::Postgres,
    people::{self, GAP, MEASURED},
};
use crate::{load::Target, process::Process, table::progress};

/// One or more instances over the same rows.
pub(super) struct Place {
    pub(super) store: Store,
    pub(super) sessions: u64,
    instances: Vec<Arc<Process>>,
    tokens: Arc<[String]>,
}

/// A program for each size, with all of its sessions.
pub(super) async fn in_memory(program: &Path, sizes: impl IntoIterator<Item = u64>) -> Vec<Place> {
    let mut places = Vec::new();
    for sessions in sizes {
        progress(&format!("{sessions} sessions in memory"));
        let seed = Scratch::write("seed", &people::seed(1..=sessions));
        let instance = serve(program, &["--seed".as_ref(), seed.path()]).await;
        let measured = people::measured(sessions / MEASURED);
        let tokens = people::sign_in(&instance.address, measured).await.into();
        let instances = vec![Arc::new(instance)];
        places.push(Place { store: Store::Memory, sessions, instances, tokens });
    }
    places
}

/// A database for each size, served by one program, and by two.
pub(super) async fn in_postgres(
    program: &Path,
    postgres: &Postgres,
    sizes: impl IntoIterator<Item = u64>,
) -> Vec<Place> {
    let key = Command::new(program).arg("keygen").output().unwrap();
    let key = Scratch::write("key", &String::from_utf8(key.stdout).unwrap());
    let seed = Scratch::write("seed", &people::seed(people::measured(GAP)));
    let serve_in = async |name: &str, more: &[&OsStr]| {
        let url = postgres.url("server", name);
        let options = ["--database".as_ref(), url.as_ref(), "--master-key".as_ref(), key.path()];
        serve(program, &[&options, more].concat()).await
    };
    // Those who are measured, and their tokens, are the same in all databases.
    let template = postgres.create("measured", "migrated");
    postgres.hurry(&template);
    let instance = serve_in(&template, &["--seed".as_ref(), seed.path()]).await;
    let tokens = people::sign_in(&instance.address, people::measured(GAP)).await;
    let tokens: Arc<[String]> = tokens.into();
    drop(instance);
    let mut places = Vec::new();
    for sessions in sizes {
        progress(&format!("{sessions} sessions in PostgreSQL"));
        let database = postgres.create(&sessions.to_string(), &template);
        postgres.fill(&database, sessions);
        let one = Arc::new(serve_in(&database, &[]).await);
        let both = vec![Arc::clone(&one), Arc::new(serve_in(&database, &[]).await)];
        for (store, instances) in [(Store::OneInstance, vec![one]), (Store::TwoInstances, both)] {
            places.push(Place { store, sessions, instances, tokens: Arc::clone(&tokens) });
        }
    }
    places
}

async fn serve(program: &Path, options: &[&OsStr]) -> Process {
    let process = Process::start(|port| {
        let mut command = Command::new(program);
        command.args(["serve", "--json", "--port", &port.to_string()]).args(options);
        command
    });
    process.reached().await;
    process
}

impl Place {
    /// One call of every session that is measured, on each instance.
    pub(super) fn targets(&self, call: Call) -> Vec<Target> {
        let of = |process: &Arc<Process>| {
            let address = process.address.clone();
            let requests = self.tokens.iter().map(|token| request(call, &address, token)).collect();
            Target { address, requests }
        };
        self.instances.iter().map(of).collect()
    }
}

fn request(call: Call, address: &str, token: &str) -> String {
    let head = format!("HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n");
    match call {
        Call::Get => format!("GET /api/v1/sessions/get/note {head}\r\n"),
        Call::Set => {
            let value = r#"{"value":"some other words that they wrote"}"#;
            let length = value.len();
            format!(
                "POST /api/v1/sessions/set/note {head}Content-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{value}"
            )
        }
    }
}

/// A file that goes with us.
struct Scratch(PathBuf);

impl Scratch {
    fn write(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("secureflows-bench-{}-{name}", id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &OsStr {
        self.0.as_os_str()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The machine empties its temporary folder.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} sessions", self.store, self.sessions)
    }
}
