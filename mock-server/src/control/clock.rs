//! `/_mock/clock`: what time it is.

use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    dispatch::{Answer, Call},
    values::{Seconds, Time},
};
use crate::http::ApiError;

/// What a clock shows.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reading {
    now: Time,
    /// Whether it goes on by itself.
    running: bool,
}

/// Where to set a clock.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Setting {
    now: Time,
    /// Whether `now` may be earlier than what the clock shows. What has expired stays expired.
    #[serde(default)]
    back: bool,
}

/// How far to move a clock.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Step {
    seconds: Seconds,
}

pub(super) async fn read(call: Call) -> Answer<Reading> {
    Ok(reading(&call))
}

pub(super) async fn set(call: Call, setting: Setting) -> Answer<Reading> {
    let (now, to) = (call.world.clock().now(), setting.now.0);
    if to < now && !setting.back {
        let text = format!(
            "`now` would set the clock back from {now}; say \"back\": true if that is what you want"
        );
        return Err(ApiError::new(StatusCode::CONFLICT, text));
    }
    call.world.clock().set(to);
    Ok(reading(&call))
}

pub(super) async fn advance(call: Call, step: Step) -> Answer<Reading> {
    call.world.clock().advance(step.seconds.0);
    Ok(reading(&call))
}

fn reading(call: &Call) -> Reading {
    let clock = call.world.clock();
    Reading { now: Time(clock.now()), running: clock.is_running() }
}
