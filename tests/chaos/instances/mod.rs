//! A platform of several processes over one database, which are killed and come back.

mod balancer;
mod control;
mod instance;
mod outages;
mod under_load;
mod way;

use std::{
    env,
    ffi::OsString,
    fmt::Write as _,
    fs,
    path::PathBuf,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use futures_util::future::join_all;
use secureflows::NativeHost;
use secureflows_tests::{APP, REDIRECT, WORKSPACE};
use tempfile::TempDir;

use self::{balancer::Balancer, control::Control, instance::Instance};
use crate::{PEOPLE, email, logs::Logs, server::Server};

pub(crate) use self::outages::Outages;

/// How many serve the platform while none is killed.
pub(crate) const INSTANCES: usize = 3;
/// Who runs the workspace.
const OWNER: &str = "owner@example.com";
/// So many times quicker than its clients think goes everything that they wait for.
const HASTE: u32 = 10;

/// The instances, and the one address that clients know.
pub(crate) struct Instances {
    running: Mutex<Vec<Option<Instance>>>,
    balancer: Balancer,
    host: Arc<NativeHost>,
    control: Control,
    turn: AtomicUsize,
    logs: Logs,
    program: PathBuf,
    arguments: Vec<OsString>,
    _folder: TempDir,
}

impl Instances {
    /// Starts them all at once on a database that is new. What they print is heard by `logs`.
    pub(crate) async fn start(database: &str, logs: Logs) -> Arc<Self> {
        let program = of_environment();
        let folder = tempfile::tempdir().unwrap();
        let (key, seed) = (folder.path().join("key"), folder.path().join("seed.toml"));
        let generated = Command::new(&program).arg("keygen").output().unwrap();
        fs::write(&key, generated.stdout).unwrap();
        fs::write(&seed, beginning()).unwrap();
        let words = ["serve", "--port", "0", "--json", "--database"].map(OsString::from);
        let mut arguments = Vec::from(words);
        arguments.push(database.into());
        arguments.extend(["--master-key".into(), key.into(), "--seed".into(), seed.into()]);
        let host = NativeHost::new().and_then(|host| host.max_in_flight(1_000)).unwrap();
        let instances = Arc::new(Self {
            running: Mutex::new((0..INSTANCES).map(|_| None).collect()),
            balancer: Balancer::open().await,
            host: Arc::new(host),
            control: Control::new(),
            turn: AtomicUsize::new(0),
            logs,
            program,
            arguments,
            _folder: folder,
        });
        join_all((0..INSTANCES).map(|number| instances.begin(number))).await;
        instances
    }

    /// Starts one, and waits until it answers.
    pub(crate) async fn begin(&self, number: usize) {
        let (program, arguments) = (self.program.clone(), self.arguments.clone());
        let logs = self.logs.clone();
        let begun = move || Instance::start(&program, &arguments, &logs);
        let instance = tokio::task::spawn_blocking(begun).await.unwrap();
        self.change(|running| *running.get_mut(number).unwrap() = Some(instance));
    }

    /// Kills one in the middle of whatever it does. None may have ended before.
    pub(crate) fn kill(&self, number: usize) {
        self.change(|running| {
            let killed = running.get_mut(number).unwrap().take();
            assert!(killed.unwrap().is_running(), "instance {number} ended by itself");
        });
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Option<Instance>>)) {
        let mut running = self.running.lock().unwrap();
        change(&mut running);
        self.balancer.lead_to(running.iter().flatten().map(Instance::address).collect());
    }

    /// Where those are that run.
    fn bases(&self) -> Vec<String> {
        let running = self.running.lock().unwrap();
        running.iter().flatten().map(|instance| instance.base().to_owned()).collect()
    }

    /// Where the next one in turn is, if any runs.
    fn base(&self) -> Option<String> {
        let (bases, turn) = (self.bases(), self.turn.fetch_add(1, Ordering::Relaxed));
        bases.get(turn.checked_rem(bases.len())?).cloned()
    }

    /// Looks at what one of them noted of its requests.
    pub(crate) async fn hear_journal(&self, number: usize) {
        let base = {
            let running = self.running.lock().unwrap();
            running.get(number).and_then(Option::as_ref).map(|it| it.base().to_owned())
        };
        let journal = self.control.get(&format!("{}/_mock/journal", base.unwrap())).await.unwrap();
        for entry in journal.split("},") {
            self.logs.hear(entry);
        }
    }
}

/// Waits until nobody is in a database any more: what was on its way there has happened or has not.
pub(crate) fn wait_until_left(server: &Server, name: &str) {
    let visitors = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'");
    while server.run("postgres", "owner", &visitors).trim() != "0" {
        thread::sleep(Duration::from_millis(10));
    }
}

/// How long `time` is for the platform's clients.
fn span(time: Duration) -> Duration {
    time / HASTE
}

/// The program that the instances run.
fn of_environment() -> PathBuf {
    let program = env::var_os("SECUREFLOWS_MOCK");
    program
        .expect("SECUREFLOWS_MOCK is not the program to run: use `cargo xtask test postgres`")
        .into()
}

/// What is there in the beginning.
fn beginning() -> String {
    let mut seed = format!(
        "[[workspace]]\nname = \"{WORKSPACE}\"\n\
        [[workspace.application]]\napp_id = \"{APP}\"\nredirect_uris = [\"{REDIRECT}\"]\n\
        [[workspace.user]]\nemail = \"{OWNER}\"\nrole = \"owner\"\n"
    );
    for person in 0..PEOPLE {
        write!(seed, "[[workspace.user]]\nemail = \"{}\"\n", email(person)).unwrap();
    }
    seed
}
