//! What a whole suite prints, and the secrets that must not be in it.
//!
//! [`search`] plays the suite once more in a process of its own, with every `tracing` and `log` line at
//! `TRACE` going to its output, and the fixtures noting each secret they use. Then the one is searched
//! for the other.

use std::{
    collections::BTreeSet,
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{LazyLock, Mutex, PoisonError},
};

use secureflows::host::Request;
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// Where the fixtures note their secrets, one a line; nothing is noted when it is not set.
const SECRETS: &str = "SECUREFLOWS_SECRETS";
/// Shorter texts would be found in ordinary words.
const SHORTEST: usize = 12;

static NOTES: LazyLock<Option<Mutex<fs::File>>> = LazyLock::new(|| {
    let path = env::var_os(SECRETS)?;
    // Whatever the suite's libraries have to tell goes to its output from here on.
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(std::io::stdout);
    let _told_already = tracing_subscriber::registry().with(lines.with_filter(told())).try_init();
    fs::File::create(path).ok().map(Mutex::new)
});

/// Everything, but for what the person at the login page uses to read HTML: it quotes the page, whose
/// address holds a token when a session is renewed there. No part of the SDK reads pages.
fn told() -> Targets {
    let all = Targets::new().with_default(LevelFilter::TRACE);
    all.with_target("html5ever", LevelFilter::OFF).with_target("selectors", LevelFilter::OFF)
}

/// Begins to listen, in the process that [`search`] starts; does nothing in any other.
pub fn listen() {
    LazyLock::force(&NOTES);
}

/// Notes a secret: a token, a password, a text that an app stored.
pub fn note(secret: &str) {
    let Some(notes) = &*NOTES else { return };
    if secret.len() < SHORTEST || secret.contains(['\n', '\r']) {
        return;
    }
    let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    // What cannot be noted shows in the number of secrets.
    let _noted = writeln!(notes, "{secret}");
}

/// Notes every secret of a request: its bearer token, the token in a renewal's path, what it stores,
/// its query.
pub fn note_request(request: &Request) {
    if let Some(authorization) = request.authorization() {
        note(authorization.trim_start_matches("Bearer "));
    }
    let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    note(query);
    if let Some((_, token)) = path.split_once("/renew/") {
        note(token);
    }
    note(request.body().unwrap_or_default());
    let value = request.body().and_then(|it| it.strip_prefix("{\"value\":")?.strip_suffix('}'));
    note(value.unwrap_or_default().trim_matches('"'));
}

/// What [`search`] went through.
#[derive(Debug)]
pub struct Searched {
    /// How many secrets it looked for.
    pub secrets: usize,
    /// All that the suite printed.
    pub output: String,
}

/// Plays the running test program once more, without the tests whose name holds `skip`, and fails
/// when a secret it used is in what it printed.
///
/// # Errors
/// The lines that hold one, or why the suite could not be played.
pub fn search(skip: &str) -> Result<Searched, String> {
    let notes = Notes::new(skip);
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let played = Command::new(program)
        .args(["--nocapture", "--skip", skip])
        .env(SECRETS, &notes.0)
        .env_remove("SECUREFLOWS_SCENARIO_REPORT")
        .output()
        .map_err(|error| error.to_string())?;
    let printed = [played.stdout, played.stderr].concat();
    let output = String::from_utf8_lossy(&printed).into_owned();
    if !played.status.success() {
        return Err(format!("the suite failed:\n{output}"));
    }
    let secrets = fs::read_to_string(&notes.0).map_err(|error| error.to_string())?;
    let secrets: BTreeSet<&str> = secrets.lines().collect();
    let leaks = leaks(&output, &secrets);
    if leaks.is_empty() {
        return Ok(Searched { secrets: secrets.len(), output });
    }
    Err(format!("{} lines hold a secret:\n{}", leaks.len(), leaks.join("\n")))
}

/// The lines of `output` that hold one of the `secrets`.
#[must_use]
pub fn leaks<'a>(output: &'a str, secrets: &BTreeSet<&str>) -> Vec<&'a str> {
    output.lines().filter(|line| secrets.iter().any(|secret| line.contains(secret))).collect()
}

/// A file that is gone when this is.
struct Notes(PathBuf);

impl Notes {
    fn new(name: &str) -> Self {
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let file = format!("secureflows-{}-{name}.secrets", std::process::id());
        Self(env::temp_dir().join(Path::new(&file)))
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        let _removed = fs::remove_file(&self.0);
    }
}
