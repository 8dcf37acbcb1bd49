//! `serve`: one world, until somebody stops it.

use std::{process::ExitCode, time::Duration};

use super::{announce::announce, arguments, failure::Failure, place::Place, signals::Signals};

/// A client that keeps its connection busy must not keep the process alive.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(options: &arguments::Serve) -> Result<ExitCode, Failure> {
    // Before anything is announced: whoever reads the line may send the signal.
    let mut signals = Signals::listen()?;
    let place = Place::open(&options.world, options.port).await?;
    announce(&place, options.json);
    signals.next().await;
    tokio::select! {
        // Whoever asks twice does not want to wait.
        _ = signals.next() => {}
        _ = tokio::time::timeout(PATIENCE, place.world.stop()) => {}
    }
    Ok(ExitCode::SUCCESS)
}
