//! The Kotlin package on the JVM, against the mock.

use anyhow::Result;

use super::{beside_a_mock, bindings, build, generate};
use crate::{scenarios, step, workspace};

/// Every scenario on the JVM.
pub(crate) fn test() -> Result<()> {
    build()?;
    generate("kotlin")?;
    let report = scenarios::Report::new("kotlin")?;
    let mut test = beside_a_mock()?;
    test.current_dir(workspace::root().join("sdk-mobile/kotlin"));
    test.args(["mvn", "--quiet", "--batch-mode", "test"]);
    test.arg(format!("-Dmaven.repo.local={}", workspace::target().join("maven").display()));
    test.arg(format!("-Dbindings={}", bindings("kotlin").display()));
    test.arg(format!("-Dlibrary={}", workspace::target().join("mobile").display()));
    test.env(scenarios::REPORT, report.path());
    step::quiet("mvn test", test)?;
    step::check("every listed scenario was run", || report.check())
}
