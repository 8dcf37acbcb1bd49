//! `/_mock/journal`: what was asked, and waiting for what is going to be.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dispatch::{Answer, Call};
use crate::{
    http::ApiError,
    world::{Entry, Faults, Filter},
};

/// One call waits for so long at most, in milliseconds.
const LONGEST_WAIT: u64 = 30_000;

/// What the journal holds.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pages {
    /// The oldest first.
    entries: Vec<Entry>,
    /// How many older ones gave way.
    dropped: u64,
}

/// Which request to wait for; any at all unless said.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Wanted {
    /// The name of the operation, such as `sessions.set`.
    operation: Option<String>,
    /// The status of the answer.
    status: Option<u16>,
    /// The caller's e-mail or number.
    user: Option<String>,
    /// Only entries after the one with this number.
    #[serde(default)]
    after: u64,
    /// How long to wait, in milliseconds: 30000 at most, not at all unless said.
    #[serde(default)]
    #[schemars(range(max = 30_000))]
    wait_ms: u64,
}

/// The first request that fits.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    /// `null` when none came in time.
    entry: Option<Entry>,
}

pub(super) async fn read(call: Call) -> Answer<Pages> {
    let journal = call.world.journal();
    let entries = journal.read(&Filter::default()).await;
    Ok(Pages { entries, dropped: journal.dropped() })
}

pub(super) async fn wait(call: Call, wanted: Wanted) -> Answer<Found> {
    if wanted.wait_ms > LONGEST_WAIT {
        return Err(ApiError::bad_request(
            "`waitMs` is too long; give 30000 at most, and ask again",
        ));
    }
    // Nobody should wait for a misspelt one.
    let known = wanted.operation.as_deref().map_or(Ok(()), Faults::check_operation);
    known.map_err(|error| ApiError::bad_request(error.to_string()))?;
    let patience = Duration::from_millis(wanted.wait_ms);
    Ok(Found { entry: call.world.journal().wait_for(&wanted.filter(), patience).await.ok() })
}

impl Wanted {
    fn filter(self) -> Filter {
        let mut filter = Filter::default().after(self.after);
        if let Some(operation) = self.operation {
            filter = filter.operation(operation);
        }
        if let Some(status) = self.status {
            filter = filter.status(status);
        }
        if let Some(user) = self.user {
            filter = filter.user(user);
        }
        filter
    }
}
