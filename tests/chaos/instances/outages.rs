//! Instances that are killed and come back, while clients work.

use std::{rc::Rc, sync::Arc, time::Duration};

use super::{INSTANCES, Instances, span};
use crate::{chance::Chance, run::Run};

/// When which instance is killed, and for how long: drawn from a seed, counted in operations.
pub(crate) struct Outages {
    instances: Arc<Instances>,
    chance: Chance,
}

impl Outages {
    pub(crate) fn new(instances: &Arc<Instances>, seed: u64) -> Self {
        Self { instances: Arc::clone(instances), chance: Chance::new(seed) }
    }

    /// Kills until no operation is left; how many instances it were. All of them run in the end.
    pub(crate) async fn happen(self, run: Rc<Run>) -> usize {
        let mut killed = 0;
        loop {
            run.after(1_000 + self.chance.index(3_000)).await;
            if run.left() == 0 {
                return killed;
            }
            let victims = if self.chance.one_in(5) { 0..INSTANCES } else { self.victim() };
            let first = victims.start;
            self.instances.hear_journal(first).await;
            victims.clone().for_each(|number| self.instances.kill(number));
            killed += victims.len();
            let gone = Duration::from_millis(self.chance.below(5_000));
            tokio::time::sleep(span(gone)).await;
            for number in victims {
                self.instances.begin(number).await;
            }
        }
    }

    fn victim(&self) -> std::ops::Range<usize> {
        let number = self.chance.index(INSTANCES);
        number..number + 1
    }
}
