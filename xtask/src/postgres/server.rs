//! A PostgreSQL server of our own: in a temporary folder, on a socket that nobody else can open, for as long as
//! somebody holds it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio, id};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context as _, Result, bail};

use crate::stopwatch::Stopwatch;
use crate::{needs, workspace};

/// What tells the tests and benchmarks where its socket is.
const FOLDER: &str = "SECUREFLOWS_TEST_POSTGRES";

/// The server runs until its standard input ends, which it does with us, however we end; then its folder goes too.
/// It is told itself: who runs it as another user does not hand an interrupt on.
const UNTIL_WE_END: &str = r#"folder=$1; shift; "$@" & read -r _
kill -INT "$(head -n 1 "$folder/data/postmaster.pid")" || kill $!; wait $!; rm -rf "$folder""#;

/// Whether what was committed survives the machine, at the price that this has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disk {
    Sync,
    NoSync,
}

pub(crate) struct Server {
    folder: PathBuf,
    /// Who runs it where we are root, as whom it would not run.
    user: Option<&'static str>,
    child: Option<Child>,
}

impl Server {
    /// Starts one with the roles `owner`, who may create databases, and `server`, who may do nothing by itself, and
    /// the database `migrated`, which has the tables.
    pub(crate) fn start(disk: Disk, mock: &Path) -> Result<Self> {
        let root = workspace::ask("id", &["-u"]).as_deref() == Some("0");
        let folder = env::temp_dir().join(format!("secureflows-postgres-{}", id()));
        let mut server = Self { folder, user: root.then_some("postgres"), child: None };
        server.lay_out()?;
        server.run(disk)?;
        server.tables(mock)?;
        Ok(server)
    }

    /// Tells a program where it is.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env(FOLDER, &self.folder);
    }

    fn lay_out(&self) -> Result<()> {
        // What an earlier process of this number may have left.
        let _ = fs::remove_dir_all(&self.folder);
        let mut install = Command::new("install");
        install.args(["-d", "-m", "700"]).args(self.user.iter().flat_map(|user| ["-o", user]));
        install.arg(&self.folder);
        workspace::output_of(install).context("PostgreSQL needs a folder of its own")?;
        let mut initdb = self.program("initdb")?;
        initdb.arg("--pgdata").arg(self.data());
        initdb.args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres"]);
        initdb.arg("--no-sync");
        workspace::output_of(initdb).map(drop)
    }

    fn run(&mut self, disk: Disk) -> Result<()> {
        let program = self.program("postgres")?;
        let mut command = Command::new("sh");
        command.args(["-c", UNTIL_WE_END, "sh"]).arg(&self.folder).arg(program.get_program());
        command.args(program.get_args()).arg("-D").arg(self.data());
        let folder = self.folder.display();
        let settings = [
            "listen_addresses=".to_owned(),
            format!("unix_socket_directories={folder}"),
            "max_connections=300".to_owned(),
            format!("fsync={}", if disk == Disk::Sync { "on" } else { "off" }),
        ];
        command.args(settings.iter().flat_map(|setting| ["-c", setting]));
        let log = fs::File::create(self.folder.join("log"))?;
        command.current_dir("/").stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log);
        self.child = Some(command.spawn()?);
        self.wait()
    }

    /// Until it answers; what it wrote when it does not.
    fn wait(&mut self) -> Result<()> {
        let watch = Stopwatch::start();
        while self.ask("postgres", "postgres", "SELECT 1").is_err() {
            let ended = self.child.as_mut().map_or(Ok(None), Child::try_wait)?.is_some();
            if ended || watch.elapsed() > Duration::from_secs(30) {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL does not start:\n{log}");
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    fn tables(&self, mock: &Path) -> Result<()> {
        self.ask("postgres", "postgres", "CREATE ROLE owner LOGIN CREATEDB")?;
        self.ask("postgres", "postgres", "CREATE ROLE server LOGIN")?;
        self.ask("owner", "postgres", "CREATE DATABASE migrated")?;
        let mut migrate = Command::new(mock);
        let url = format!("postgres://owner@localhost/migrated?host={}", self.folder.display());
        migrate.args(["migrate", "--role", "server", "--database", &url]);
        workspace::output_of(migrate).map(drop)
    }

    fn ask(&self, role: &str, database: &str, statement: &str) -> Result<String> {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--username", role, "--dbname", database]);
        psql.arg("--host").arg(&self.folder).args(["--command", statement]);
        workspace::output_of(psql)
    }

    /// One of its programs, as the user that it runs as.
    fn program(&self, name: &str) -> Result<Command> {
        let program = needs::postgres().context("PostgreSQL is missing")?.join(name);
        let Some(user) = self.user else { return Ok(Command::new(program)) };
        let mut command = Command::new("runuser");
        command.current_dir("/").args(["-u", user, "--"]).arg(program);
        Ok(command)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

/// It ends when its standard input does.
impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            let _ = child.wait();
        }
        // What never began to run has left its folder.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
