//! Which scenarios of `scenarios.md` ran, for `xtask` to compare with the list.

use std::{fs::OpenOptions, io::Write as _};

/// The file to report to, one id a line; nothing is reported when it is not set.
const REPORT: &str = "SECUREFLOWS_SCENARIO_REPORT";

/// A scenario that is being played; it is reported when it ends well.
#[derive(Debug)]
#[must_use = "a scenario is reported when this is dropped at its end"]
pub struct Scenario(&'static str);

/// Begins the scenario `id` of `scenarios.md`.
pub fn scenario(id: &'static str) -> Scenario {
    crate::leaks::listen();
    Scenario(id)
}

impl Drop for Scenario {
    fn drop(&mut self) {
        let Ok(path) = std::env::var(REPORT) else { return };
        if std::thread::panicking() {
            return;
        }
        let file = OpenOptions::new().create(true).append(true).open(path);
        // A report that cannot be written shows as a gap.
        // In one piece: others append at the same time.
        let line = format!("{}\n", self.0);
        let _written = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }
}
