//! What the control API keeps: a world's snapshots, and the worlds that were made over HTTP.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use http::StatusCode;

use super::{PREFIX, beside, refused, serve};
use crate::{
    http::ApiError,
    world::{Beside, Snapshot, World, WorldBuilder},
};

/// So many worlds are there at once, beside the first.
const MAX_WORLDS: usize = 10_000;

/// So many snapshots a world has at once.
const MAX_SNAPSHOTS: usize = 100;

/// A deleted world ends what it is answering, for so long at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// A world's place in the control API.
pub(super) struct Station {
    pub(super) id: String,
    snapshots: Mutex<Numbered<Snapshot>>,
    worlds: Weak<Worlds>,
}

/// The worlds that were made over HTTP.
#[derive(Default)]
pub(super) struct Worlds(Mutex<Numbered<(World, Arc<Station>)>>);

/// Things under numbers that are never given twice.
struct Numbered<T> {
    last: u64,
    things: BTreeMap<u64, T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { last: 0, things: BTreeMap::new() }
    }
}

impl<T> Numbered<T> {
    fn room(&self, max: usize, kind: &str) -> Result<(), ApiError> {
        if self.things.len() < max {
            return Ok(());
        }
        let text = format!("There are {max} {kind} already; delete one that is no longer needed");
        Err(ApiError::new(StatusCode::CONFLICT, text))
    }

    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

/// The control API of a world that was made in Rust. It owns the worlds that are made over HTTP.
pub(super) fn first() -> Beside {
    let worlds = Arc::new(Worlds::default());
    let station = Arc::new(Station::new("w0".to_owned(), &worlds));
    beside(move |world, request| {
        // The worlds live as long as this closure, which is as long as the first world does.
        let _ = &worlds;
        serve(world, Arc::clone(&station), request)
    })
}

impl Station {
    fn new(id: String, worlds: &Arc<Worlds>) -> Self {
        Self { id, snapshots: Mutex::default(), worlds: Arc::downgrade(worlds) }
    }

    pub(super) fn worlds(&self) -> Result<Arc<Worlds>, ApiError> {
        // Only while the first world is being dropped.
        self.worlds.upgrade().ok_or_else(|| {
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "The first world is gone")
        })
    }

    /// Keeps a snapshot; its id.
    pub(super) fn keep(&self, snapshot: Snapshot) -> Result<String, ApiError> {
        let mut snapshots = lock(&self.snapshots);
        snapshots.room(MAX_SNAPSHOTS, "snapshots of this world")?;
        let number = snapshots.number();
        snapshots.things.insert(number, snapshot);
        Ok(format!("s{number}"))
    }

    pub(super) fn snapshot(&self, id: &str) -> Result<Snapshot, ApiError> {
        let found = number(id, 's').and_then(|id| lock(&self.snapshots).things.get(&id).cloned());
        found.ok_or_else(|| unknown("snapshot", id))
    }

    pub(super) fn forget(&self, id: &str) -> Result<(), ApiError> {
        let found = number(id, 's').and_then(|id| lock(&self.snapshots).things.remove(&id));
        found.map(drop).ok_or_else(|| unknown("snapshot", id))
    }
}

impl Worlds {
    /// Begins a world on a port of its own.
    pub(super) async fn make(
        self: &Arc<Self>,
        builder: WorldBuilder,
    ) -> Result<(World, Arc<Station>), ApiError> {
        let number = {
            let mut made = lock(&self.0);
            made.room(MAX_WORLDS, "worlds")?;
            made.number()
        };
        let station = Arc::new(Station::new(format!("w{number}"), self));
        let inside = Arc::clone(&station);
        let control = beside(move |world, request| serve(world, Arc::clone(&inside), request));
        let world = builder.beside(Some(control)).start().await.map_err(refused::start)?;
        let mut made = lock(&self.0);
        // Others may have taken the last place while this one began.
        made.room(MAX_WORLDS, "worlds")?;
        made.things.insert(number, (world.clone(), Arc::clone(&station)));
        Ok((world, station))
    }

    pub(super) fn all(&self) -> Vec<(World, Arc<Station>)> {
        lock(&self.0).things.values().cloned().collect()
    }

    pub(super) fn find(&self, id: &str) -> Result<(World, Arc<Station>), ApiError> {
        let found = number(id, 'w').and_then(|id| lock(&self.0).things.get(&id).cloned());
        found.ok_or_else(|| unknown("world", id))
    }

    /// Ends a world; `asked` is the one that was asked to, which shall still answer.
    pub(super) async fn end(&self, id: &str, asked: &str) -> Result<(), ApiError> {
        let found = number(id, 'w').and_then(|id| lock(&self.0).things.remove(&id));
        let (world, _) = found.ok_or_else(|| unknown("world", id))?;
        let stop = async move {
            // Whatever is still open after that is broken off by the drop.
            let _ = tokio::time::timeout(PATIENCE, world.stop()).await;
        };
        if id == asked {
            tokio::spawn(stop);
        } else {
            stop.await;
        }
        Ok(())
    }
}

fn number(id: &str, letter: char) -> Option<u64> {
    id.strip_prefix(letter)?.parse().ok()
}

fn unknown(kind: &str, id: &str) -> ApiError {
    let text = format!("No {kind} `{id}`; GET {PREFIX}/worlds lists the worlds");
    ApiError::new(StatusCode::NOT_FOUND, text)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Station {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Station({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn snapshots_and_worlds_are_bounded() {
        let worlds = Arc::new(Worlds::default());
        let station = Station::new("w0".to_owned(), &worlds);
        let snapshot = World::builder().build().unwrap().snapshot().unwrap();
        for number in 1..=MAX_SNAPSHOTS {
            assert_eq!(station.keep(snapshot.clone()).unwrap(), format!("s{number}"));
        }
        assert!(station.keep(snapshot.clone()).is_err());
        station.forget("s7").unwrap();
        assert!(station.forget("s7").is_err());
        assert_eq!(station.keep(snapshot).unwrap(), format!("s{}", MAX_SNAPSHOTS + 1));
        let full = Numbered { last: 0, things: (0..MAX_WORLDS as u64).map(|n| (n, ())).collect() };
        assert!(full.room(MAX_WORLDS, "worlds").is_err());
    }
}
