//! `/_mock/worlds`: further worlds in this process, and snapshots of each.

use std::sync::Arc;

use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    clock::Reading,
    describe::{NewWorkspace, NewWorld},
    dispatch::{Answer, Call},
    refused,
    station::Station,
};
use crate::{http::ApiError, world::World};

/// The world of the port that is asked, whatever its id.
const SELF: &str = "self";

/// Where a world is, and what time it is there.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Address {
    id: String,
    /// The platform's origin.
    base_url: String,
    control_url: String,
    clock: Reading,
}

/// A world that has just begun.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Made {
    id: String,
    /// The platform's origin.
    base_url: String,
    control_url: String,
    clock: Reading,
    /// What it begins with.
    workspaces: Vec<NewWorkspace>,
}

/// The world of this port and those that were made over HTTP.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct List {
    worlds: Vec<Address>,
}

/// A kept snapshot.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    /// Its id, one of the same world.
    snapshot: String,
}

/// What is gone.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Deleted {
    deleted: bool,
}

pub(super) async fn make(call: Call, new: NewWorld) -> Answer<Made> {
    if call.world.is_in_database() {
        let text = "A server over a database has one world; start one in memory for others, or a second database";
        return Err(ApiError::new(StatusCode::CONFLICT, text));
    }
    let (builder, workspaces) = new.describe();
    let (world, station) = call.station.worlds()?.make(builder).await?;
    let Address { id, base_url, control_url, clock } = address(&world, &station);
    Ok(Made { id, base_url, control_url, clock, workspaces })
}

pub(super) async fn list(call: Call) -> Answer<List> {
    let mut all = call.station.worlds()?.all();
    if all.iter().all(|(_, station)| station.id != call.station.id) {
        all.insert(0, (call.world, call.station));
    }
    Ok(List { worlds: all.iter().map(|(world, station)| address(world, station)).collect() })
}

pub(super) async fn one(call: Call) -> Answer<Address> {
    let (world, station) = meant(&call)?;
    Ok(address(&world, &station))
}

pub(super) async fn end(call: Call) -> Answer<Deleted> {
    let (_, station) = meant(&call)?;
    let worlds = call.station.worlds()?;
    if worlds.find(&station.id).is_err() {
        let text = "The first world ends with its process or its Rust handle, and not over HTTP";
        return Err(ApiError::new(StatusCode::CONFLICT, text));
    }
    worlds.end(&station.id, &call.station.id).await?;
    Ok(Deleted { deleted: true })
}

pub(super) async fn snapshot(call: Call) -> Answer<Kept> {
    let (world, station) = meant(&call)?;
    let snapshot = world.snapshot().map_err(|error| refused::in_database(&error))?;
    Ok(Kept { snapshot: station.keep(snapshot)? })
}

pub(super) async fn restore(call: Call, kept: Kept) -> Answer<Address> {
    let (world, station) = meant(&call)?;
    world
        .restore(&station.snapshot(&kept.snapshot)?)
        .map_err(|error| refused::in_database(&error))?;
    Ok(address(&world, &station))
}

pub(super) async fn forget(call: Call) -> Answer<Deleted> {
    let (_, station) = meant(&call)?;
    station.forget(call.parameter("snapshot"))?;
    Ok(Deleted { deleted: true })
}

/// The world that the path names.
fn meant(call: &Call) -> Answer<(World, Arc<Station>)> {
    let id = call.parameter("world");
    if id == SELF || id == call.station.id {
        return Ok((call.world.clone(), Arc::clone(&call.station)));
    }
    call.station.worlds()?.find(id)
}

fn address(world: &World, station: &Station) -> Address {
    Address {
        id: station.id.clone(),
        base_url: world.origin().to_owned(),
        control_url: world.control_url().unwrap_or_default(),
        clock: Reading::of(world),
    }
}
