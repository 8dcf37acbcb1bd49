//! Who wrote what and when, and what may therefore be seen.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

/// A point in the order of all beginnings and ends.
pub(crate) type Moment = u64;

/// Every write of a run.
#[derive(Default)]
pub(crate) struct History {
    now: Cell<Moment>,
    acknowledged: Cell<usize>,
    seen: RefCell<DefaultHasher>,
    keys: RefCell<HashMap<(usize, &'static str), Key>>,
}

#[derive(Default)]
struct Key {
    /// Of each value, when its write began and when it was surely over; `None` for never.
    writes: HashMap<String, (Moment, Option<Moment>)>,
    /// Of acknowledged writes and deletes in the order of their ends: the end, and the latest
    /// beginning of all so far.
    acknowledged: Vec<(Moment, Moment)>,
    /// Deletes: when each began, and when it was surely over.
    deletes: Vec<(Moment, Option<Moment>)>,
}

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    Acknowledged,
    NoEffect,
    Unknown,
}

impl History {
    pub(crate) fn tick(&self) -> Moment {
        self.now.set(self.now.get() + 1);
        self.now.get()
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.acknowledged.get()
    }

    /// A number that differs when anything that anybody saw does.
    pub(crate) fn digest(&self) -> u64 {
        self.seen.borrow().finish()
    }

    /// A write (or, without a value, a delete) begins, whose end nobody knows yet.
    pub(crate) fn begins(&self, person: usize, key: &'static str, value: Option<&str>) -> Moment {
        let began = self.tick();
        let mut keys = self.keys.borrow_mut();
        let key = keys.entry((person, key)).or_default();
        match value {
            Some(value) => drop(key.writes.insert(value.to_owned(), (began, None))),
            None => key.deletes.push((began, None)),
        }
        began
    }

    /// The write that began at `began` has ended.
    pub(crate) fn ended(
        &self,
        person: usize,
        key: &'static str,
        value: Option<&str>,
        began: Moment,
        end: End,
    ) {
        let now = self.tick();
        (person, key, value, end).hash(&mut *self.seen.borrow_mut());
        let mut keys = self.keys.borrow_mut();
        let key = keys.entry((person, key)).or_default();
        match (end, value) {
            // It may take effect at any time.
            (End::Unknown, _) => {}
            (End::NoEffect, Some(value)) => drop(key.writes.remove(value)),
            (End::NoEffect, None) => key.deletes.retain(|(other, _)| *other != began),
            (End::Acknowledged, value) => {
                self.acknowledged.set(self.acknowledged.get() + 1);
                let latest = key.acknowledged.last().map_or(0, |(_, latest)| *latest);
                key.acknowledged.push((now, latest.max(began)));
                match value {
                    Some(value) => {
                        key.writes.entry(value.to_owned()).and_modify(|it| it.1 = Some(now));
                    }
                    None => {
                        let delete = key.deletes.iter_mut().find(|(other, _)| *other == began);
                        delete.unwrap().1 = Some(now);
                    }
                }
            }
        }
    }

    /// A read that began at `began` and ends now shows `value`.
    pub(crate) fn read(
        &self,
        person: usize,
        key: &'static str,
        began: Moment,
        value: Option<&str>,
    ) {
        (person, key, value).hash(&mut *self.seen.borrow_mut());
        let keys = self.keys.borrow();
        let Some(key_history) = keys.get(&(person, key)) else {
            assert_eq!(value, None, "{key} of {person}: a value that nobody wrote");
            return;
        };
        // The latest beginning among the writes that were over when the read began.
        let acknowledged = &key_history.acknowledged;
        let over = acknowledged.partition_point(|(end, _)| *end < began);
        let latest = over.checked_sub(1).and_then(|at| acknowledged.get(at));
        let latest = latest.map_or(0, |(_, latest)| *latest);
        let may_be = |end: Option<Moment>| end.is_none_or(|end| end >= latest);
        match value {
            Some(value) => {
                let Some((_, end)) = key_history.writes.get(value) else {
                    panic!("{key} of {person}: nobody wrote {value} there, or it had no effect");
                };
                assert!(may_be(*end), "{key} of {person}: {value} was overwritten before");
            }
            None => {
                let deleted = key_history.deletes.iter().any(|(_, end)| may_be(*end));
                assert!(latest == 0 || deleted, "{key} of {person}: an acknowledged write is lost");
            }
        }
    }

    /// What is stored when all is quiet.
    pub(crate) fn rests(&self, person: usize, key: &'static str, value: Option<&str>) {
        self.read(person, key, self.tick(), value);
    }
}
