//! One run: everybody works until no operation is left, and then what rests is judged.

use std::{rc::Rc, sync::Arc, time::Duration};

use secureflows_mock::Fault;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    DEVICES, KEYS, PEOPLE,
    chance::Chance,
    device::Device,
    email,
    history::{End, History},
    platform::Platform,
};

/// What all devices of a run share.
pub(crate) struct Run {
    pub(crate) platform: Arc<dyn Platform>,
    pub(crate) chance: Chance,
    pub(crate) history: History,
    left: watch::Sender<usize>,
}

impl Run {
    pub(crate) fn new(platform: Arc<dyn Platform>, seed: u64, operations: usize) -> Rc<Self> {
        let (chance, history) = (Chance::new(seed), History::default());
        Rc::new(Self { platform, chance, history, left: watch::Sender::new(operations) })
    }

    /// Plays it, in a task set of this thread.
    pub(crate) async fn play(self: &Rc<Self>) {
        let weather = tokio::task::spawn_local({
            let run = Rc::clone(self);
            async move { run.weather().await }
        });
        let mut devices = JoinSet::new();
        for number in 0..DEVICES {
            devices.spawn_local(Device::new(self, number).work());
        }
        while let Some(done) = devices.join_next().await {
            done.unwrap();
        }
        weather.await.unwrap();
    }

    /// Looks at what everybody has in the end, when all is quiet.
    pub(crate) async fn judge(&self) {
        for person in 0..PEOPLE {
            let stored = self.platform.payload(email(person)).await;
            for key in KEYS {
                let value = stored.as_ref().and_then(|all| all.get(key)?.as_str());
                self.history.rests(person, key, value);
            }
        }
    }

    /// Takes one operation of those that are left.
    pub(crate) fn take_one(&self) -> bool {
        let left = self.left();
        self.left.send_replace(left.saturating_sub(1));
        left > 0
    }

    /// How many operations are left.
    pub(crate) fn left(&self) -> usize {
        *self.left.borrow()
    }

    /// Waits until `operations` more were taken, or none are left.
    pub(crate) async fn after(&self, operations: usize) {
        let until = self.left().saturating_sub(operations);
        let mut left = self.left.subscribe();
        // The run holds the other end.
        let _left = left.wait_for(|left| *left <= until).await;
    }

    /// So long that the platform thinks it is a number of milliseconds below `bound`.
    pub(crate) async fn pause(&self, bound: u64) {
        let time = Duration::from_millis(self.chance.below(bound));
        tokio::time::sleep(self.platform.span(time)).await;
    }

    /// What happens to the platform while everybody works.
    async fn weather(&self) {
        const OPERATIONS: [&str; 5] =
            ["sessions.get", "sessions.set", "sessions.delete", "sessions.payload", "*"];
        let platform = &self.platform;
        while self.left() > 0 {
            self.pause(400).await;
            let operation = *self.chance.of(&OPERATIONS);
            let times = 1 + u32::try_from(self.chance.below(5)).unwrap();
            let fault = match self.chance.below(12) {
                0 => Fault::status(operation, 503),
                1 => Fault::status(operation, 500),
                2 => Fault::cut(operation),
                3 => Fault::cut_after_commit(operation),
                4 => Fault::truncated(operation),
                5 => Fault::html(operation, 200),
                6 => Fault::rate_limit(operation, Duration::from_secs(self.chance.below(3))),
                7 => Fault::key_service_down("*"),
                8 => {
                    let late = Duration::from_millis(self.chance.below(15_000));
                    Fault::latency(operation, platform.span(late))
                }
                9 => {
                    let days = self.chance.below(10);
                    platform.advance(Duration::from_secs(days * 24 * 3600)).await;
                    continue;
                }
                10 if self.chance.one_in(8) => {
                    self.destroy(self.chance.index(PEOPLE)).await;
                    continue;
                }
                _ => {
                    platform.clear().await;
                    continue;
                }
            };
            platform.lay(fault.times(times)).await;
        }
        platform.clear().await;
    }

    /// An administrator destroys all that somebody has.
    async fn destroy(&self, person: usize) {
        let began = KEYS.map(|key| (key, self.history.begins(person, key, None)));
        let known = self.platform.revoke(email(person)).await;
        let end = if known { End::Acknowledged } else { End::Unknown };
        for (key, began) in began {
            self.history.ended(person, key, None, began, end);
        }
    }
}
