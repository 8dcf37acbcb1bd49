//! The Kotlin package on the JVM: packed with the library, tried as packed, and as an app uses it.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::{beside_a_mock, bindings, build, generate, library_name, stripped};
use crate::{scenarios, step, workspace};

/// Every scenario against the jar, then a program that has nothing but the one dependency.
pub(crate) fn test() -> Result<()> {
    prepare()?;
    let report = scenarios::Report::new("kotlin")?;
    let mut package = maven(in_a_world()?, "pom.xml", "install");
    package.env(scenarios::REPORT, report.path());
    step::quiet("mvn install", package)?;
    step::check("every listed scenario was run", || report.check())?;
    let consumer = maven(in_a_world()?, CONSUMER, "verify");
    step::quiet("mvn verify, of a program with this one dependency", consumer)
}

/// The jar where its users find it, untested.
pub(crate) fn install() -> Result<()> {
    prepare()?;
    let mut install = maven(Command::new("mvn"), "pom.xml", "install");
    install.arg("-Dmaven.test.skip=true");
    step::quiet("mvn install, without tests", install)
}

/// Builds and runs another program with that one dependency, by the name of its class.
pub(crate) fn consumer(main: &str) -> Command {
    let mut consumer = maven(Command::new("mvn"), CONSUMER, "verify");
    consumer.arg(format!("-Dmain={main}"));
    consumer
}

const CONSUMER: &str = "src/consumer/pom.xml";

/// All that Maven does not make.
fn prepare() -> Result<()> {
    build()?;
    generate("kotlin")?;
    step::check("the library lies where the jar takes it from", pack)
}

/// Maven beside a mock.
fn in_a_world() -> Result<Command> {
    let mut maven = beside_a_mock()?;
    maven.arg("mvn");
    Ok(maven)
}

/// Maven with all it downloads and makes inside the target directory.
fn maven(mut maven: Command, pom: &str, phase: &str) -> Command {
    let target = workspace::target();
    maven.current_dir(workspace::root().join("sdk-mobile/kotlin"));
    maven.args(["--quiet", "--batch-mode", "--file", pom, phase]);
    maven.arg(format!("-Dmaven.repo.local={}", target.join("maven").display()));
    maven.arg(format!("-Dbindings={}", bindings("kotlin").display()));
    maven.arg(format!("-Dbuilt={}", target.join("kotlin").display()));
    maven.arg(format!("-Dnatives={}", natives().display()));
    maven
}

/// What the jar takes its libraries from: one folder a platform, by the names that JNA looks for.
fn natives() -> PathBuf {
    workspace::target().join("natives")
}

/// This host's library takes its place; what other hosts built stays beside it.
fn pack() -> Result<String> {
    let folder = natives().join(jna_platform(OS, ARCH)?);
    fs::create_dir_all(&folder)?;
    fs::copy(stripped()?, folder.join(library_name()))?;
    let mut platforms = Vec::new();
    for entry in fs::read_dir(natives())? {
        platforms.push(entry?.file_name().to_string_lossy().into_owned());
    }
    platforms.sort();
    Ok(platforms.join(", "))
}

/// JNA's name of a platform: `linux-x86-64`, `darwin-aarch64`, `win32-x86-64`.
fn jna_platform(os: &str, arch: &str) -> Result<String> {
    let os = match os {
        "linux" => "linux",
        "macos" => "darwin",
        "windows" => "win32",
        other => bail!("the JVM package has no library for {other}: Linux, macOS and Windows only"),
    };
    Ok(format!("{os}-{}", arch.replace('_', "-")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_called_as_jna_calls_them() {
        assert_eq!(jna_platform("linux", "x86_64").unwrap(), "linux-x86-64");
        assert_eq!(jna_platform("macos", "aarch64").unwrap(), "darwin-aarch64");
        assert_eq!(jna_platform("windows", "x86_64").unwrap(), "win32-x86-64");
        assert!(jna_platform("android", "aarch64").is_err());
    }

    /// All but the line that names the place.
    #[test]
    fn the_lines_of_the_readme_are_those_that_are_run() {
        let home = workspace::root().join("sdk-mobile/kotlin");
        let readme = fs::read_to_string(home.join("README.md")).unwrap();
        let run = fs::read_to_string(home.join("src/consumer/Consumer.kt")).unwrap();
        let (_, shown) = readme.split_once("## Ten lines\n\n```kotlin\n").unwrap();
        let (shown, _) = shown.split_once("```").unwrap();
        let code = |line: &str| line.split(" //").next().unwrap_or_default().trim().to_owned();
        let run: Vec<String> = run.lines().map(code).collect();
        for line in shown.lines().map(code).filter(|line| !line.starts_with("val sf = ")) {
            assert!(run.contains(&line), "this is shown and not run: {line}");
        }
    }

    #[test]
    fn the_package_is_of_the_version_of_the_workspace() {
        let version = format!("<version>{}</version>", env!("CARGO_PKG_VERSION"));
        for file in ["pom.xml", CONSUMER, "README.md"] {
            let path = workspace::root().join("sdk-mobile/kotlin").join(file);
            assert!(fs::read_to_string(path).unwrap().contains(&version), "{file}");
        }
    }
}
