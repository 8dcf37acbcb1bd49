//! Peers from npm, installed into `target/bench-peers` when a run asks for them.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

/// A program from npm.
pub(super) struct Peer {
    pub(super) what: &'static str,
    name: &'static str,
    package: &'static str,
    script: &'static str,
    arguments: &'static [&'static str],
    /// What it is asked for.
    pub(super) path: &'static str,
}

pub(super) const PEERS: &[Peer] = &[
    Peer {
        what: "Prism (npm): the same answer from the example of an OpenAPI document",
        name: "prism",
        package: "@stoplight/prism-cli@5.14.2",
        script: "@stoplight/prism-cli/dist/index.js",
        arguments: &["mock", "--host", "127.0.0.1", "--port", "{port}", "api.json"],
        path: "/api/v1/sessions/get/note",
    },
    Peer {
        what: "Firebase auth emulator (npm): its settings",
        name: "firebase",
        package: "firebase-tools@15.34.2",
        script: "firebase-tools/lib/bin/firebase.js",
        arguments: &["emulators:start", "--only", "auth", "--project", "demo-bench"],
        path: "/emulator/v1/projects/demo-bench/config",
    },
];

/// One path with one example, for Prism.
const API: &str = r#"{"openapi":"3.0.0","info":{"title":"one","version":"1"},"paths":{
"/api/v1/sessions/get/{key}":{"get":{"parameters":[{"name":"key","in":"path","required":true,"schema":{"type":"string"}}],
"security":[{"token":[]}],"responses":{"200":{"description":"it","content":{"application/json":{
"example":{"key":"note","value":"some words that somebody wrote"}}}}}}}},
"components":{"securitySchemes":{"token":{"type":"http","scheme":"bearer"}}}}"#;

impl Peer {
    /// Installs it unless it is there; why not, otherwise.
    pub(super) fn install(&self) -> Result<(), String> {
        let home = self.home();
        fs::create_dir_all(&home).map_err(|error| error.to_string())?;
        fs::write(home.join("api.json"), API).map_err(|error| error.to_string())?;
        if home.join("node_modules").join(self.script).exists() {
            return Ok(());
        }
        let npm = Command::new("timeout")
            .args([
                "300",
                "npm",
                "install",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                self.package,
            ])
            .args(["--prefix", "."])
            .current_dir(&home)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        match npm {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("npm install ended with {status}")),
            Err(error) => Err(format!("no npm: {error}")),
        }
    }

    pub(super) fn command(&self, port: u16) -> Command {
        let (home, port) = (self.home(), port.to_string());
        let settings = format!(
            r#"{{"emulators":{{"auth":{{"host":"127.0.0.1","port":{port}}},"ui":{{"enabled":false}},"hub":{{"port":0}},"logging":{{"port":0}},"singleProjectMode":false}}}}"#
        );
        fs::write(home.join("firebase.json"), settings).unwrap();
        let mut command = Command::new("node");
        command.arg(home.join("node_modules").join(self.script)).current_dir(home);
        command.args(self.arguments.iter().map(|word| word.replace("{port}", &port)));
        command
    }

    /// A directory of its own, beside what cargo builds.
    fn home(&self) -> PathBuf {
        let program = std::env::current_exe().unwrap();
        // target/release/deps/bench-… lies three floors below.
        program.ancestors().nth(3).unwrap().join("bench-peers").join(self.name)
    }
}
