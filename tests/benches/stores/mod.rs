//! `get` and `set` where rows lie in memory and where they lie in PostgreSQL, few of them and many.

mod database;
mod people;
mod place;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use crate::{
    load::{Answers, answers},
    measure::{median, quantile},
    program::PROGRAM,
    table::{Table, millis, per_second, progress},
};
use database::Postgres;

const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(1_500);
const WARM_UP: Duration = Duration::from_millis(300);

const HEADER: [&str; 6] = [
    "calls a second, p50, p99",
    "10³ sessions",
    "10⁴ sessions",
    "10⁵ sessions",
    "10⁶ sessions",
    "p99 of the most beside the fewest, ≤ 1.5",
];

/// Every store at every size, in turn.
pub(crate) async fn side_by_side() -> Table {
    let mut rounds: BTreeMap<Row, BTreeMap<u64, Vec<Round>>> = BTreeMap::new();
    let built = std::env::var_os(PROGRAM).map(PathBuf::from);
    let (Some(program), Some(postgres)) = (built, Postgres::of_environment()) else {
        progress("run this by `cargo xtask bench postgres`");
        return shown(rounds);
    };
    let mut places = place::in_memory(&program, SIZES).await;
    places.extend(place::in_postgres(&program, &postgres, SIZES).await);

    for round in 1..=ROUNDS {
        for place in &places {
            progress(&format!("round {round} of {ROUNDS}: {place}"));
            for call in [Call::Get, Call::Set] {
                let targets = place.targets(call);
                answers(&targets, WARM_UP).await;
                let round = Round::of(answers(&targets, ROUND).await);
                let row = rounds.entry((call, place.store)).or_default();
                row.entry(place.sessions).or_default().push(round);
            }
        }
        // To and fro, so that none of them always comes first.
        places.reverse();
    }
    shown(rounds)
}

type Row = (Call, Store);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Get,
    Set,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Store {
    Memory,
    OneInstance,
    TwoInstances,
}

/// One round of one call at one place.
struct Round {
    rate: u64,
    p50: Duration,
    p99: Duration,
}

impl Round {
    fn of(mut answers: Answers) -> Self {
        let [p50, p99] = [0.5, 0.99].map(|share| quantile(&mut answers.took, share));
        Self { rate: answers.per_second as u64, p50, p99 }
    }
}

fn shown(rounds: BTreeMap<Row, BTreeMap<u64, Vec<Round>>>) -> Table {
    let mut table = Table::of(HEADER.map(str::to_owned));
    for ((call, store), sizes) in rounds {
        let mut cells = vec![format!("{call}, {store}")];
        let mut p99s = Vec::new();
        for rounds in sizes.values() {
            let middle =
                |of: fn(&Round) -> Duration| median(&mut rounds.iter().map(of).collect::<Vec<_>>());
            let rate = median(&mut rounds.iter().map(|round| round.rate).collect::<Vec<_>>());
            let (p50, p99) = (middle(|round| round.p50), middle(|round| round.p99));
            cells.push(format!("{}, {}, {}", per_second(rate as f64), millis(p50), millis(p99)));
            p99s.push(p99);
        }
        let ends = (p99s.first().unwrap(), p99s.last().unwrap());
        cells.push(format!("{:.2}", ends.1.as_secs_f64() / ends.0.as_secs_f64()));
        table.cells(cells);
    }
    table
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Get => "`get`",
            Self::Set => "`set`",
        })
    }
}

impl std::fmt::Display for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::OneInstance => "PostgreSQL, one instance",
            Self::TwoInstances => "PostgreSQL, two instances",
        })
    }
}
