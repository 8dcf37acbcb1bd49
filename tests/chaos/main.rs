//! Fifty clients against a platform with faults, dying tokens, sign-outs, changes of user and jumps of
//! the clock, on paused time and from one seed.
//!
//! The seed is always the same, so that a change is what makes a run fail. `SECUREFLOWS_CHAOS_SEED=any` draws another;
//! a failing run prints its seed, and with it in that variable it is played again, event by event.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

mod chance;
mod device;
mod history;
mod logs;
mod unruly;

use std::{cell::Cell, io::Write as _, rc::Rc, time::Duration};

use chance::Chance;
use device::Device;
use history::History;
use secureflows_mock::{Fault, World};
use secureflows_tests::{APP, WORKSPACE, platform};

/// The keys that everybody writes to.
const KEYS: [&str; 4] = ["a", "b", "c", "d"];
/// The people; several devices are the same person's.
const PEOPLE: usize = 10;
const DEVICES: usize = 50;

fn email(person: usize) -> String {
    format!("person{person}@example.com")
}

/// What all devices of a run share.
struct Run {
    world: World,
    chance: Chance,
    history: History,
    left: Cell<usize>,
}

impl Run {
    fn new(seed: u64, operations: usize) -> Rc<Self> {
        let people = (0..PEOPLE).map(email);
        let world = people.fold(platform().seed(seed), |world, email| {
            world.user(WORKSPACE, secureflows_mock::UserSpec::new(email))
        });
        let (chance, history) = (Chance::new(seed), History::default());
        let world = world.build().unwrap();
        Rc::new(Self { world, chance, history, left: Cell::new(operations) })
    }

    /// Takes one operation of those that are left.
    fn take_one(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    /// What happens to the platform while everybody works.
    async fn weather(&self) {
        const OPERATIONS: [&str; 5] =
            ["sessions.get", "sessions.set", "sessions.delete", "sessions.payload", "*"];
        while self.left.get() > 0 {
            tokio::time::sleep(Duration::from_millis(self.chance.below(400))).await;
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
                8 => Fault::latency(operation, Duration::from_millis(self.chance.below(15_000))),
                9 => {
                    let days = self.chance.below(10);
                    self.world.clock().advance(Duration::from_secs(days * 24 * 3600));
                    continue;
                }
                10 if self.chance.one_in(8) => {
                    let person = self.chance.index(PEOPLE);
                    self.history.everything_destroyed(person);
                    self.world.revoke_sessions(&email(person)).await;
                    continue;
                }
                _ => {
                    self.world.faults().clear();
                    continue;
                }
            };
            self.world.faults().add(fault.times(times)).unwrap();
        }
        self.world.faults().clear();
    }
}

/// Plays a whole run; gives what everybody saw, as one number.
fn play(seed: u64, operations: usize) -> (u64, usize) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().unwrap();
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async move {
        let run = Run::new(seed, operations);
        let weather = tokio::task::spawn_local({
            let run = Rc::clone(&run);
            async move { run.weather().await }
        });
        let devices: Vec<_> = (0..DEVICES)
            .map(|number| tokio::task::spawn_local(Device::new(&run, number).work()))
            .collect();
        for device in devices {
            device.await.unwrap();
        }
        weather.await.unwrap();
        for person in 0..PEOPLE {
            let stored = run.world.payload(&email(person), APP).await;
            for key in KEYS {
                let value = stored.as_ref().and_then(|all| all.get(key)?.as_str());
                run.history.rests(person, key, value);
            }
        }
        (run.history.digest(), run.history.acknowledged())
    })
}

/// The seed that `SECUREFLOWS_CHAOS_SEED` asks for.
fn seed() -> u64 {
    match std::env::var("SECUREFLOWS_CHAOS_SEED").as_deref() {
        Err(_) => 100_000,
        Ok("any") => chance::any_seed(),
        Ok(number) => number.parse().unwrap(),
    }
}

/// Prints the seed when the run it was for fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut out = std::io::stderr();
            let _told = writeln!(out, "to play it again: SECUREFLOWS_CHAOS_SEED={}", self.0);
        }
    }
}

#[test]
fn a_hundred_thousand_operations_break_no_promise() {
    let seed = Seed(seed());
    let logs = logs::listen();
    let (_, acknowledged) = play(seed.0, 100_000);
    assert!(acknowledged > 20_000, "only {acknowledged} writes were acknowledged");
    logs.check();
}

#[test]
fn the_same_seed_is_the_same_run() {
    let _logs = logs::listen();
    let first = play(7, 3_000);
    assert_eq!(play(7, 3_000), first);
    assert_ne!(play(8, 3_000).0, first.0);
}
