//! The world that a command of ours lays out, and what others have to know to reach it.

use std::{fs, time::Duration};

use secureflows_mock::{Clock, DEMO_SEED, Seed, World};

use super::{arguments, failure::Failure, keys, trust::Trust};

/// A world that listens.
pub(super) struct Place {
    pub(super) world: World,
    pub(super) seed: Seed,
    /// Whether nobody gave a seed file.
    pub(super) is_demo: bool,
    /// With TLS: what clients have to trust.
    pub(super) trust: Option<Trust>,
}

impl Place {
    /// Starts a world on `port`. Its clock runs and its randomness is the system's, unless its seed file
    /// says otherwise.
    pub(super) async fn open(options: &arguments::Place, port: u16) -> Result<Self, Failure> {
        let seed = seed(options)?;
        // Password hashes stay cheap: these are in a file anyway, and a dear one takes 19 MiB and 50 ms.
        let like_the_platform =
            World::builder().clock(Clock::running(Duration::ZERO)).control(true);
        let mut description = seed.describe(like_the_platform).port(port);
        if let Some(profile) = options.profile {
            description = description.profile(profile.into());
        }
        let trust = options.tls.then(Trust::establish).transpose()?;
        if let Some(trust) = &trust {
            description = description.tls(&trust.authority);
        }
        if let Some(database) = keys::database(&options.keeping)? {
            description = description.database(database);
        }
        let world = description.start().await.map_err(|error| Failure::Start { error })?;
        Ok(Self { world, seed, is_demo: options.seed.is_none(), trust })
    }

    pub(super) fn base_url(&self) -> &str {
        self.world.origin()
    }

    pub(super) fn control_url(&self) -> String {
        self.world.control_url().unwrap_or_default()
    }

    /// The name of the workspace and the id of the application that come first.
    pub(super) fn application(&self) -> Option<(&str, &str)> {
        self.seed.first_application()
    }
}

fn seed(options: &arguments::Place) -> Result<Seed, Failure> {
    let Some(path) = &options.seed else {
        let name = "demo.toml".to_owned();
        return Seed::parse(DEMO_SEED).map_err(|error| Failure::Seed { name, error });
    };
    let text = fs::read_to_string(path);
    let text =
        text.map_err(|source| Failure::Read { what: "seed file", path: path.clone(), source })?;
    let name = path.display().to_string();
    Seed::parse(&text).map_err(|error| Failure::Seed { name, error })
}
