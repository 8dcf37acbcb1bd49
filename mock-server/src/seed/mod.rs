//! Worlds described in a TOML file. The format is data in `file`; its JSON Schema, `seed.schema.json` beside
//! the crate's manifest, is made from it.

mod describe;
mod error;
mod explain;
mod file;
mod place;
#[cfg(test)]
mod schema;
mod values;

use std::fmt;

pub use self::error::SeedFileError;
use self::file::SeedFile;
use crate::world::{World, WorldBuilder};

/// The seed file of the demo: one workspace, one application, two users.
pub const DEMO_SEED: &str = include_str!("../../demo.toml");

/// The JSON Schema of seed files, for editors.
pub const SEED_SCHEMA: &str = include_str!("../../seed.schema.json");

/// A seed file that was read and found sound.
///
/// ```
/// use secureflows_mock::{Seed, World};
///
/// let seed = Seed::parse(
///     r#"
///     [clock]
///     at = 2026-06-01T12:00:00Z
///
///     [[workspace]]
///     name = "acme"
///
///     [[workspace.application]]
///     app_id = "acme-notes"
///
///     [[workspace.user]]
///     email = "ada@example.com"
///
///     [[workspace.user.session]]
///     app_id = "acme-notes"
///     payload = { theme = "dark" }
///     "#,
/// )?;
/// assert_eq!(seed.first_application(), Some(("acme", "acme-notes")));
/// let world = seed.describe(World::builder()).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Seed(SeedFile);

impl Seed {
    /// Reads a seed file and tries it out: the world that it describes can begin.
    ///
    /// # Errors
    ///
    /// [`SeedFileError`], which says where in the text, what is wrong there and how to mend it.
    pub fn parse(text: &str) -> Result<Self, SeedFileError> {
        let file = toml::from_str(text).map_err(|error| explain::unreadable(text, &error))?;
        let seed = Self(file);
        match seed.describe(World::builder()).build() {
            Ok(_world) => Ok(seed),
            Err(error) => Err(explain::impossible(text, &error)),
        }
    }

    /// Adds what the file says to a description, in whose place it says something.
    pub fn describe(&self, builder: WorldBuilder) -> WorldBuilder {
        describe::describe(&self.0, builder)
    }

    /// The first application, as its workspace's name and its own id.
    #[must_use]
    pub fn first_application(&self) -> Option<(&str, &str)> {
        let mut all = self.0.workspaces.iter().flat_map(|workspace| {
            let ids = workspace.applications.iter().map(|application| application.app_id.as_str());
            ids.map(|app_id| (workspace.name.as_str(), app_id))
        });
        all.next()
    }

    /// The redirect URIs of the first application.
    #[must_use]
    pub fn first_redirect_uris(&self) -> &[String] {
        let mut all = self.0.workspaces.iter().flat_map(|workspace| &workspace.applications);
        all.next().map_or(&[], |application| &application.redirect_uris)
    }

    /// Whoever can sign in at hosted login, as e-mail and password.
    pub fn passwords(&self) -> impl Iterator<Item = (&str, &str)> {
        let users = self.0.workspaces.iter().flat_map(|workspace| &workspace.users);
        users.filter_map(|user| Some((user.email.as_str(), user.password.as_ref()?.as_str())))
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seed({} workspaces)", self.0.workspaces.len())
    }
}

impl World {
    /// Begins to describe a world as a seed file does: [`Seed::parse`] and [`Seed::describe`] in one.
    ///
    /// ```
    /// use secureflows_mock::{DEMO_SEED, World};
    ///
    /// let world = World::from_seed(DEMO_SEED)?.seed(7).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SeedFileError`] as [`Seed::parse`] has it.
    pub fn from_seed(text: &str) -> Result<WorldBuilder, SeedFileError> {
        Ok(Seed::parse(text)?.describe(Self::builder()))
    }
}
