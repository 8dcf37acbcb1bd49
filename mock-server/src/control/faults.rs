//! `/_mock/faults`: what goes wrong at which calls, and what never did.

use schemars::JsonSchema;
use serde::Serialize;

use super::dispatch::{Answer, Call};
use crate::http::{ApiError, Fault, FaultId, FaultReport};

/// The faults that are laid.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Laid {
    /// In the order in which they were laid.
    faults: Vec<FaultReport>,
    /// The numbers of those that have struck no call.
    unfired: Vec<FaultId>,
}

/// A fault that was laid.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Added {
    id: FaultId,
}

/// How many faults were taken up.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Removed {
    removed: usize,
}

pub(super) async fn list(call: Call) -> Answer<Laid> {
    let faults = call.world.faults();
    let unfired = faults.unfired().iter().map(|report| report.id).collect();
    Ok(Laid { faults: faults.all(), unfired })
}

pub(super) async fn add(call: Call, fault: Fault) -> Answer<Added> {
    let laid = call.world.faults().lay(fault).await;
    let id = laid.map_err(|error| ApiError::bad_request(error.to_string()))?;
    Ok(Added { id })
}

pub(super) async fn clear(call: Call) -> Answer<Removed> {
    Ok(Removed { removed: call.world.faults().clear() })
}

pub(super) async fn remove(call: Call) -> Answer<Removed> {
    let id = call.parameter("fault").parse().map_err(|_| {
        ApiError::bad_request("The number of a fault is wanted; GET /_mock/faults lists them")
    })?;
    Ok(Removed { removed: usize::from(call.world.faults().remove(FaultId(id))) })
}
