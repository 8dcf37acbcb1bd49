//! `/_mock/clock` and `/_mock/deadlines`: what time it is, and what ends when.

use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    dispatch::{Answer, Call},
    values::{Seconds, Time},
};
use crate::{
    domain::{Deadline, DeadlineKind},
    http::ApiError,
    world::World,
};

/// What a clock shows.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reading {
    now: Time,
    /// Whether it goes on by itself.
    running: bool,
}

/// What a clock shows after it was moved, and what ended by that.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Moved {
    now: Time,
    /// Whether it goes on by itself.
    running: bool,
    /// The earliest first.
    fired: Vec<Ending>,
}

/// What is going to end.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deadlines {
    /// The soonest first.
    deadlines: Vec<Ending>,
}

/// Something that ends, or ended.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Ending {
    at: Time,
    kind: EndingKind,
    session_id: Option<i64>,
    user_id: Option<i64>,
    workspace_id: i64,
    invite_id: Option<i64>,
}

/// What ends.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum EndingKind {
    /// A session's newest token; its data stays.
    SessionToken,
    /// A payload's TTL: the session ends and its data is destroyed.
    Payload,
    /// An invite that nobody used.
    Invite,
    /// The period that a cancelled plan is paid for: the workspace is locked.
    PaidPeriod,
    /// A locked workspace's grace: its sessions end and their data is destroyed.
    Grace,
}

/// Where to set a clock.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Setting {
    now: Time,
    /// Whether `now` may be earlier than what the clock shows. What has ended stays ended.
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
    Ok(Reading::of(&call.world))
}

pub(super) async fn set(call: Call, setting: Setting) -> Answer<Moved> {
    let (now, to) = (call.world.clock().now(), setting.now.0);
    if to < now && !setting.back {
        let text = format!(
            "`now` would set the clock back from {now}; say \"back\": true if that is what you want"
        );
        return Err(ApiError::new(StatusCode::CONFLICT, text));
    }
    let fired = call.world.set_time(to).await;
    Ok(Moved::of(&call.world, &fired))
}

pub(super) async fn advance(call: Call, step: Step) -> Answer<Moved> {
    let fired = call.world.advance(step.seconds.0).await;
    Ok(Moved::of(&call.world, &fired))
}

pub(super) async fn next(call: Call) -> Answer<Moved> {
    let fired = call.world.advance_to_next().await;
    Ok(Moved::of(&call.world, &fired))
}

pub(super) async fn deadlines(call: Call) -> Answer<Deadlines> {
    let deadlines = call.world.deadlines().await;
    Ok(Deadlines { deadlines: deadlines.iter().map(Ending::of).collect() })
}

impl Reading {
    pub(super) fn of(world: &World) -> Self {
        let clock = world.clock();
        Self { now: Time(clock.now()), running: clock.is_running() }
    }
}

impl Moved {
    fn of(world: &World, fired: &[Deadline]) -> Self {
        let Reading { now, running } = Reading::of(world);
        Self { now, running, fired: fired.iter().map(Ending::of).collect() }
    }
}

impl Ending {
    fn of(deadline: &Deadline) -> Self {
        Self {
            at: Time(deadline.at),
            kind: match deadline.kind {
                DeadlineKind::SessionToken => EndingKind::SessionToken,
                DeadlineKind::Payload => EndingKind::Payload,
                DeadlineKind::Invite => EndingKind::Invite,
                DeadlineKind::PaidPeriod => EndingKind::PaidPeriod,
                DeadlineKind::Grace => EndingKind::Grace,
            },
            session_id: deadline.session_id.map(|id| id.0),
            user_id: deadline.user_id.map(|id| id.0),
            workspace_id: deadline.workspace_id.0,
            invite_id: deadline.invite_id.map(|id| id.0),
        }
    }
}
