//! `keygen`, `migrate` and `rotate`: what a database needs beside its servers.

use std::{
    fs,
    io::{IsTerminal as _, Write as _},
    path::Path,
    process::ExitCode,
};

use secureflows_mock::{Database, MasterKey};
use zeroize::Zeroizing;

use super::{
    arguments::{Keeping, Migrate, Rotate},
    failure::Failure,
};

pub(super) fn generate() -> Result<ExitCode, Failure> {
    let key =
        MasterKey::generate().map_err(|error| Failure::Key { name: "keygen".into(), error })?;
    let written = writeln!(anstream::stdout(), "{}", *key.to_hex());
    written.map_err(|source| Failure::System { doing: "write the key", source })?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn migrate(options: &Migrate) -> Result<ExitCode, Failure> {
    Database::migrate(&options.database, &options.role).await?;
    // A closed error stream leaves nobody to tell.
    let _ = writeln!(
        anstream::stderr(),
        "The tables are there. Serve them as `{}`: secureflows-mock serve --database … --master-key FILE",
        options.role
    );
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn rotate(options: &Rotate) -> Result<ExitCode, Failure> {
    let database = Database::new(&options.database, read(&options.master_key)?)
        .former_key(read(&options.former_master_key)?);
    let watched = std::io::stderr().is_terminal();
    let rotated = database.rotate(|done, many| {
        if watched {
            let _ = write!(anstream::stderr(), "\r{done} of {many}");
        }
    });
    let rotated = rotated.await?;
    let _ = writeln!(
        anstream::stderr(),
        "{}{} keys were wrapped anew, {} were already; all of them open. Servers need the former key no more.",
        if watched { "\r" } else { "" },
        rotated.rewrapped,
        rotated.already,
    );
    Ok(ExitCode::SUCCESS)
}

/// The database that is asked for, with its keys.
pub(super) fn database(keeping: &Keeping) -> Result<Option<Database>, Failure> {
    let (Some(url), Some(file)) = (&keeping.database, &keeping.master_key) else { return Ok(None) };
    let database = Database::new(url, read(file)?);
    Ok(Some(match &keeping.former_master_key {
        Some(former) => database.former_key(read(former)?),
        None => database,
    }))
}

fn read(file: &Path) -> Result<MasterKey, Failure> {
    let text = fs::read_to_string(file).map(Zeroizing::new);
    let text =
        text.map_err(|source| Failure::Read { what: "master key", path: file.into(), source })?;
    let name = file.display().to_string();
    MasterKey::parse(&text).map_err(|error| Failure::Key { name, error })
}
